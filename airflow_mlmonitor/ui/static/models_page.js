// The page in the navigation: every model the reader may see, those that need attention first.

import { Fragment, Link, h, unseen, useEffect, useQuery, useRef, useState } from "./element.js";
import { GRAVITY, Sign, StatusWord, WORDS } from "./glyphs.js";
import { BudgetBar } from "./bar.js";
import { Explained } from "./tooltip.js";
import { Loading, Refused, Stale } from "./states.js";
import { Strip } from "./strip.js";
import { Verdict } from "./verdict.js";
import { ABSENT, lasting, moment } from "./format.js";
import { dagPlace, incidentPlace } from "./places.js";
import { ask, useAsk } from "./ask.js";

const PAGE = 200;
const LABELS = { ...WORDS, broken: "Not checked" };
const DEFAULTS = { q: "", state: "", sort: "state" };

/** What wants a look first: a model that was not looked at may hide worse than a warning. */
const URGENCY = ["fail", "broken", "late", "warn"];
const urgency = ({ status }) => (URGENCY.includes(status) ? URGENCY.indexOf(status) : URGENCY.length);

/** What each column sorts by: the first that matters at the top. */
const KEYS = {
  state: urgency,
  model: (row) => row.model.toLowerCase(),
  team: (row) => row.team.toLowerCase(),
  budget: (row) => row.budget_left ?? Infinity,
  run: (row) => -new Date(row.last_run_at ?? 0),
  age: (row) => -(row.age_days === null ? -1 : row.age_days / (row.max_age_days ?? 1e6)),
};

/** Rows by a key such as `age` or, turned round, `-age`; equal ones stay as the server ordered them. */
export function sorted(rows, sort) {
  const key = KEYS[sort.replace("-", "")] ?? KEYS.state;
  const turn = sort.startsWith("-") ? -1 : 1;
  return [...rows].sort((a, b) => turn * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** Read the models; search, state and order stand in the URL. */
export function ModelsPage() {
  const [wanted, set] = useQuery(DEFAULTS);
  const { data, error, again } = useAsk("models", { q: wanted.q, state: wanted.state, limit: PAGE }, { unsettled: () => true });
  const kept = useRef(null);
  if (data) kept.current = data;
  const page = data ?? (error ? null : kept.current);
  if (!page) return error ? h(Refused, { error, again }) : h(Loading, { blocks: [34, 34, 500] });
  return h(Fragment, null, h(Stale, { error, again }), h(Models, { key: "models", page, wanted, set }));
}

function Models({ page, wanted, set }) {
  const [more, setMore] = useState({ of: null, rows: [], next: null });
  const own = more.of === page;
  const rows = own ? [...page.models, ...more.rows] : page.models;
  const next = own ? more.next : page.next;
  const { all: total = 0, attention: needing = 0, ...byState } = page.counts;
  const searching = Boolean(wanted.q || wanted.state);
  const load = async () => {
    const answer = await ask("models", { q: wanted.q, state: wanted.state, limit: PAGE, offset: next });
    setMore({ of: page, rows: [...(own ? more.rows : []), ...answer.models], next: answer.next });
  };
  if (!total && !searching) {
    return h(
      Verdict,
      { status: "none", headline: "No model is monitored yet." },
      h("p", { className: "mlm-impact" }, "Add ", h("code", null, "monitor_model(…)"), " to a Dag; its first run shows up here."),
    );
  }
  return h(
    "div",
    { className: "mlm-models", "data-mlm": "models" },
    h("h1", null, "Models", h("small", null, needing ? `${needing} of ${total} need attention` : `all ${total} quiet`)),
    h("div", { className: "mlm-filters" }, h(Search, { value: wanted.q, onChange: (q) => set({ q }) }), h(Chips, { counts: byState, total, chosen: wanted.state, onChoose: (state) => set({ state }) })),
    rows.length ? h(Table, { rows: sorted(rows, wanted.sort), sort: wanted.sort, onSort: (sort) => set({ sort }) }) : h("p", { className: "mlm-note", role: "status" }, "No model fits this search."),
    next !== null ? h("button", { type: "button", className: "mlm-button", onClick: load, "data-mlm": "more-models" }, `Show more of ${page.total}`) : null,
  );
}

/** The search field; `/` goes there from anywhere on the page. */
function Search({ value, onChange }) {
  const field = useRef(null);
  const [text, setText] = useState(value);
  const timer = useRef(null);
  useEffect(() => {
    const focus = (event) => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable=true], [role=dialog]");
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current.focus();
    };
    document.addEventListener("keydown", focus);
    return () => {
      document.removeEventListener("keydown", focus);
      clearTimeout(timer.current);
    };
  }, []);
  const type = (event) => {
    const typed = event.target.value;
    setText(typed);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(typed.trim()), 250);
  };
  return h(
    "label",
    { className: "mlm-search" },
    h(Sign, { name: "search", size: 14 }),
    unseen("Find a model or team"),
    h("input", { type: "search", ref: field, value: text, placeholder: "Find a model or team", onChange: type, "data-mlm": "search", "aria-keyshortcuts": "/" }),
    h("kbd", { "aria-hidden": true }, "/"),
  );
}

