// One series over its last runs, small: title, band, line, earlier alerts, and the last value beside the line.

import { Link, h } from "./element.js";
import { capital, counted, dataDay, told } from "./format.js";
import { Frame, Legend, usePlot } from "./frame.js";
import { dagPlace } from "./places.js";

/** What a chart says to somebody who does not see it. */
export function sentenceOf(finding) {
  const { history, metric_words: words, value_words: value, expected } = finding;
  const days = history.length ? `, ${dataDay(history[0].window_start)} to ${dataDay(history.at(-1).window_start)}` : "";
  const range = told(expected.words) && `, expected ${expected.words}`;
  return `${capital(words)}, ${counted(history.length, "run")}${days}: now ${value}${range}.`;
}

/** The chart of a finding; it opens the explorer at its series. */
export function Sparkline({ finding, dagId, dates = 4 }) {
  const { history, unit } = finding;
  const plot = usePlot(history, unit);
  if (!history.length) return h("p", { className: "mlm-quiet" }, "No value was stored of earlier runs.");
  const banded = Boolean(plot.band);
  const chart = h(Frame, { points: history, plot, label: sentenceOf(finding), status: finding.status, dates, lastWords: finding.value_words });
  return h(
    "figure",
    { className: "mlm-figure" },
    h(
      "figcaption",
      { className: "mlm-caption" },
      h("b", null, capital(finding.metric_words)),
      h("span", null, counted(history.length, "run") + (banded ? "" : ", no range yet")),
      banded ? h(Legend, { entries: [["band", "expected"]] }) : null,
    ),
    dagId ? h(Link, { to: dagPlace(dagId, finding.series), className: "mlm-chart-link" }, chart) : chart,
  );
}

/** The same in a row of a table: no axes, no words. */
export function TinySparkline({ finding }) {
  const { history, unit } = finding;
  const plot = usePlot(history, unit);
  if (!history.length) return null;
  return h(Frame, { points: history, plot, label: sentenceOf(finding), status: finding.status, bare: true, className: "mlm-tiny-frame" });
}
