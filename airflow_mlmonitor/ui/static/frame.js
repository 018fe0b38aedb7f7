// The frame of every chart over time: ticks and marks in HTML, so that text never scales, around paths that stretch.

import { Glyph } from "./glyphs.js";
import { h, names, useMemo } from "./element.js";
import { dataDay } from "./format.js";
import { bandPath, dateTicks, extent, horizontal, linePath, vertical } from "./scale.js";

const place = (left, top) => ({ left: `${left}%`, top: `${top}%` });

/** Lines at the ticks of the vertical axis, their words left of it. */
function Ticks({ ticks }) {
  return ticks.flatMap(({ y, words }) => [
    h("span", { key: `line ${y}`, className: "mlm-gridline", style: { top: `${y}%` } }),
    h("span", { key: `words ${y}`, className: "mlm-tick", style: { top: `${y}%` } }, words),
  ]);
}

/** Dates below the horizontal axis. */
export function Dates({ axis, count }) {
  const year = new Date(axis.to).toISOString();
  return h(
    "div",
    { className: "mlm-dates" },
    dateTicks(axis, count).map(({ x, iso, side }) =>
      h("span", { key: x, className: `mlm-${side}`, style: { left: `${x}%` } }, dataDay(iso, year)),
    ),
  );
}

/** Earlier alerts as small shapes, the last run as a shape with its value; `status` is what is said of the last one. */
function Marks({ points, axis, scale, status, lastWords, lastOnly }) {
  const last = points.at(-1);
  const marked = lastOnly ? points.slice(-1) : points;
  const alerting = marked.filter((point) => point.value !== null && ["warn", "fail"].includes(point.status));
  const marks = alerting.map((point) =>
    h(
      "span",
      { key: point.window_start, className: "mlm-mark", style: place(axis.x(point.window_start), scale.y(point.value)) },
      h(Glyph, { status: point === last && status ? status : point.status, size: point === last ? 13 : 11 }),
    ),
  );
  if (last && last.value !== null && lastWords) {
    const style = place(axis.x(last.window_start), Math.min(96, Math.max(4, scale.y(last.value))));
    marks.push(h("b", { key: "last", className: names("mlm-last", alerting.includes(last) && "mlm-marked"), style }, lastWords));
  }
  return marks;
}

/** Axes and paths of `points`, worked out once: `domain` and `span` are given where several charts share them. */
export function usePlot(points, unit, { parts = 2, domain = null, span = null } = {}) {
  const shared = JSON.stringify([domain, span]);
  return useMemo(() => {
    const axis = horizontal(points, ...(span ?? []));
    const scale = vertical(domain ?? extent(points, unit), unit, parts);
    return { axis, scale, line: linePath(points, axis, scale), band: bandPath(points, axis, scale) };
  }, [points, unit, parts, shared]);
}

/** A chart of a series over time; `before` is drawn over its paths. */
export function Frame({ points, plot, label, status, dates = 4, lastWords, className, before, bare }) {
  const { axis, scale, line, band } = plot;
  return h(
    "div",
    { className: names("mlm-frame", className), role: "img", "aria-label": label },
    h(
      "div",
      { className: "mlm-plot", "aria-hidden": true },
      bare ? null : h(Ticks, { ticks: scale.ticks }),
      h(
        "svg",
        { viewBox: "0 0 100 100", preserveAspectRatio: "none" },
        h("path", { d: band, className: "mlm-band" }),
        h("path", { d: line, className: "mlm-line" }),
      ),
      before,
      h(Marks, { points, axis, scale, status, lastWords, lastOnly: bare }),
    ),
    bare ? null : h(Dates, { axis, count: dates }),
  );
}

/** What the colours of a chart mean. */
export function Legend({ entries }) {
  return entries.map(([kind, words]) =>
    h("span", { key: kind, className: "mlm-key" }, h("i", { className: `mlm-swatch mlm-swatch-${kind}` }), words),
  );
}
