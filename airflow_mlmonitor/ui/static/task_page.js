// The tab of a task instance: its verdict, and its findings or what came closest to a limit.

import { Actions, IncidentLine, UndoLink, useDecisions } from "./actions.js";
import { Facts, MarkLine, StartAt, Verdict } from "./verdict.js";
import { Finding } from "./finding.js";
import { Fragment, Link, h, rich } from "./element.js";
import { Loading, OwnSummary, Refused, Stale, isAway } from "./states.js";
import { Sparkline } from "./sparkline.js";
import { Strip } from "./strip.js";
import { Glyph } from "./glyphs.js";
import { counted, dataDay } from "./format.js";
import { dagPlace } from "./places.js";
import { useAsk } from "./ask.js";

const UNSETTLED = ["running", "waiting", "late", "none"];

/** States of Airflow in which a task instance may still conclude something. */
const UNDER_WAY = ["running", "queued", "scheduled", "deferred", "restarting", "up_for_retry", "up_for_reschedule"];

/** Read the report of a task instance, again and again while it runs or cannot be reached. */
export function TaskPage({ dagId, runId, taskId, mapIndex }) {
  const place = { dagId, runId, taskId, mapIndex };
  const query = { dag_id: dagId, run_id: runId, task_id: taskId, map_index: mapIndex };
  const unsettled = (page, error) => isAway(error) || (page && (UNSETTLED.includes(page.verdict.status) || UNDER_WAY.includes(page.task_state)));
  const { data, error, again } = useAsk("report", query, { unsettled });
  if (data) return h(Fragment, null, h(Stale, { error, again }), h(Report, { page: data, place, again }));
  if (!error) return h(Loading, null);
  return h(Refused, { error, again }, h(OwnSummary, { summary: error.summary }));
}

/** `2 findings failed, 2 warn.` */
function findingsWords(findings, total) {
  if (!total) return "";
  if (findings.length < total) return `${counted(total, "finding")}, the ${findings.length} most unusual below.`;
  const failed = findings.filter(({ status }) => status === "fail").length;
  const warned = total - failed;
  if (!warned) return `${counted(failed, "finding")} failed.`;
  return failed ? `${counted(failed, "finding")} failed, ${warned} ${warned === 1 ? "warns" : "warn"}.` : `${counted(warned, "warning")}.`;
}

function Report({ page, place, again }) {
  const { verdict, findings, learning, broken, can_edit: canEdit } = page;
  const { dagId } = place;
  const decisions = useDecisions(page.incident, again);
  const history = dagPlace(dagId, (findings[0] ?? page.closest[0])?.series ?? { monitor: verdict.monitor });
  const { incident } = decisions;
  const actions = incident ? h(Actions, { decisions, findings, others: page.other_groups, canEdit }) : null;
  const quiet = !incident && !findings.length;
  const toHistory = h(Link, { to: history, "data-mlm": "history" }, "History");
  const links = quiet ? null : h(Fragment, null, incident ? h(IncidentLine, { decisions, canEdit }) : null, toHistory);
  const anew = UNDER_WAY.includes(page.task_state) && !UNSETTLED.includes(verdict.status);
  const codes = findings.flatMap(({ columns }) => columns);
  return h(
    Fragment,
    null,
    h(
      Verdict,
      { status: verdict.status, headline: verdict.headline, actions, links },
      h("p", { className: "mlm-impact" }, findingsWords(findings, page.findings_total), " ", rich(verdict.impact, codes), h(StartAt, { start: verdict.start_at, ...place })),
      h(LearningLines, { learning, headline: verdict.headline, dagId }),
      anew ? h("p", { className: "mlm-impact", "data-mlm": "anew" }, "The task runs anew; this is what its last try found.") : null,
      h(MarkLine, { mark: verdict.mark, undo: h(UndoLink, { decisions, canEdit }) }),
      h(Facts, { verdict }),
    ),
    h(Broken, { broken }),
    findings.length
      ? h("section", { "aria-label": "Findings" }, h("h2", { className: "mlm-heading" }, "Findings, most unusual first"), findings.map((finding) => h(Finding, { key: finding.rank, finding, dagId })))
      : h(Closest, { closest: page.closest, dagId }),
    findings.length ? null : h(StripLine, { strip: page.strip, link: quiet ? toHistory : null }),
    h(Quiet, { quiet: page.quiet_columns, all: !findings.length, monitor: verdict.monitor, dagId }),
  );
}

