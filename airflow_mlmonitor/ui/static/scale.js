// From values to places in a chart: 0 to 100 in both directions, so that every path stretches with its box.

import { DAY } from "./format.js";

const STEPS = [1, 2, 2.5, 4, 5, 8, 10];

/** Round ends for an axis of `parts` equal steps that hold `low` and `high`. */
function roundEnds(low, high, parts) {
  const rough = (high - low) / parts || Math.abs(high) / parts || 1 / parts;
  for (let power = 10 ** Math.floor(Math.log10(rough) - 1e-9); ; power *= 10) {
    for (const step of STEPS.map((size) => size * power)) {
      const start = Math.floor(low / step + 1e-9) * step;
      if (start + parts * step >= high - step * 1e-6) return { start, step };
    }
  }
}

/** The number of a tick: all with the same decimals, 0 as `0`, the unit on the top one only. */
export function tickWords(value, step, unit, top) {
  const scaled = unit === "share" ? 100 : 1;
  const size = step * scaled;
  if (Math.abs(value) < step * 1e-6) return "0";
  if (size < 1e-4 || Math.abs(value) >= 1e7) return (value * scaled).toPrecision(2);
  const decimals = [0, 1, 2, 3, 4, 5].find((digits) => Math.abs(size - Number(size.toFixed(digits))) < size * 1e-6) ?? 5;
  const words = (value * scaled).toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return top && unit === "share" ? `${words}%` : words;
}

/** What an axis has to hold: the values, and the expected range as far as it lets the values be seen. */
export function extent(points, unit) {
  const values = points.map((point) => point.value).filter((value) => value !== null);
  if (!values.length) return [0, 1];
  let [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? 2 * (high - low) : Infinity;
  const ends = points.flatMap((point) => [point.lower, point.upper]).filter((end) => end !== null);
  const seen = ends.filter((end) => end >= low - room && end <= high + room);
  [low, high] = [Math.min(low, ...seen), Math.max(high, ...seen)];
  if (unit !== "share" && unit !== "count") return low >= 0 && low < high / 3 ? [0, high] : [low, high];
  return unit === "share" || low < high / 2 ? [Math.min(0, low), high] : [low, high];
}

/** The vertical axis: `y` gives the place from the top, `ticks` are from the top as well. */
export function vertical([low, high], unit, parts = 2) {
  const { start, step } = roundEnds(low, high, parts);
  const end = start + parts * step;
  const y = (value) => Math.max(0, Math.min(100, (100 * (end - value)) / (end - start)));
  const ticks = Array.from({ length: parts + 1 }, (_, at) => start + (parts - at) * step).map((value, at) => ({
    y: y(value),
    words: tickWords(value, step, unit, at === 0),
  }));
  return { y, ticks, low: start, high: end };
}

/** The horizontal axis over data time; `gap` tells whether runs are missing between two neighbours. */
export function horizontal(points, begin = points[0]?.window_start, end = points.at(-1)?.window_start) {
  const [from, to] = [new Date(begin).getTime(), new Date(end).getTime()];
  const x = (iso) => (to > from ? (100 * (new Date(iso).getTime() - from)) / (to - from) : 50);
  const times = points.map((point) => new Date(point.window_start).getTime());
  const spans = times.slice(1).map((time, at) => time - times[at]);
  // Models that rest at weekends have a gap a week that is their rhythm; only longer ones are gaps.
  const usual = [...spans].sort((a, b) => a - b)[Math.floor(0.9 * (spans.length - 1))] ?? DAY;
  return { x, from, to, gap: (one, two) => new Date(two) - new Date(one) > 1.6 * usual };
}

/** Dates below a chart: at most `count`, about evenly apart, each where its day begins, the first and last at the ends. */
export function dateTicks({ from, to }, count) {
  if (!(to > from)) return [{ x: 50, iso: new Date(from).toISOString(), side: "middle" }];
  const days = Math.round((to - from) / DAY);
  const many = Math.min(count, Math.max(2, days + 1));
  return Array.from({ length: many }, (_, at) => {
    const part = at / (many - 1);
    const time = days >= many ? from + Math.round(part * days) * DAY : from + part * (to - from);
    const side = at === 0 ? "start" : at === many - 1 ? "end" : "middle";
    const place = Math.min(to, time);
    return { x: (100 * (place - from)) / (to - from), iso: new Date(place).toISOString(), side };
  });
}

/** Points in pieces: a new one wherever `holds` fails or runs are missing, since nothing is interpolated. */
export function pieces(points, axis, holds) {
  const found = [];
  let earlier = null;
  for (const point of points) {
    if (holds(point)) {
      if (!earlier || axis.gap(earlier.window_start, point.window_start)) found.push([]);
      found.at(-1).push(point);
    }
    earlier = holds(point) ? point : null;
  }
  return found;
}

const at = (x, y) => `${x.toFixed(2)} ${y.toFixed(2)}`;

/** The line through the values; a run without neighbours is a dot. */
export function linePath(points, axis, scale) {
  return pieces(points, axis, (point) => point.value !== null)
    .map((piece) => {
      const places = piece.map((point) => at(axis.x(point.window_start), scale.y(point.value)));
      return `M${places.length === 1 ? `${places[0]}L${places[0]}` : places.join("L")}`;
    })
    .join("");
}

/** The area of what was expected; an open end reaches the edge of the chart. */
export function bandPath(points, axis, scale) {
  return pieces(points, axis, (point) => point.lower !== null || point.upper !== null)
    .map((piece) => {
      const upper = piece.map((point) => at(axis.x(point.window_start), scale.y(point.upper ?? scale.high)));
      const lower = piece.map((point) => at(axis.x(point.window_start), scale.y(point.lower ?? scale.low)));
      return `M${upper.join("L")}L${lower.reverse().join("L")}Z`;
    })
    .join("");
}
