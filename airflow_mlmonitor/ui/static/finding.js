// One card: what is wrong, how much, since when, why probably, and what to do next.

import { Distribution, distributionRows } from "./distribution.js";
import { Sparkline } from "./sparkline.js";
import { StatusWord } from "./glyphs.js";
import { Way } from "./places.js";
import { Fragment, dotted, h, rich, unseen } from "./element.js";
import { ended, told } from "./format.js";
import { useTable } from "./table.js";

const row = (label, content) => (content ? h(Fragment, { key: label }, h("dt", null, label), h("dd", null, content)) : null);

/** What else moved in the same run. `nothing else` is information as well. */
function WithIt({ moves }) {
  if (!moves.length) return "nothing else";
  // Columns that moved in the same way stand together, and what they did is said once.
  const groups = Map.groupBy ? Map.groupBy(moves, ({ words }) => words) : grouped(moves);
  return [...groups].map(([words, group], at) =>
    h(Fragment, { key: words }, at ? "; " : "", group.map(({ column, metric }) => h("code", { key: `${column} ${metric}`, className: "mlm-chip" }, column || metric)), ` ${words}`),
  );
}

function grouped(moves) {
  const groups = new Map();
  for (const move of moves) groups.set(move.words, [...(groups.get(move.words) ?? []), move]);
  return groups;
}

/** Links of the finding with a dot between them, then what shows its numbers. */
function More({ links, dagId, buttons }) {
  return h(Fragment, null, links.map(({ label, to }) => h(Fragment, { key: to }, h(Way, { to, dagId }, label), " · ")), buttons);
}

/** A finding as a card. */
export function Finding({ finding, dagId }) {
  const { rank, status, title, since, series, expected, record, distribution, likely, evidence, next } = finding;
  const codes = [series.column, ...finding.columns];
  const extra = distribution && {
    caption: `${distribution.title}, this run and before`,
    headers: [distribution.title, "This run", distribution.reference_words || "Before"],
    rows: distributionRows(distribution),
  };
  const named = [series.monitor, series.column, series.metric, series.slice].filter(Boolean).join("_");
  const [buttons, table] = useTable({ points: finding.history, unit: finding.unit, title: named, extra });
  const guess = likely ? h(Fragment, null, rich(ended(likely), codes), evidence.length ? h("span", { className: "mlm-muted" }, " Evidence: ", rich(ended(evidence.join("; ")), codes)) : null) : null;
  return h(
    "article",
    { className: "mlm-card mlm-finding", "data-mlm": "finding", "data-rank": rank, "data-status": status },
    h(
      "header",
      null,
      h("span", { className: "mlm-rank" }, unseen("Finding "), rank),
      h(StatusWord, { status }),
      h("h3", null, title),
      h("span", { className: "mlm-since" }, dotted([finding.accepted && "accepted as the new normal", since.words])),
    ),
    h(
      "div",
      { className: "mlm-finding-body" },
      h(
        "div",
        { className: "mlm-value" },
        h("strong", null, finding.value_words),
        h("span", { className: "mlm-value-of" }, rich(finding.metric_words, [series.column])),
        told(expected.words) ? h("span", { className: "mlm-expected" }, "expected ", h("b", null, expected.words)) : null,
        record.words ? h("span", { className: "mlm-record" }, record.words) : null,
      ),
      h("div", { className: "mlm-spark" }, h(Sparkline, { finding, dagId })),
      h("div", { className: "mlm-shares" }, h(Distribution, { distribution })),
    ),
    h(
      "div",
      { className: "mlm-finding-foot" },
      h("dl", null, row("Next", next && h("span", { "data-mlm": "next" }, rich(ended(next), codes))), row("Likely", guess && h("span", { "data-mlm": "likely" }, guess))),
      h("dl", null, row("With it", h(WithIt, { moves: finding.moves_with })), row("More", h(More, { links: finding.links, dagId, buttons }))),
    ),
    table,
  );
}
