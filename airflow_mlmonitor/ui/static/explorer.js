// Any series of a DAG over time: chosen above, drawn with incidents and model versions, its slices below.

import { Frame, Legend, usePlot } from "./frame.js";
import { Fragment, Link, h, useEffect, useState } from "./element.js";
import { Explained } from "./tooltip.js";
import { Loading, Refused, isAway } from "./states.js";
import { StatusWord } from "./glyphs.js";
import { ask, useAsk } from "./ask.js";
import { extent } from "./scale.js";
import { incidentPlace } from "./places.js";
import { capital, counted, number, told, wholeDay } from "./format.js";
import { useTable } from "./table.js";

export const SPANS = [["30", "30 d"], ["90", "90 d"], ["365", "1 y"]];
const MOST_SLICES = 12;

/** By which column a slice such as `origin=EWR` is cut, and which part it is. */
const cutOf = (slice) => slice.split("=")[0];
const partOf = (slice) => slice.split("=").slice(1).join("=");

/** Metrics that say something to everybody, for those who have not chosen one. */
const TELLING = ["mean", "null_share", "rows"];

const telling = ({ metric }) => (TELLING.includes(metric) ? TELLING.indexOf(metric) : TELLING.length);

/** Choose a series that exists: what was asked for as far as there is such a thing, else the one that says most. */
export function choose(names, wanted) {
  const ordered = [...names.series].sort((a, b) => telling(a) - telling(b));
  const is = (field) => (series) => !wanted[field] || series[field] === wanted[field];
  const whole = ({ slice }) => !slice;
  const tries = [
    [is("monitor"), is("column"), is("metric"), whole],
    [is("monitor"), is("column"), is("metric")],
    [is("monitor"), is("column"), whole],
    [is("monitor"), is("metric"), whole],
    [is("monitor"), whole],
    [is("monitor")],
    [],
  ];
  for (const tests of tries) {
    const found = ordered.find((series) => tests.every((test) => test(series)));
    if (found) return found;
  }
  return null;
}

function Choice({ label, value, options, onChange, name }) {
  const known = options.some(([option]) => option === value);
  return h(
    "label",
    { className: "mlm-field" },
    label,
    h(
      "select",
      { value: known ? value : "", onChange: (event) => onChange(event.target.value), "data-mlm": name },
      known ? null : h("option", { value: "" }, "—"),
      options.map(([option, words]) => h("option", { key: option, value: option }, words)),
    ),
  );
}

const unique = (values) => [...new Set(values)];

/** The four choices and the span, above the chart. */
function Choices({ names, series, cut, days, set, taskOf }) {
  const plain = Object.fromEntries(names.metrics.map((metric) => [metric.name, metric.plain]));
  const inMonitor = names.series.filter(({ monitor }) => monitor === series.monitor);
  const inColumn = inMonitor.filter(({ column }) => column === series.column);
  const cuts = unique(inColumn.filter(({ metric, slice }) => metric === series.metric && slice).map(({ slice }) => cutOf(slice)));
  const whole = (values, empty) => values.map((value) => [value, value || empty]);
  return h(
    "div",
    { className: "mlm-choices-row" },
    h(Choice, { label: "Monitor", name: "choose-monitor", value: series.monitor, options: unique(names.series.map(({ monitor }) => monitor)).map((monitor) => [monitor, taskOf[monitor] ?? monitor]), onChange: (monitor) => set({ monitor, column: "", metric: "", slice: "" }) }),
    h(Choice, { label: "Column", name: "choose-column", value: series.column, options: whole(unique(inMonitor.map(({ column }) => column)), "the table"), onChange: (column) => set({ monitor: series.monitor, column, metric: inMonitor.some((one) => one.column === column && one.metric === series.metric) ? series.metric : "", slice: "" }) }),
    h(Choice, { label: "Metric", name: "choose-metric", value: series.metric, options: unique(inColumn.map(({ metric }) => metric)).map((metric) => [metric, plain[metric] ?? metric]), onChange: (metric) => set({ monitor: series.monitor, column: series.column, metric, slice: "" }) }),
    h(Choice, { label: "Slices", name: "choose-slices", value: cut, options: [["", "none"], ...whole(cuts)], onChange: (slice) => set({ slice }) }),
    h(
      "div",
      { className: "mlm-segments", role: "group", "aria-label": "How far back" },
      SPANS.map(([value, words]) => h("button", { key: value, type: "button", "aria-pressed": days === value, "data-mlm": `span-${value}`, onClick: () => set({ days: value }) }, words)),
    ),
  );
}

