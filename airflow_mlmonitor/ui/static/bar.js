// Numbers as bars: how unusual a run was against its alert line, and how much of a budget is left.

import { h, names } from "./element.js";
import { ABSENT, percentOfLine } from "./format.js";

const WIDEST = 3;

/** How unusual, as a part of the alert line, which stands at a third of the bar. */
export function UnusualBar({ ratio, status }) {
  if (ratio === null) return h("span", null, ABSENT);
  const width = { width: `${(100 * Math.min(WIDEST, Math.max(0, ratio))) / WIDEST}%` };
  return h(
    "span",
    { className: "mlm-measure" },
    h("span", { className: "mlm-bar mlm-with-line", "aria-hidden": true }, h("i", { className: names("mlm-fill", `mlm-is-${status}`), style: width })),
    h("span", { className: "mlm-measured" }, percentOfLine(ratio)),
  );
}

/** What is left of the alerts that were asked for. */
export function BudgetBar({ left }) {
  if (left === null) return h("span", { className: "mlm-measure mlm-right" }, ABSENT);
  const part = Math.min(1, left);
  return h(
    "span",
    { className: "mlm-measure mlm-right" },
    part > 0 ? h("span", { className: "mlm-bar", "aria-hidden": true }, h("i", { className: "mlm-fill", style: { width: `${100 * part}%` } })) : null,
    h("span", { className: "mlm-measured" }, part > 0 ? `${Math.round(100 * part)}%` : "used up"),
  );
}