/** States as chips with their counts; one at a time. */
function Chips({ counts, total, chosen, onChoose }) {
  const states = GRAVITY.filter((state) => counts[state] || state === chosen);
  const chip = (state, words, count) =>
    h("button", { key: state, type: "button", "aria-pressed": chosen === state, "data-mlm": `chip-${state || "all"}`, onClick: () => onChoose(state) }, `${words} ${count}`);
  return h("div", { className: "mlm-segments", role: "group", "aria-label": "Filter by state" }, chip("", "All", total), states.map((state) => chip(state, LABELS[state], counts[state] ?? 0)));
}

const COLUMNS = [
  ["state", "State", ""],
  ["model", "Model", ""],
  ["team", "Team", "mlm-roomy"],
  [null, "Open incident", ""],
  ["budget", "Budget left", "mlm-right", "Of the false alerts asked for in 30 days, the part that is left."],
  [null, "30 runs", "mlm-roomy"],
  ["run", "Last run", "mlm-right"],
  ["age", "Model age", "mlm-right mlm-wide-only", "Days since it was trained, of those it may have."],
];

function Header({ id, words, look, help, sort, onSort }) {
  const current = sort.replace("-", "") === id;
  const down = sort.startsWith("-");
  const order = current ? (down ? "descending" : "ascending") : undefined;
  const turn = () => onSort(current && !down ? `-${id}` : id);
  const label = help ? h(Explained, { help, side: "end" }, words) : words;
  if (!id) return h("th", { scope: "col", className: look }, words);
  if (!help) return h("th", { scope: "col", className: look, "aria-sort": order }, h("button", { type: "button", className: "mlm-sort", "data-mlm": `sort-${id}`, onClick: turn }, words, current ? (down ? " ▴" : " ▾") : ""));
  const arrow = h("button", { type: "button", className: "mlm-sort", "data-mlm": `sort-${id}`, "aria-label": `Sort by ${words}`, onClick: turn }, current ? (down ? "▴" : "▾") : "↕");
  return h("th", { scope: "col", className: look, "aria-sort": order }, label, " ", arrow);
}

function Table({ rows, sort, onSort }) {
  const groups = [
    ["Need attention", rows.filter((row) => row.needs_attention), ""],
    ["Quiet", rows.filter((row) => !row.needs_attention), "mlm-quiet-rows"],
  ];
  return h(
    "div",
    { className: "mlm-card mlm-scroll" },
    h(
      "table",
      { className: "mlm-table mlm-model-rows" },
      h("thead", null, h("tr", null, COLUMNS.map(([id, words, look, help]) => h(Header, { key: words, id, words, look, help, sort, onSort })))),
      groups.filter(([, group]) => group.length).map(([words, group, look]) =>
        h(
          "tbody",
          { key: words, className: look },
          h("tr", { className: "mlm-group" }, h("th", { colSpan: COLUMNS.length, scope: "rowgroup" }, `${words} ${group.length}`)),
          group.map((row) => h(Model, { key: `${row.dag_id} ${row.model}`, row })),
        ),
      ),
    ),
  );
}

function Model({ row }) {
  const { incident, age_days: age, max_age_days: most } = row;
  const old = age !== null && most !== null && age > most;
  const late = row.status === "late";
  return h(
    "tr",
    { "data-mlm": "model", "data-model": row.model, "data-status": row.status },
    h("td", null, h(StatusWord, { status: row.status, words: LABELS[row.status] })),
    h("th", { scope: "row" }, row.dag_id ? h(Link, { to: dagPlace(row.dag_id) }, row.model) : row.model),
    h("td", { className: "mlm-roomy mlm-muted" }, row.team || ABSENT),
    h("td", { className: "mlm-muted mlm-says" }, incident ? h(Fragment, null, h(Link, { to: incidentPlace(incident.id) }, incident.id), " ", incident.title, row.incidents_open > 1 ? ` and ${row.incidents_open - 1} more` : "") : row.note || ABSENT),
    h("td", { className: "mlm-right" }, h(BudgetBar, { left: row.budget_left })),
    h("td", { className: "mlm-roomy" }, h(Strip, { cells: row.strip })),
    h("td", { className: "mlm-right" }, row.last_run_at ? h(Explained, { help: lastWords(row), side: "end" }, `${lasting(row.last_run_at)} ago`) : ABSENT, late ? h("span", { className: "mlm-flag" }, " ▲", unseen(" late")) : null),
    h("td", { className: "mlm-right mlm-wide-only" }, age === null ? ABSENT : h(Fragment, null, old ? h("b", null, Math.round(age)) : Math.round(age), h("span", { className: "mlm-muted" }, most === null ? " d" : ` of ${Math.round(most)} d`), old ? h("span", { className: "mlm-flag" }, " ▲", unseen(" too old")) : null)),
  );
}

const lastWords = ({ last_run_at: last, due_at: due }) => `${moment(last)}${due ? `; next due ${moment(due)}` : ""}`;
