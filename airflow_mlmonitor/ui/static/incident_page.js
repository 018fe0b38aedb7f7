// One problem over time: what came out, why probably, what changed before, what is affected, and who did what.

import { Actions, UndoLink, stateWords, useDecisions } from "./actions.js";
import { Fragment, Link, h, rich, useState } from "./element.js";
import { Glyph, Sign, StatusWord } from "./glyphs.js";
import { Loading, Refused, Stale, isAway } from "./states.js";
import { TinySparkline } from "./sparkline.js";
import { Toast } from "./toast.js";
import { Verdict } from "./verdict.js";
import { Explained } from "./tooltip.js";
import { clock, counted, dayOf, ended, lasting, moment, zone } from "./format.js";
import { dagPlace, modelsPlace, runPlace, taskPlace } from "./places.js";
import { decide, useAsk } from "./ask.js";

const MOST_SERIES = 4;

/** Read an incident, again and again while it is open. */
export function IncidentPage({ number }) {
  const unsettled = (page, refusal) => isAway(refusal) || (page && !page.incident.resolved_at);
  const { data, error, again } = useAsk(`incident/${number}`, {}, { unsettled });
  if (data) return h(Fragment, null, h(Stale, { error, again }), h(Incident, { page: data, again }));
  if (!error) return h(Loading, { blocks: [150, 400] });
  return h(Refused, { error, again });
}

/** What a decision is about: findings as they were ranked, whatever the columns that show them; what follows has the same rank. */
export const findingsOf = (affected) =>
  affected
    .map((one) => ({ ...one, rank: one.series[0].rank, status: one.series[0].status, title: one.why ? `${one.title}, ${one.why}` : one.title }))
    .filter(({ rank }, at, all) => rank !== all[at - 1]?.rank);

function Incident({ page, again }) {
  const { verdict, groups, can_edit: canEdit, task, run_id: runId, map_index: mapIndex } = page;
  const decisions = useDecisions(page.incident, again);
  const { incident } = decisions;
  const findings = findingsOf(groups);
  const shown = groups.flatMap((group) => group.series);
  const columns = new Set(shown.map(({ series }) => series.column).filter(Boolean));
  const codes = [...columns];
  const series = shown[0]?.series ?? { monitor: incident.monitor };
  const links = [
    runId && h(Link, { key: "task", to: taskPlace(incident.dag_id, runId, task.task_id, mapIndex), "data-mlm": "to-task" }, "Task"),
    runId && h(Link, { key: "run", to: runPlace(incident.dag_id, runId) }, "Run"),
    h(Link, { key: "history", to: dagPlace(incident.dag_id, series), "data-mlm": "history" }, "History"),
  ];
  return h(
    "div",
    { className: "mlm-incident", "data-mlm": "incident-page" },
    h("nav", { className: "mlm-crumbs", "aria-label": "Where this is" }, h(Link, { to: modelsPlace() }, "Models"), " / ", h(Link, { to: dagPlace(incident.dag_id) }, incident.model), ` / Incident ${incident.id}`),
    h(
      Verdict,
      { status: incident.status, headline: incident.title, actions: h(Actions, { decisions, findings, others: page.other_groups, canEdit }), links },
      h("p", { className: "mlm-impact" }, factsOf(page, incident, columns.size), " ", h(UndoLink, { decisions, canEdit })),
      h(
        "p",
        null,
        page.likely ? h(Fragment, null, h("b", null, "Likely cause: "), rich(ended(page.likely), codes), page.evidence.length ? h("span", { className: "mlm-muted" }, " Evidence: ", rich(ended(page.evidence.join("; ")), codes)) : null, " ") : null,
        page.next ? h(Fragment, null, h("b", null, "Next: "), rich(ended(page.next), codes)) : null,
      ),
      verdict.impact && verdict.impact !== page.next ? h("p", { className: "mlm-facts" }, rich(verdict.impact, codes)) : null,
    ),
    h("div", { className: "mlm-halves" }, h("div", null, h(Timeline, { page, again }), h(Note, { number: incident.id, canEdit, again })), h("div", null, h(Changes, { changes: page.changes }), h(Affected, { groups, dagId: incident.dag_id }))),
  );
}

function factsOf(page, incident, columns) {
  const { resolved_at: end, recorded_at: begin } = incident;
  const standing = end ? ["Over"] : [`Open for ${lasting(begin)}`, stateWords(incident)];
  const budget = page.budget_words && (/^budget/i.test(page.budget_words) ? page.budget_words : `budget of ${incident.model}: ${page.budget_words}`);
  return [...standing, columns && counted(columns, "column"), counted(incident.runs, "run"), budget].filter(Boolean).join(" · ");
}

const SIGNS = { note: "note", acknowledged: "check", acknowledge: "check", escalated: "grow", grew: "grow", sent: "message", notified: "message", change: "change", changed: "change", undo: "undo", undone: "undo" };
const STATUSES = { opened: "fail", reopened: "fail", resolved: "ok", clean: "ok" };

function EventSign({ kind, status }) {
  if (STATUSES[kind]) return h(Glyph, { status: STATUSES[kind] === "fail" ? status : STATUSES[kind], size: 15 });
  return h(Sign, { name: SIGNS[kind] ?? "clock", size: 15 });
}

/** `03:16` today, else with its day. */
function when(iso) {
  const today = dayOf(new Date().toISOString());
  return dayOf(iso) === today ? clock(iso) : `${dayOf(iso)} ${clock(iso)}`;
}

