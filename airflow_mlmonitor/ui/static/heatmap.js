// Monitors by day: darker is more unusual, alerts are coloured and carry a sign, and incidents lie below.
//
// A row is a few paths, whatever the number of days; only the cell that is looked at is an element of its own.

import { Link, h, names, useEffect, useId, useMemo, useNavigate, useRef, useState, useWidth } from "./element.js";
import { Glyph, StatusWord, WORDS } from "./glyphs.js";
import { DAY, dataDay, wholeDay } from "./format.js";
import { incidentPlace, runPlace } from "./places.js";
import { lookOf } from "./strip.js";

/** Below this many pixels a sign cannot be read, and height takes its place. */
const SIGN_WIDTH = 7;
const HEIGHTS = { warn: 78, fail: 100, broken: 78, bad: 78 };
const HATCHED = ["learning", "bad"];
const SIGNS = { warn: "▲", fail: "✕", broken: "!" };
const RANK = { fail: 4, broken: 3, warn: 2, learning: 1, ok: 0 };

/** The gravest run of every day; hourly monitors have many. */
function gravestByDay(cells, at) {
  const days = new Map();
  for (const cell of cells) {
    const column = at.get(cell.day);
    const other = days.get(column);
    const graver = !other || RANK[cell.status] > RANK[other.status] || (cell.status === other.status && (cell.ratio ?? 0) > (other.ratio ?? 0));
    if (column !== undefined && graver) days.set(column, cell);
  }
  return days;
}

/** Paths of one row, by look; a day is one unit wide and the row 100 high. */
function pathsOf(cells, columns, tiny, gap) {
  const paths = {};
  const add = (look, column, height) => {
    paths[look] = `${paths[look] ?? ""}M${column + gap / 2} ${100 - height}h${1 - gap}V100h${gap - 1}z`;
  };
  for (let column = 0; column < columns; column += 1) {
    const cell = cells.get(column);
    const look = cell ? lookOf(cell) : "missing";
    if (!HATCHED.includes(look)) add(look, column, cell ? (tiny ? (HEIGHTS[look] ?? 55) : 100) : 6);
  }
  return paths;
}

/** Runs of days that are hatched: learning lightly, bad data darkly. Hatching is CSS, since a path stretches. */
function hatchesOf(cells, columns) {
  const spans = [];
  for (let column = 0; column < columns; column += 1) {
    const look = cells.has(column) && lookOf(cells.get(column));
    const last = spans.at(-1);
    if (!HATCHED.includes(look)) continue;
    if (last && last.look === look && last.to === column) last.to += 1;
    else spans.push({ look, from: column, to: column + 1 });
  }
  return spans;
}

/** What a cell says: `Mon 26 Oct 2026 · check_latency`, verdict, first finding, incident. */
function CellTip({ cell, day, row, left, below }) {
  const side = left > 50 ? { right: `${100 - left}%` } : { left: `${left}%` };
  return h(
    "div",
    { className: names("mlm-cell-tip", below && "mlm-below"), role: "status", "data-mlm": "cell-tip", style: side },
    h("b", null, `${wholeDay(day)} · ${row.task_id || row.monitor}`),
    cell ? h("span", null, h(StatusWord, { status: cell.status, size: 13 }), " ", cell.top || percent(cell)) : h("span", null, "no run"),
    cell && cell.state === "bad" ? h("span", null, "marked bad data") : null,
    cell ? h("small", null, [cell.incident_id && `Incident ${cell.incident_id}`, cell.run_id && "Enter opens the run"].filter(Boolean).join(" · ")) : null,
  );
}

const percent = ({ ratio }) => (ratio === null ? "" : `${Math.round(100 * ratio)}% of the alert line`);

