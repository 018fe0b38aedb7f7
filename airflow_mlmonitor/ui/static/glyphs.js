// Status as a shape first and a colour second: octagon, triangle, ring, dashed ring, clock, diamond.

import { h, names } from "./element.js";

/** Every status, and what stands in its place, in words. */
export const WORDS = {
  fail: "Failed",
  warn: "Warning",
  broken: "Could not check",
  late: "Late",
  waiting: "Waiting",
  learning: "Learning",
  running: "Running",
  ok: "OK",
  none: "No run",
};

/** Gravest first: one order everywhere. */
export const GRAVITY = Object.keys(WORDS);

const stroke = (d, extra = {}) => h("path", { d, className: "mlm-ink", ...extra });
const CLOCK = [h("circle", { key: 0, cx: 8, cy: 8, r: 6.2, className: "mlm-ring" }), stroke("M8 4.6V8l2.4 1.6", { key: 1 })];

const SHAPES = {
  fail: [
    h("path", { key: 0, d: "M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z", className: "mlm-body" }),
    stroke("M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4", { key: 1, className: "mlm-cut" }),
  ],
  warn: [
    h("path", { key: 0, d: "M8 1.2L15.6 14.8H.4z", className: "mlm-body" }),
    stroke("M8 6v4.2M8 12.2v.6", { key: 1, className: "mlm-cut" }),
  ],
  broken: [h("path", { key: 0, d: "M8 1l7 7-7 7-7-7z", className: "mlm-ring" }), stroke("M8 4.8v4M8 10.8v.5", { key: 1 })],
  ok: [h("circle", { key: 0, cx: 8, cy: 8, r: 6.4, className: "mlm-ring" }), stroke("M5 8.2l2.1 2.1L11 6", { key: 1 })],
  learning: [h("circle", { key: 0, cx: 8, cy: 8, r: 6.2, className: "mlm-ring", strokeDasharray: "2.6 2.27" })],
  waiting: CLOCK,
  late: CLOCK,
  running: CLOCK,
  none: CLOCK,
};

/** A status as its shape alone; words stand beside it, or are given as `label`. */
export function Glyph({ status, size = 16, label }) {
  const said = label ? { role: "img", "aria-label": label } : { "aria-hidden": true };
  const shape = SHAPES[status] ?? SHAPES.none;
  return h("svg", { viewBox: "0 0 16 16", width: size, height: size, className: names("mlm-glyph", `mlm-is-${status}`), ...said }, shape);
}

/** A status as shape and word. */
export function StatusWord({ status, words = WORDS[status] ?? status, size = 16 }) {
  return h("span", { className: names("mlm-status", `mlm-is-${status}`) }, h(Glyph, { status, size }), h("span", null, words));
}

const SIGNS = {
  check: "M3 8.5l3.2 3.2L13 4.8",
  note: "M3 1.5h10v9l-3.5 4H3zM9.5 14v-3.5H13",
  grow: "M8 14V2.5M3.5 7L8 2.5 12.5 7",
  message: "M1.5 2.5h13v8.5H7l-3 3v-3H1.5z",
  change: "M2 4.5h10M9.5 2L12 4.5 9.5 7M14 11.5H4M6.5 9L4 11.5 6.5 14",
  search: "M6.8 11.6a4.8 4.8 0 110-9.6 4.8 4.8 0 010 9.6zM10.4 10.4L14 14",
  close: "M3 3l10 10M13 3L3 13",
  undo: "M2.5 6h7a3.8 3.8 0 010 7.6H6M5.5 2.8L2.3 6l3.2 3.2",
  clock: "M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 4.6V8l2.4 1.6",
};

/** A small sign that is no status. */
export function Sign({ name, size = 16 }) {
  return h("svg", { viewBox: "0 0 16 16", width: size, height: size, className: "mlm-sign", "aria-hidden": true }, stroke(SIGNS[name] ?? SIGNS.clock));
}