const clip = (value) => Math.max(0, Math.min(100, value));

/** Incidents as grey spans with a black cap, model versions as dashed lines. */
function Happenings({ chart, axis }) {
  const spans = chart.incidents.filter((incident) => axis.x(incident.opened_at) < 100.5).map((incident) => {
    const left = clip(axis.x(incident.opened_at));
    const right = incident.resolved_at ? clip(axis.x(incident.resolved_at)) : 100;
    return { incident, left, width: Math.max(0.6, right - left) };
  });
  return h(
    Fragment,
    null,
    spans.map(({ incident, left, width }) =>
      h("span", { key: incident.id, className: "mlm-span", style: { left: `${Math.min(left, 99.4)}%`, width: `${width}%` } }, h(Link, { to: incidentPlace(incident.id), tabIndex: -1, className: left > 96 ? "mlm-end" : "" }, incident.id)),
    ),
    chart.events
      .filter(({ at }) => axis.x(at) >= 0 && axis.x(at) <= 100)
      .map(({ at, label }) => h("span", { key: `${at} ${label}`, className: "mlm-event", style: { left: `${axis.x(at)}%` } }, h("span", { className: axis.x(at) > 80 ? "mlm-end" : "" }, label))),
  );
}

/** The run under the pointer, in words above the chart. */
function Reader({ points, plot, unit, children }) {
  const [at, setAt] = useState(null);
  const find = (event) => {
    const box = event.currentTarget.querySelector(".mlm-plot").getBoundingClientRect();
    const x = (100 * (event.clientX - box.left)) / box.width;
    const far = (point) => Math.abs(plot.axis.x(point.window_start) - x);
    setAt(points.reduce((best, point) => (far(point) < far(best) ? point : best), points[0]));
  };
  const place = at && clip(plot.axis.x(at.window_start));
  const range = at && (at.lower !== null || at.upper !== null) ? `, expected ${number(at.lower, unit)} to ${number(at.upper, unit)}` : "";
  const tip = at
    ? h("span", { className: "mlm-reading", style: place > 50 ? { right: `calc(${100 - place}% + 10px)` } : { left: `calc(${place}% + 50px)` } }, h("b", null, wholeDay(at.window_start)), ` ${number(at.value, unit)}${range}`)
    : null;
  return h("div", { className: "mlm-reader", onMouseMove: points.length ? find : undefined, onMouseLeave: () => setAt(null) }, children, tip);
}

/** The chosen series, large. */
function SeriesChart({ chart }) {
  const { history, unit, series, incidents } = chart;
  const plot = usePlot(history, unit, { parts: 4 });
  const named = [series.monitor, series.column, series.metric, series.slice].filter(Boolean).join("_");
  const [buttons, table] = useTable({ points: history, unit, title: named });
  const title = `${capital(chart.metric_words)}${series.slice ? "" : ", all rows"}`;
  const alerting = history.some(({ status }) => status === "warn" || status === "fail");
  const entries = [plot.band && ["band", "expected"], alerting && ["alert", "warning or failed"], incidents.length && ["incident", "incident"]].filter(Boolean);
  const label = `${title}, ${counted(history.length, "run")}: now ${chart.value_words}${told(chart.expected_words) && `, expected ${chart.expected_words}`}. ${counted(incidents.length, "incident")}.`;
  return h(
    "figure",
    { className: "mlm-figure mlm-large", "data-mlm": "series-chart" },
    h("figcaption", { className: "mlm-caption" }, h("b", null, h(Explained, { help: chart.help }, title)), h(Legend, { entries }), h("span", { className: "mlm-push" }, buttons)),
    history.length
      ? h(Reader, { points: history, plot, unit }, h(Frame, { points: history, plot, label, dates: 6, lastWords: chart.value_words, className: "mlm-large-frame", before: h(Happenings, { chart, axis: plot.axis }) }))
      : h("p", { className: "mlm-quiet" }, "No run in this time. Choose a longer one."),
    table,
  );
}

