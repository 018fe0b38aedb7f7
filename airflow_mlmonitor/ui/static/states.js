// Pages that have nothing to show yet, or may not: each says in a sentence what is so and what comes next.

import { Fragment, h } from "./element.js";
import { Verdict } from "./verdict.js";
import { useLate } from "./ask.js";
import { clock } from "./format.js";

/** Nothing for 300 ms, then grey blocks of the size of what comes. */
export function Loading({ blocks = [96, 210, 210] }) {
  const late = useLate(300);
  if (!late) return null;
  return h(
    "div",
    { className: "mlm-loading", role: "status", "aria-label": "Loading", "data-mlm": "loading" },
    blocks.map((height, at) => h("div", { key: at, style: { height } })),
  );
}

const seconds = (iso) => `${clock(iso)}:${String(new Date(iso).getUTCSeconds()).padStart(2, "0")}`;

/** Why a page cannot be shown; `again` asks once more, which happens by itself every 30 s when it may help. */
export function Refused({ error, again, children }) {
  const away = isAway(error);
  const titles = { store: "Cannot reach the metrics store.", network: "Cannot reach Airflow.", permission: "You may not see this." };
  const headline = error.message || titles[error.kind] || "This cannot be shown.";
  return h(
    Fragment,
    null,
    h(
      Verdict,
      {
        status: error.kind === "unknown" ? "none" : "broken",
        headline,
        actions: away ? h("button", { type: "button", className: "mlm-button", "data-mlm": "retry", onClick: again }, "Try again") : null,
      },
      h("p", { className: "mlm-impact", "data-mlm": `refused-${error.kind}` }, error.hint, away ? ` Tried ${seconds(error.at)}, again in 30 s.` : ""),
    ),
    children,
  );
}

/** Whether waiting may help: the store, the network or the server is away, and nothing is wrong with the question. */
export const isAway = (error) => Boolean(error) && !["permission", "unknown", "request"].includes(error.kind);

/** A line above a page that could not be read anew. */
export function Stale({ error, again }) {
  if (!error) return null;
  return h(
    "p",
    { className: "mlm-stale", role: "status", "data-mlm": "stale" },
    `Shown as it was read last. ${error.message} Tried ${seconds(error.at)}, again in 30 s. `,
    h("button", { type: "button", className: "mlm-link", onClick: again }, "Try again"),
  );
}

/** What the task itself told Airflow, for as long as the store cannot be read. */
export function OwnSummary({ summary }) {
  if (!summary?.status) return null;
  const counts = tally(summary.findings ?? []);
  return h(
    Verdict,
    { status: summary.status, headline: summary.message?.split("\n")[0] ?? "", quiet: true },
    h("p", { className: "mlm-facts", "data-mlm": "own-summary" }, `From the task itself${counts ? `: ${counts}` : ""}. History and actions are off until the store is back.`),
    summary.next ? h("p", { className: "mlm-impact" }, h("b", null, "Next: "), summary.next) : null,
  );
}

const tally = (findings) =>
  [["fail", "failed"], ["warn", "warn"]]
    .map(([status, words]) => [findings.filter((finding) => finding.status === status).length, words])
    .filter(([count]) => count)
    .map(([count, words]) => `${count} ${words}`)
    .join(", ");
