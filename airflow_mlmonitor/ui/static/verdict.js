// The head of every page: a status shape, one sentence, what follows from it, the facts, and what can be done.

import { Explained } from "./tooltip.js";
import { Glyph, WORDS } from "./glyphs.js";
import { Fragment, Link, dotted, h, names, rich, unseen } from "./element.js";
import { ago, clock, counted, dayOf, ended, moment, number } from "./format.js";
import { taskPlace } from "./places.js";

/** A card with a status and a sentence; everything else on it is optional. */
export function Verdict({ status, headline, children, actions, links, quiet }) {
  return h(
    "section",
    { className: names("mlm-card", "mlm-verdict", `mlm-is-${status}`, quiet && "mlm-small"), "data-mlm": "verdict", "data-status": status },
    h(Glyph, { status, size: 22 }),
    h(
      "div",
      { className: "mlm-verdict-text" },
      h("div", { "aria-live": "polite" }, h("h2", null, unseen(`${WORDS[status] ?? ""}: `), rich(headline))),
      children,
      actions || links ? h("div", { className: "mlm-actions-row" }, actions, links ? h("div", { className: "mlm-links" }, links) : null) : null,
    ),
  );
}

/** The task at which to start, as a link, and why. */
export function StartAt({ start, dagId, runId, taskId }) {
  if (!start) return null;
  const there = start.task_id === taskId ? "Start here" : h(Fragment, null, "Start at ", h(Link, { to: taskPlace(dagId, runId, start.task_id) }, start.task_id));
  return h("span", { "data-mlm": "start-at" }, " ", h("b", null, there), start.why ? `: ${ended(start.why)}` : ".");
}

/** What a run rests on, in one line: rows, data day, model, what it is compared with, and when it was checked. */
export function Facts({ verdict }) {
  const { score, threshold, judged_at: judged } = verdict;
  const line = score === null || threshold === null ? "" : `Score ${number(score, "number")}; the alert line is at ${number(threshold, "number")}.`;
  const runs = verdict.baseline_runs ? counted(verdict.baseline_runs, "earlier run") : "";
  return h(
    "p",
    { className: "mlm-facts" },
    dotted([
      verdict.rarity && h(Explained, { help: line }, verdict.rarity),
      judged && counted(verdict.rows, "row"),
      verdict.window_words && `data of ${verdict.window_words} (UTC)`,
      verdict.model_version && `model ${verdict.model_version}`,
      runs && h("span", null, "compared with ", h(Explained, { help: "Runs of this monitor that count as history: without those marked bad." }, runs)),
      judged && h("span", null, "checked ", h(Explained, { help: moment(judged), side: "end" }, checkedWords(judged))),
    ]),
  );
}

function checkedWords(judged) {
  const age = ago(judged);
  return age.endsWith("ago") || age === "just now" ? `${clock(judged)}, ${age}` : `${age}, ${clock(judged)}`;
}

const MARKED = {
  bad: "Marked bad data; it does not train",
  accepted: "Accepted as the new normal; it trains from here on",
};

/** Who made what of the run, when and why; the verdict stays. */
export function MarkLine({ mark, undo }) {
  if (!mark || !MARKED[mark.kind]) return null;
  const when = mark.at ? `, ${dayOf(mark.at)} ${clock(mark.at)}` : "";
  return h(
    "p",
    { className: "mlm-mark-line", "data-mlm": "mark" },
    h("b", null, `${MARKED[mark.kind]}.`),
    ` ${mark.by ? `By ${mark.by}${when}` : ""}${mark.reason ? `: “${mark.reason}”` : ""}. The verdict stays in the history. `,
    undo,
  );
}