function Row({ row, at, days, index, width, tiny, spot, setSpot, dagId }) {
  const navigate = useNavigate();
  const plot = useRef(null);
  const cells = useMemo(() => gravestByDay(row.cells, at), [row.cells, at]);
  const gap = width < 3 ? 0 : Math.min(0.22, 1 / width);
  const paths = useMemo(() => pathsOf(cells, days.length, tiny, gap), [cells, days.length, tiny, gap]);
  const hatches = useMemo(() => hatchesOf(cells, days.length), [cells, days.length]);
  const active = spot && spot.row === index ? spot.column : null;
  const cell = active === null ? null : cells.get(active);
  const find = (event) => {
    const box = plot.current.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * days.length);
    setSpot({ row: index, column: Math.max(0, Math.min(days.length - 1, column)), by: "pointer" });
  };
  const open = () => cell?.run_id && navigate(runPlace(dagId, cell.run_id));
  const signs = tiny ? [] : [...cells].filter(([, { state, status }]) => state !== "bad" && SIGNS[status]);
  const left = active === null ? 0 : (100 * active) / days.length;
  return h(
    "div",
    { className: "mlm-map-row", role: "row", "aria-rowindex": index + 1 },
    h("span", { role: "rowheader", className: "mlm-map-name" }, row.task_id || row.monitor),
    h(
      "div",
      { className: "mlm-map-cells", ref: plot, onMouseMove: find, onMouseLeave: () => setSpot(null), onClick: open, "data-monitor": row.monitor, "data-mlm": "map-row" },
      h(
        "svg",
        { viewBox: `0 0 ${days.length} 100`, preserveAspectRatio: "none", "aria-hidden": true },
        Object.entries(paths).map(([look, d]) => h("path", { key: look, d, className: `mlm-cell-${look}` })),
      ),
      hatches.map(({ look, from, to }) =>
        h("i", { key: from, "aria-hidden": true, className: `mlm-hatch mlm-cell-${look}`, style: { left: `${(100 * from) / days.length}%`, width: `${(100 * (to - from)) / days.length}%` } }),
      ),
      signs.map(([column, { status }]) =>
        h("span", { key: column, className: `mlm-map-sign mlm-is-${status}`, "aria-hidden": true, style: { left: `${(100 * (column + 0.5)) / days.length}%` } }, SIGNS[status]),
      ),
      active === null
        ? null
        : h("span", { role: "gridcell", id: `mlm-cell-${index}`, "aria-colindex": active + 1, "aria-label": spoken(cell, days[active]), className: "mlm-map-spot", style: { left: `${left}%`, width: `${100 / days.length}%` } }),
      active === null ? null : h(CellTip, { cell, day: days[active], row, left, below: index < 2 }),
    ),
    h("span", { className: "mlm-map-status" }, h(StatusWord, { status: row.status })),
  );
}

const spoken = (cell, day) => (cell ? `${wholeDay(day)}: ${WORDS[cell.status]}${cell.top ? `, ${cell.top}` : ""}` : `${wholeDay(day)}: no run`);

/** Incidents as bars below the days, with their numbers. */
function Lane({ incidents, days }) {
  const [from, last] = [new Date(days[0]).getTime(), new Date(days.at(-1)).getTime() + DAY];
  const x = (time) => Math.max(0, Math.min(100, (100 * (time - from)) / (last - from)));
  let taken = -Infinity;
  const seen = incidents.filter(({ resolved_at: end, opened_at: begin }) => (!end || new Date(end) > from) && new Date(begin) < last);
  const bars = [...seen].sort((a, b) => a.opened_at.localeCompare(b.opened_at)).map((incident) => {
    const left = Math.min(99.2, x(new Date(incident.opened_at).getTime()));
    const right = Math.max(left + 0.8, incident.resolved_at ? x(new Date(incident.resolved_at).getTime()) : 100);
    // A number has room only some way after the one before; every bar is a link all the same.
    const place = Math.min(left, 96);
    const room = place - taken > 4.5;
    if (room) taken = place;
    return h(
      Link,
      { key: incident.id, to: incidentPlace(incident.id), className: "mlm-lane-incident", "aria-label": `Incident ${incident.id}: ${incident.title}`, style: { left: `${left}%`, width: `${right - left}%` } },
      room ? h("span", { className: left > 96 ? "mlm-end" : "" }, incident.id) : null,
    );
  });
  return h("div", { className: "mlm-map-row mlm-lane" }, h("span", { className: "mlm-map-name mlm-muted" }, "Incidents"), h("div", { className: "mlm-map-cells" }, bars), h("span"));
}

