// The numbers behind a chart: shown as a table, or taken away as a file.

import { Fragment, h, useId, useState } from "./element.js";
import { WORDS } from "./glyphs.js";
import { number, wholeDay } from "./format.js";

const HEADERS = ["Data of", "Value", "Expected from", "to", "Verdict", "Counts as"];
const STATES = { clean: "history", alert: "history, without what it alerted for", bad: "bad data", accepted: "new normal" };

/** A series as rows of words, oldest first. */
const rowsOf = (points, unit) =>
  points.map((point) => [
    wholeDay(point.window_start),
    number(point.value, unit),
    number(point.lower, unit),
    number(point.upper, unit),
    WORDS[point.status],
    STATES[point.state] ?? point.state,
  ]);

/** A field of a CSV file. A text that a spreadsheet would run as a formula is made plain text. */
function field(value) {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value ?? "") ? `'${value}` : String(value ?? "");
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The file of a series: full precision, moments as ISO 8601. */
export function csvOf(points) {
  const names = ["window_start", "window_end", "value", "lower", "upper", "status", "state", "run_id"];
  return [names, ...points.map((point) => names.map((name) => point[name]))].map((row) => row.map(field).join(",")).join("\r\n");
}

function save(name, text) {
  const url = URL.createObjectURL(new Blob([text, "\r\n"], { type: "text/csv" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: `${name.replace(/[^\w.=-]+/g, "_")}.csv` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** A plain table; numbers stand right, and the first column and the last `words` ones left. */
export function Numbers({ caption, headers, rows, words = 0 }) {
  const look = (cell) => (cell >= headers.length - words ? "mlm-words" : undefined);
  return h(
    "div",
    { className: "mlm-numbers", tabIndex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      null,
      h("caption", { className: "mlm-unseen" }, caption),
      h("thead", null, h("tr", null, headers.map((name, cell) => h("th", { key: name, scope: "col", className: look(cell) }, name)))),
      h("tbody", null, rows.map((row, at) => h("tr", { key: at }, row.map((text, cell) => h(cell ? "td" : "th", { key: cell, scope: cell ? undefined : "row", className: look(cell) }, text))))),
    ),
  );
}

/** `Show as table · CSV`, and the table they open. Returns the buttons and the table, to be placed apart. */
export function useTable({ points, unit, title, extra }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const buttons = h(
    Fragment,
    null,
    h("button", { type: "button", className: "mlm-link", "aria-expanded": open, "aria-controls": id, "data-mlm": "show-table", onClick: () => setOpen(!open) }, open ? "Hide table" : "Show as table"),
    " · ",
    h("button", { type: "button", className: "mlm-link", "data-mlm": "csv", onClick: () => save(title, csvOf(points)) }, "CSV"),
  );
  const table = h(
    "div",
    { id },
    open ? h(Numbers, { caption: `${title}, by run, newest first`, headers: HEADERS, rows: rowsOf(points, unit).reverse(), words: 2 }) : null,
    open && extra?.rows.length ? h(Numbers, extra) : null,
  );
  return [buttons, table];
}
