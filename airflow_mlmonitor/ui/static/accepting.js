// What is accepted as the new normal: findings one by one, and what else their incident is about.

/** What there is to choose: findings that can be accepted, in the order of the page, and all else as one. */
export function choicesOf(findings, others = []) {
  const own = findings
    .filter(({ groups }) => groups.length)
    .map(({ rank, status, title, groups, accept_advised: advised }) => ({ rank, status, title, groups, advised }));
  if (!others.length) return own;
  const columns = [...new Set(others.map(({ column }) => column || "the table"))];
  return [...own, { rank: null, status: null, title: `Everything else of it: ${named(columns)}`, groups: others, advised: false }];
}

/** `temp, dewp, the table and 3 more` */
const named = (columns, most = 5) => columns.slice(0, most).join(", ") + (columns.length > most ? ` and ${columns.length - most} more` : "");

/** What is ticked when the dialog opens: warnings that are advised to be accepted, and nothing else. */
export const ticked = (choices) => new Set(choices.flatMap(({ advised }, at) => (advised ? [at] : [])));

/** What the button says: `Accept finding 3`, `Accept findings 1 and 3`, `Accept all 4 findings`. */
export function acceptWords(choices, chosen) {
  const picked = choices.filter((_, at) => chosen.has(at));
  const ranks = picked.flatMap(({ rank }) => (rank === null ? [] : [rank]));
  if (!picked.length) return "Accept what is ticked";
  if (picked.length === choices.length && choices.length > 1) return ranks.length < picked.length ? "Accept the whole incident" : `Accept all ${picked.length} findings`;
  const parts = [...ranks, ...(ranks.length < picked.length ? ["everything else"] : [])];
  const listed = parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0];
  return `Accept ${ranks.length ? (ranks.length > 1 ? "findings " : "finding ") : ""}${listed}`;
}

/** What is sent: nothing where everything is accepted, else the groups of what is. */
export function acceptBody(choices, chosen) {
  if (choices.every((_, at) => chosen.has(at))) return {};
  return { groups: choices.filter((_, at) => chosen.has(at)).flatMap(({ groups }) => groups) };
}

/** What follows from it, in words. */
export function acceptEffect(choices, chosen, { id, runs }) {
  const whole = choices.every((_, at) => chosen.has(at));
  const from = `From ${runs > 1 ? "its first run" : "this run"} on, `;
  const then = whole && choices.length ? `days like these will count as normal, and incident ${id} is over.` : `what is ticked will count as normal; the rest of incident ${id} stays as it is.`;
  return `${from}${then} Earlier runs stay in the history, but no longer say what to expect of it. You can undo this in incident ${id}.`;
}