function Dates({ days }) {
  const count = Math.min(5, days.length);
  const marks = Array.from({ length: count }, (_, at) => Math.round((at * (days.length - 1)) / Math.max(1, count - 1)));
  const spans = marks.map((column, at) => {
    const side = at === 0 ? "start" : at === count - 1 ? "end" : "middle";
    const left = side === "start" ? 0 : side === "end" ? 100 : (100 * (column + 0.5)) / days.length;
    return h("span", { key: column, className: `mlm-${side}`, style: { left: `${left}%` } }, dataDay(days[column], days.at(-1)));
  });
  return h("div", { className: "mlm-map-row mlm-map-dates", "aria-hidden": true }, h("span"), h("div", { className: "mlm-dates" }, spans), h("span"));
}

const swatch = (look) => h("i", { key: look, className: `mlm-swatch mlm-cell-${look}` });

function MapLegend() {
  return h(
    "div",
    { className: "mlm-map-legend" },
    h("span", { className: "mlm-key" }, h("span", { className: "mlm-shades" }, [0, 1, 2, 3].map((step) => swatch(`shade-${step}`))), "usual → unusual"),
    h("span", { className: "mlm-key" }, h(Glyph, { status: "warn", size: 12 }), "warning"),
    h("span", { className: "mlm-key" }, h(Glyph, { status: "fail", size: 12 }), "failed"),
    [["learning", "learning"], ["bad", "marked bad"], ["missing", "no run"]].map(([look, words]) => h("span", { key: look, className: "mlm-key" }, swatch(look), words)),
  );
}

/** The map: one tab stop, arrows move, Enter opens the run. */
export function HeatMap({ page, dagId, days: span }) {
  const { days, monitors, incidents } = page;
  const grid = useRef(null);
  const first = useRef(null);
  const width = useWidth(first) / Math.max(1, days.length);
  const [spot, setSpot] = useState(null);
  const navigate = useNavigate();
  const help = useId();
  const at = useMemo(() => new Map(days.map((day, column) => [day, column])), [days]);
  useEffect(() => setSpot(null), [days]);
  const tiny = width > 0 && width < SIGN_WIDTH;

  const onKeyDown = (event) => {
    const { row, column } = spot ?? { row: 0, column: days.length - 1 };
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -Infinity], End: [0, Infinity] }[event.key];
    const bound = (value, count) => Math.max(0, Math.min(count - 1, value));
    if (step) setSpot({ row: bound(row + step[0], monitors.length), column: bound(column + step[1], days.length), by: "keys" });
    else if (event.key === "Escape" && spot) setSpot(null);
    else if (event.key === "Enter") {
      const cell = gravestByDay(monitors[row].cells, at).get(column);
      if (cell?.run_id) navigate(runPlace(dagId, cell.run_id));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onFocus = () => setSpot((now) => now ?? { row: 0, column: days.length - 1, by: "keys" });
  const onBlur = () => setSpot(null);
  if (!days.length || !monitors.length) return null;
  return h(
    "section",
    { className: "mlm-card mlm-map", "data-mlm": "heat-map", "aria-label": `Monitors, last ${span} days` },
    h("header", null, h("h3", null, `Monitors, last ${span} days`), h(MapLegend)),
    h("p", { id: help, className: "mlm-unseen" }, "Arrows move from day to day and from monitor to monitor; Enter opens the run."),
    h(
      "div",
      {
        role: "grid",
        ref: grid,
        tabIndex: 0,
        className: names("mlm-map-grid", tiny && "mlm-tiny"),
        "aria-label": "Monitors by day",
        "aria-describedby": help,
        "aria-rowcount": monitors.length,
        "aria-colcount": days.length,
        "aria-activedescendant": spot ? `mlm-cell-${spot.row}` : undefined,
        onKeyDown,
        onFocus,
        onBlur,
      },
      h("div", { className: "mlm-map-row mlm-map-ruler", "aria-hidden": true }, h("span"), h("div", { ref: first }), h("span")),
      monitors.map((row, index) => h(Row, { key: row.monitor, row, at, days, index, width, tiny, spot, setSpot, dagId })),
    ),
    h(Lane, { incidents, days }),
    h(Dates, { days }),
  );
}