/** One slice among the small multiples, on the scale and days of all of them. */
function SliceChart({ chart, domain, span }) {
  const { history, unit, series } = chart;
  const plot = usePlot(history, unit, { domain, span });
  const last = history.at(-1);
  const alert = last && (last.status === "warn" || last.status === "fail");
  return h(
    "figure",
    { className: "mlm-figure", "data-mlm": "slice-chart" },
    h(
      "figcaption",
      { className: "mlm-caption" },
      h("b", null, partOf(series.slice) || series.slice),
      alert ? h(StatusWord, { status: last.status, size: 13, words: `${chart.value_words}, ${last.status === "fail" ? "failed" : "warning"}` }) : h("span", null, chart.value_words),
      told(chart.expected_words) ? h("span", { className: "mlm-wide-only" }, `expected ${chart.expected_words}`) : null,
    ),
    h(Frame, { points: history, plot, label: `${series.slice}: now ${chart.value_words}, expected ${told(chart.expected_words) || "not known"}.`, dates: 2 }),
  );
}

/** All parts of a cut as small multiples, read one by one and shown together. */
function Slices({ names, series, cut, begin }) {
  const wanted = names.series.filter((one) => one.monitor === series.monitor && one.column === series.column && one.metric === series.metric && one.slice && cutOf(one.slice) === cut);
  const [charts, setCharts] = useState([]);
  const key = JSON.stringify([wanted, begin]);
  useEffect(() => {
    const control = new AbortController();
    const asked = wanted.slice(0, MOST_SLICES).map(({ monitor, column, metric, slice }) => ask("series", { monitor, column, metric, slice, begin }, { signal: control.signal }));
    // One slice that cannot be read leaves the others.
    Promise.allSettled(asked).then((answers) => {
      if (!control.signal.aborted) setCharts(answers.filter(({ status }) => status === "fulfilled").map(({ value }) => value));
    });
    return () => control.abort();
  }, [key]);
  const drawn = charts.filter(({ history }) => history.length);
  if (!drawn.length) return null;
  const ends = drawn.map(({ history, unit }) => extent(history, unit));
  const domain = [Math.min(...ends.map(([low]) => low)), Math.max(...ends.map(([, high]) => high))];
  const starts = drawn.flatMap(({ history }) => [history[0].window_start, history.at(-1).window_start]).sort();
  const more = wanted.length - MOST_SLICES;
  return h(
    Fragment,
    null,
    h("div", { className: "mlm-multiples" }, drawn.map((chart) => h(SliceChart, { key: chart.series.slice, chart, domain, span: [starts[0], starts.at(-1)] }))),
    more > 0 ? h("p", { className: "mlm-muted" }, `and ${more} more slices of ${cut}`) : null,
  );
}

/** The explorer; `wanted` and `set` are the part of the URL that it lives in, `begin` the first day it shows; monitors are
 * called as their tasks are in the grid, and `first` is shown to those who have not chosen one. */
export function Explorer({ dagId, wanted: asked, set, begin, taskOf, first }) {
  const wanted = asked.monitor ? asked : { ...asked, monitor: first };
  const known = useAsk("series/names", { dag_id: dagId }, { unsettled: (_, error) => isAway(error) });
  const series = known.data && choose(known.data, wanted);
  const cut = wanted.slice && cutOf(wanted.slice);
  const query = series && { monitor: series.monitor, metric: series.metric, column: series.column, slice: series.slice, begin };
  const chart = useAsk(series ? "series" : null, query, { unsettled: (_, error) => isAway(error) });
  if (known.error) return h(Refused, known);
  if (!known.data) return h(Loading, { blocks: [300] });
  if (!series) return null;
  return h(
    "section",
    { className: "mlm-card mlm-explorer", "data-mlm": "explorer", "aria-label": "Explorer", id: "mlm-explorer" },
    h(Choices, { names: known.data, series, cut, days: wanted.days, set, taskOf }),
    chart.error && !chart.data ? h(Refused, chart) : chart.data ? h(SeriesChart, { chart: chart.data }) : h(Loading, { blocks: [260] }),
    cut ? h(Slices, { names: known.data, series, cut, begin }) : null,
  );
}
