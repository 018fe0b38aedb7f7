// The last runs as small cells: darker is more unusual, and an alert is taller and coloured.

import { h, names } from "./element.js";
import { wholeDay } from "./format.js";
import { WORDS } from "./glyphs.js";

/** The look of a run: its state first, then its status, then how far it went towards its alert line. */
export function lookOf({ status, state, ratio }) {
  if (state === "bad") return "bad";
  if (status === "fail" || status === "warn" || status === "broken" || status === "learning") return status;
  if (ratio === null || ratio === undefined) return "shade-0";
  return `shade-${Math.min(3, Math.max(0, Math.floor(ratio * 4)))}`;
}

/** A strip in words: how many alerts, and how the last run came out. */
export function stripSentence(cells) {
  const alerts = cells.filter(({ status }) => status === "fail" || status === "warn").length;
  const last = cells.at(-1);
  const told = alerts ? `${alerts} with an alert` : "no alert";
  return `${cells.length} runs, ${told}; last ${WORDS[last.status]}, data of ${wholeDay(last.window_start)}.`;
}

/** A strip of runs; `flat` gives all cells one height. */
export function Strip({ cells, flat }) {
  if (!cells.length) return h("span", { className: "mlm-quiet" }, "—");
  return h(
    "span",
    { className: names("mlm-strip", flat && "mlm-flat"), role: "img", "aria-label": stripSentence(cells) },
    cells.map((cell, at) => h("i", { key: at, className: `mlm-cell-${lookOf(cell)}` })),
  );
}
