// The tab of a DAG run: one row for each monitor in the order of the pipeline, since the first failure is often the cause.

import { Explained } from "./tooltip.js";
import { Fragment, Link, h, rich } from "./element.js";
import { Loading, Refused, Stale, isAway } from "./states.js";
import { StatusWord } from "./glyphs.js";
import { Strip } from "./strip.js";
import { UnusualBar } from "./bar.js";
import { Verdict } from "./verdict.js";
import { ended } from "./format.js";
import { incidentPlace, taskPlace } from "./places.js";
import { useAsk } from "./ask.js";

const UNSETTLED = ["running", "waiting", "none"];

/** Read all monitors of one run, again and again while some have not run. */
export function RunPage({ dagId, runId }) {
  const unsettled = (page, refusal) => isAway(refusal) || UNSETTLED.includes(page?.status) || page?.monitors.some(({ status }) => status === "running");
  const { data, error, again } = useAsk("run", { dag_id: dagId, run_id: runId }, { unsettled });
  if (data) return h(Fragment, null, h(Stale, { error, again }), h(Rows, { page: data, dagId, runId }));
  if (!error) return h(Loading, { blocks: [110, 300] });
  return h(Refused, { error, again });
}

function Rows({ page, dagId, runId }) {
  const { monitors, incident } = page;
  const placeOf = ({ task_id: taskId, map_index: mapIndex }) => taskPlace(dagId, runId, taskId, mapIndex);
  const start = monitors.find((row) => row.start_here);
  const nothing = !monitors.length;
  const buttons = start ? h(Link, { to: placeOf(start), className: "mlm-button mlm-primary", "data-mlm": "open-start" }, `Open ${start.task_id}`) : null;
  const links = incident ? h(Link, { to: incidentPlace(incident.id), "data-mlm": "incident" }, `Incident ${incident.id}`) : null;
  return h(
    Fragment,
    null,
    h(
      Verdict,
      { status: nothing ? "none" : page.status, headline: nothing && !page.headline ? "No monitor has run in this Dag run." : page.headline, actions: buttons, links },
      h("p", { className: "mlm-impact" }, page.cause ? h(Fragment, null, h("b", null, "Likely: "), rich(ended(page.cause)), " ") : null, rich(page.detail), nothing && !page.detail ? "What monitors find shows here when they have run." : null),
    ),
    nothing
      ? null
      : h(
          "div",
          { className: "mlm-card mlm-scroll", tabIndex: 0, role: "region", "aria-label": "Monitors of this run" },
          h(
            "table",
            { className: "mlm-table mlm-runs", "data-mlm": "run-rows" },
            h(
              "thead",
              null,
              h(
                "tr",
                null,
                ["#", "Verdict", "Monitor", "What it says"].map((words) => h("th", { key: words, scope: "col" }, words)),
                h("th", { scope: "col" }, h(Explained, { help: "The score of the run as a part of its alert line, which stands at 100%." }, "How unusual")),
                h("th", { scope: "col", className: "mlm-wide-only" }, "30 runs"),
                h("th", { scope: "col", className: "mlm-right mlm-wide-only" }, "Metrics"),
              ),
            ),
            h("tbody", null, monitors.map((row) => h(Row, { key: `${row.task_id} ${row.map_index} ${row.monitor}`, row, to: placeOf(row) }))),
          ),
        ),
    nothing ? null : h("p", { className: "mlm-note" }, "In pipeline order: the first failure is usually the cause of those below it."),
  );
}

function Row({ row, to }) {
  const index = row.map_index >= 0 ? ` [${row.map_index}]` : "";
  return h(
    "tr",
    { "data-mlm": "run-row", "data-task": row.task_id, "data-status": row.status },
    h("td", { className: "mlm-rank" }, row.position),
    h("td", null, h(StatusWord, { status: row.status })),
    h("th", { scope: "row" }, h(Link, { to }, row.task_id || row.monitor, index)),
    h("td", { className: "mlm-says" }, row.start_here ? h("span", { className: "mlm-start-here" }, "start here") : null, rich(row.sentence)),
    h("td", null, h(UnusualBar, { ratio: row.ratio, status: row.status })),
    h("td", { className: "mlm-wide-only" }, h(Strip, { cells: row.strip })),
    h("td", { className: "mlm-right mlm-wide-only" }, row.metrics),
  );
}
