// ML Monitor in Airflow's UI: the one file that Airflow loads; the others are its neighbours, loaded as they are.
//
// Airflow imports this module for each place of the plugin and calls `globalThis.AirflowPlugin` with the ids of the
// place: a task instance, a DAG run, a DAG, or none for the navigation and for Home.
//
// Hooks that stay, for tests and for user scripts, as `data-mlm="…"`:
//   verdict (data-status), start-at, mark, anew, learning, broken, incident, history
//   finding (data-rank, data-status), next, likely, show-table, csv, closest, strip, quiet
//   actions, acknowledge, snooze, snooze-hours, snooze-tomorrow, snooze-week, snooze-worse, undo, read-only
//   accept, accept-dialog (findings: data-rank), accept-reason, accept-confirm, bad, bad-dialog, bad-reason, bad-confirm, toast, toast-undo
//   heat-map, map-row (data-monitor), cell-tip, explorer, series-chart, slice-chart, span-30, span-90, span-365,
//   choose-monitor, choose-column, choose-metric, choose-slices
//   run-rows, run-row (data-task, data-status), open-start
//   models, model (data-model, data-status), search, chip-all, chip-<status>, sort-<column>, more-models
//   incident-page, timeline (entries: data-kind), changes, affected, note, note-add, to-task
//   banner, banner-open, loading, stale, retry, own-summary, refused-<kind>
// The root of every place is `data-mlm-page`: task, run, dag, models, incident or banner.

import { Banner } from "./banner.js";
import { DagPage } from "./dag_page.js";
import { IncidentPage } from "./incident_page.js";
import { ModelsPage } from "./models_page.js";
import { RunPage } from "./run_page.js";
import { TaskPage } from "./task_page.js";
import { h, useLocation } from "./element.js";
import { incidentIn } from "./places.js";

const NAME = "ML Monitor";

/** Put our style sheet beside Airflow's, once, and wait for it: a page that is styled late would jump. */
function style() {
  const href = new URL("style.css", import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  const loaded = new Promise((resolve) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
    setTimeout(resolve, 2000);
  });
  document.head.append(link);
  return loaded;
}

/** Which page stands at a place of Airflow's UI. */
function pageAt({ dagId, runId, taskId, mapIndex }, pathname) {
  if (taskId && runId) {
    const index = mapIndex === undefined || mapIndex === "" ? -1 : Number(mapIndex);
    return ["task", h(TaskPage, { dagId, runId, taskId, mapIndex: Number.isInteger(index) ? index : -1 })];
  }
  if (runId) return ["run", h(RunPage, { dagId, runId })];
  if (dagId) return ["dag", h(DagPage, { key: dagId, dagId })];
  if (!pathname.includes("/plugin/")) return ["banner", h(Banner)];
  const number = incidentIn(pathname);
  return number === null ? ["models", h(ModelsPage)] : ["incident", h(IncidentPage, { key: number, number })];
}

/** The component of the plugin. */
function MLMonitor(place) {
  const [name, page] = pageAt(place, useLocation().pathname);
  // With nothing to say the banner leaves nothing on Home, not even an empty box.
  if (name === "banner") return page;
  return h("div", { className: `mlm-root mlm-page-${name}`, "data-mlm-page": name }, page);
}

await style();
globalThis.AirflowPlugin = MLMonitor;
// Airflow looks here first. Set as well, so that another plugin that loads meanwhile cannot come between.
globalThis[NAME] = MLMonitor;
