// Where things are in Airflow's UI: every link goes through its router, so that a page is never loaded anew.

import { Link, h } from "./element.js";

// As Airflow writes ids in its own addresses: it marks the tab whose address is, letter for letter, that of the page.
const part = (id) => encodeURIComponent(id).replaceAll("%3A", ":").replaceAll("%2B", "+");

/** The tab of a task instance. */
export function taskPlace(dagId, runId, taskId, mapIndex = -1) {
  const mapped = mapIndex >= 0 ? `/mapped/${mapIndex}` : "";
  return `/dags/${part(dagId)}/runs/${part(runId)}/tasks/${part(taskId)}${mapped}/plugin/mlmonitor_task`;
}

/** The tab of a DAG run. */
export const runPlace = (dagId, runId) => `/dags/${part(dagId)}/runs/${part(runId)}/plugin/mlmonitor_run`;

/** The tab of a DAG; with a series, its explorer there. */
export function dagPlace(dagId, series) {
  const { monitor, metric, column, slice } = series ?? {};
  const query = new URLSearchParams(Object.entries({ monitor, metric, column, slice }).filter(([, value]) => value));
  return `/dags/${part(dagId)}/plugin/mlmonitor_dag${query.size ? `?${query}` : ""}`;
}

/** The list of models. */
export const modelsPlace = () => "/plugin/mlmonitor";

/** The page of an incident. */
export const incidentPlace = (number) => `/plugin/mlmonitor/incident/${number}`;

/** Which incident a path of the navigation shows; null for the list of models. */
export function incidentIn(pathname) {
  const found = /\/plugin\/mlmonitor\/incident\/(\d+)\/?$/.exec(pathname);
  return found && Number(found[1]);
}

/** A link to a place in Airflow, or out of it; a query alone is one of the DAG's explorer. */
export function Way({ to, dagId, children, ...rest }) {
  if (/^[a-z][a-z+.-]*:/i.test(to)) {
    // Texts of a store must not run as scripts: only these two kinds of address leave Airflow.
    if (!/^https?:/i.test(to)) return h("span", rest, children);
    return h("a", { href: to, rel: "noreferrer", ...rest }, children);
  }
  return h(Link, { to: to.startsWith("?") && dagId ? `${dagPlace(dagId)}${to}` : to, ...rest }, children);
}
