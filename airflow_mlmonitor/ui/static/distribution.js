// The values of this run beside those it is compared with: bins of a number, or paired bars of categories.

import { h } from "./element.js";
import { Legend } from "./frame.js";
import { number } from "./format.js";

const KEYS = [["current", "this run"], ["reference", "before"]];

const share = (value) => `${(value * 100).toFixed(1)}%`;

/** The outline of bins as steps; closed, it can be filled. */
function steps(edges, values, highest, closed) {
  const [from, to] = [edges[0], edges.at(-1)];
  const x = (edge) => ((100 * (edge - from)) / (to - from || 1)).toFixed(2);
  const y = (value) => (100 - (100 * value) / (highest || 1)).toFixed(2);
  const line = values.map((value, at) => `H${x(edges[at])}V${y(value)}H${x(edges[at + 1])}`).join("");
  return `M0 100${line}V100${closed ? "Z" : ""}`;
}

/** Round numbers along the edges of bins. */
function edgeTicks(edges) {
  const [from, to] = [edges[0], edges.at(-1)];
  const span = to - from || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 2.5, 5, 10].map((size) => size * power).find((size) => span / size <= 4.001);
  const found = [];
  for (let tick = Math.ceil(from / step - 1e-9) * step; tick <= to + step * 1e-6; tick += step) {
    found.push({ x: (100 * (tick - from)) / span, words: Number(tick.toPrecision(6)).toLocaleString("en-GB") });
  }
  return found;
}

function Bins({ distribution }) {
  const { edges, current, reference, title } = distribution;
  const highest = Math.max(...current, ...reference);
  const label = `${title}: where the values of this run lie beside ${distribution.reference_words || "those before"}.`;
  return h(
    "div",
    { className: "mlm-bins", role: "img", "aria-label": label },
    h(
      "svg",
      { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": true },
      h("path", { d: steps(edges, reference, highest, true), className: "mlm-reference" }),
      h("path", { d: steps(edges, current, highest, false), className: "mlm-line" }),
    ),
    h(
      "div",
      { className: "mlm-dates", "aria-hidden": true },
      edgeTicks(edges).map(({ x, words }) => {
        const side = x < 2 ? "start" : x > 98 ? "end" : "middle";
        return h("span", { key: x, className: `mlm-${side}`, style: { left: `${x}%` } }, words);
      }),
    ),
  );
}

function Bars({ distribution }) {
  const { labels, current, reference } = distribution;
  const highest = Math.max(...current, ...reference) || 1;
  const width = (value) => ({ width: `${(100 * value) / highest}%` });
  return h(
    "div",
    { className: "mlm-bars", role: "list" },
    labels.map((label, at) =>
      h(
        "div",
        { key: label, className: "mlm-pair", role: "listitem" },
        h("span", { className: "mlm-pair-name" }, label),
        h("span", { className: "mlm-pair-bars", "aria-hidden": true }, h("i", { style: width(current[at]) }), h("i", { style: width(reference[at]) })),
        h("span", { className: "mlm-pair-words" }, h("b", null, share(current[at])), ` was ${share(reference[at])}`),
      ),
    ),
  );
}

/** The distribution of a finding; nothing where none is stored, and no labels of private columns. */
export function Distribution({ distribution }) {
  if (!distribution || !distribution.current.length) return null;
  const bins = distribution.kind === "bins";
  if (!(bins ? distribution.edges : distribution.labels)) return null;
  const before = distribution.reference_words || KEYS[1][1];
  return h(
    "figure",
    { className: "mlm-figure" },
    h("figcaption", { className: "mlm-caption" }, h("b", null, distribution.title), h(Legend, { entries: [KEYS[0], ["reference", before]] })),
    bins ? h(Bins, { distribution }) : h(Bars, { distribution }),
  );
}

/** The rows of a distribution, for its table. */
export function distributionRows({ kind, edges, labels, current, reference }) {
  const names = kind === "bins" ? current.map((_, at) => `${number(edges[at], "number")} to ${number(edges[at + 1], "number")}`) : labels;
  return (names ?? []).map((name, at) => [name, share(current[at]), share(reference[at])]);
}