/** How far a young monitor has come, what alerts already, and what would have. */
function LearningLines({ learning, headline, dagId }) {
  if (!learning) return null;
  const far = `${learning.runs} of ${learning.needed} runs`;
  const until = learning.until ? ` until ${dataDay(learning.until)}` : "";
  return h(
    "p",
    { className: "mlm-impact", "data-mlm": "learning" },
    headline.includes(far) && !until ? "" : `${far}${until}. `,
    `${learning.still_alerts} `,
    learning.would_have.length ? `Would have warned ${learning.would_have.length === 1 ? "once" : `${learning.would_have.length} times`}: ` : "",
    learning.would_have.map(({ series, words, window_start: start }, at) =>
      h(Fragment, { key: at }, at ? "; " : "", h(Link, { to: dagPlace(dagId, series) }, `${words}, ${dataDay(start)}`)),
    ),
  );
}

/** Checks that could not run; the others did. */
function Broken({ broken }) {
  if (!broken.length) return null;
  return h(
    "section",
    { className: "mlm-card mlm-broken", "data-mlm": "broken" },
    h(Glyph, { status: "broken", size: 18 }),
    h(
      "div",
      null,
      h("h3", null, `${counted(broken.length, "check")} could not run. The rest of this page is complete.`),
      h("ul", null, broken.map(({ check, reason }) => h("li", { key: `${check} ${reason}` }, h("b", null, check), `: `, rich(reason)))),
    ),
  );
}

/** Series that came closest to a limit, when nothing is wrong. */
function Closest({ closest, dagId }) {
  if (!closest.length) return null;
  return h(
    "section",
    { "data-mlm": "closest", "aria-label": "Closest to their limits" },
    h("h2", { className: "mlm-heading" }, "Closest to their limits"),
    h("div", { className: "mlm-card mlm-closest" }, closest.map((finding) => h(Sparkline, { key: JSON.stringify(finding.series), finding, dagId, dates: 2 }))),
  );
}

function StripLine({ strip, link }) {
  if (!strip.length) return link;
  const alerts = strip.filter(({ status }) => status === "fail" || status === "warn").length;
  const words = alerts ? `${counted(alerts, "alert")} in ${counted(strip.length, "run")}` : `no alert in ${counted(strip.length, "run")}`;
  return h(
    "div",
    { className: "mlm-strip-line", "data-mlm": "strip" },
    h("b", null, `Last ${counted(strip.length, "run")}`),
    h(Strip, { cells: strip, flat: !alerts }),
    h("span", { className: "mlm-muted" }, `${words}; darker = more unusual`),
    h("span", { className: "mlm-push" }, link),
  );
}

/** Everything else in one line, and each of it on demand. */
function Quiet({ quiet, all, monitor, dagId }) {
  if (!quiet.length) return null;
  const named = quiet.slice(0, 7).map(({ column }) => column || "the table").join(", ");
  return h(
    "details",
    { className: "mlm-card mlm-quiet-columns", "data-mlm": "quiet" },
    h("summary", null, h("b", null, `${all ? "All" : "and"} ${counted(quiet.length, all ? "column" : "quiet column")}`), h("span", { className: "mlm-muted" }, ` — ${named}${quiet.length > 7 ? ", …" : ""} all within their expected range`)),
    h(
      "ul",
      null,
      quiet.map(({ column, words }) => h("li", { key: column }, h(Link, { to: dagPlace(dagId, { monitor, column }) }, column || "the table"), h("span", { className: "mlm-muted" }, words))),
    ),
  );
}