function Timeline({ page }) {
  const { timeline, incident } = page;
  const opening = new Date(incident.recorded_at).getTime();
  const ordered = [...timeline].sort((a, b) => new Date(b.at) - new Date(a.at));
  const before = ({ at, kind }) => new Date(at).getTime() < opening && kind !== "opened";
  const entry = (event, at) =>
    h(
      "li",
      { key: `${event.at} ${at}`, "data-kind": event.kind },
      h("span", { className: "mlm-when" }, h(Explained, { help: moment(event.at) }, when(event.at))),
      h("span", { className: "mlm-event-sign" }, h(EventSign, { kind: event.kind, status: incident.status })),
      h("div", null, h("b", null, rich(event.title)), event.by ? h("span", { className: "mlm-muted" }, ` by ${event.by}`) : null, event.detail ? h("p", null, rich(event.detail)) : null),
    );
  const since = ordered.filter((event) => !before(event));
  const earlier = ordered.filter(before);
  return h(
    "section",
    { "data-mlm": "timeline", "aria-label": "Timeline" },
    h("h3", null, "Timeline ", h("small", null, `newest first, ${zone()}`)),
    h("ol", { className: "mlm-timeline" }, since.map(entry)),
    earlier.length ? h(Fragment, null, h("h4", { className: "mlm-before" }, "Before it opened"), h("ol", { className: "mlm-timeline" }, earlier.map(entry))) : null,
  );
}

/** A field for what was seen or done; others read it in the timeline. */
function Note({ number, canEdit, again }) {
  const [text, setText] = useState("");
  const [toast, setToast] = useState(null);
  const add = async (event) => {
    event.preventDefault();
    try {
      await decide(number, "note", { text: text.trim() });
      setText("");
      setToast({ text: "Your note was added." });
      again();
    } catch (error) {
      setToast({ text: `Your note was not stored. ${error.message} ${error.hint ?? ""}`, failed: true });
    }
  };
  return h(
    "form",
    { className: "mlm-note-form", onSubmit: add },
    h(
      "label",
      { className: "mlm-field" },
      "Add a note",
      h("input", { type: "text", value: text, maxLength: 2000, disabled: !canEdit, placeholder: "What did you see or do?", "data-mlm": "note", onChange: (event) => setText(event.target.value) }),
    ),
    h("button", { type: "submit", className: "mlm-button", disabled: !canEdit || !text.trim(), "data-mlm": "note-add" }, "Add"),
    h(Toast, { toast, onGone: () => setToast(null) }),
  );
}

/** What changed before it opened, nearest first. */
function Changes({ changes }) {
  return h(
    "section",
    { className: "mlm-card", "data-mlm": "changes" },
    h("header", null, h("h3", null, "What changed before it opened"), h("p", { className: "mlm-facts" }, changes.length ? "Nearest first. A change is a hint, not a proof." : "No change was seen.")),
    changes.length
      ? h(
          "table",
          { className: "mlm-table" },
          h("thead", { className: "mlm-unseen" }, h("tr", null, ["#", "What", "From and to", "When", "Runs since"].map((words) => h("th", { key: words, scope: "col" }, words)))),
          h("tbody", null, changes.map((change, at) => h("tr", { key: `${change.kind} ${change.name} ${at}` }, h("td", { className: "mlm-rank" }, at + 1), h("th", { scope: "row" }, change.name || change.kind), h("td", null, arrow(change)), h("td", null, change.words), h("td", { className: "mlm-muted" }, change.runs_since > 0 ? `${counted(change.runs_since, "run")} since` : "first run with it")))),
        )
      : null,
  );
}

const arrow = ({ before, after }) => (before && after ? `${before} → ${after}` : after || before);

/** Affected columns in groups, each with one reason. */
function Affected({ groups, dagId }) {
  if (!groups.length) return null;
  return h(
    "section",
    { className: "mlm-card mlm-scroll", "data-mlm": "affected" },
    h("header", null, h("h3", null, "Affected columns")),
    h(
      "table",
      { className: "mlm-table mlm-affected" },
      h("thead", null, h("tr", null, ["Verdict", "Column", "Metric", "Value", "Expected", "90 runs"].map((words) => h("th", { key: words, scope: "col", className: ["Value", "Expected"].includes(words) ? "mlm-right" : "" }, words)))),
      groups.map((group) => h(Group, { key: group.title, group, dagId })),
    ),
  );
}

function Group({ group, dagId }) {
  const [all, setAll] = useState(false);
  const { title, why, series, accepted } = group;
  const shown = all ? series : series.slice(0, MOST_SERIES);
  const rest = series.slice(shown.length);
  return h(
    "tbody",
    null,
    h("tr", { className: "mlm-group" }, h("th", { colSpan: 6, scope: "rowgroup" }, title, h("span", { className: "mlm-muted" }, ` ${[why, counted(series.length, "column"), accepted && "accepted as the new normal"].filter(Boolean).join(" · ")}`))),
    shown.map((finding) =>
      h(
        "tr",
        { key: JSON.stringify(finding.series) },
        h("td", null, h(StatusWord, { status: finding.status })),
        h("th", { scope: "row" }, h(Link, { to: dagPlace(dagId, finding.series) }, h("code", null, finding.series.column || "the table"))),
        h("td", null, [finding.metric_words, finding.series.slice].filter(Boolean).join(", ")),
        h("td", { className: "mlm-right" }, h("b", null, finding.value_words)),
        h("td", { className: "mlm-right mlm-muted" }, finding.expected.words),
        h("td", null, h(TinySparkline, { finding })),
      ),
    ),
    rest.length
      ? h("tr", null, h("td"), h("td", { colSpan: 5 }, h("button", { type: "button", className: "mlm-link", onClick: () => setAll(true) }, `${rest.length} more`), ` ${rest.slice(0, 8).map(({ series: one }) => one.column).join(", ")}`))
      : null,
  );
}
