// The tab of a DAG: its monitors by day, incidents below them, and any series over time.

import { Explorer } from "./explorer.js";
import { Fragment, Link, h, rich, useEffect, useQuery, useRef } from "./element.js";
import { GRAVITY } from "./glyphs.js";
import { HeatMap } from "./heatmap.js";
import { Loading, Refused, Stale, isAway } from "./states.js";
import { Verdict } from "./verdict.js";
import { incidentPlace } from "./places.js";
import { useAsk } from "./ask.js";

const DEFAULTS = { monitor: "", column: "", metric: "", slice: "", days: "90" };

/** Read the monitors of a DAG; what is looked at stands in the URL. */
export function DagPage({ dagId }) {
  const [wanted, set] = useQuery(DEFAULTS);
  const { data, error, again } = useAsk("dag", { dag_id: dagId, days: wanted.days }, { unsettled: (page, refusal) => isAway(refusal) || page?.status === "running" });
  // While another span is read, the page of the last one stays where it is.
  const kept = useRef(null);
  if (data) kept.current = data;
  const page = data ?? (error ? null : kept.current);
  if (page) return h(Fragment, null, h(Stale, { error, again }), h(Monitors, { page, dagId, wanted, set }));
  if (!error) return h(Loading, { blocks: [80, 300, 360] });
  return h(Refused, { error, again });
}

/** The monitor that needs a look most; the first one where all are well. */
const gravest = (monitors) => [...monitors].sort((a, b) => GRAVITY.indexOf(a.status) - GRAVITY.indexOf(b.status))[0].monitor;

function Monitors({ page, dagId, wanted, set }) {
  const { incident, status, headline, detail, monitors, days } = page;
  const chosen = wanted.monitor || wanted.metric || wanted.column;
  useEffect(() => {
    // Somebody who follows a link to a series wants to see it, not what stands above it.
    if (chosen) document.getElementById("mlm-explorer")?.scrollIntoView({ block: "nearest" });
  }, []);
  const tasks = monitors.map(({ task_id: task }) => task);
  // Two monitors of one task are told apart by their own names.
  const named = monitors.filter(({ task_id: task }) => task && tasks.indexOf(task) === tasks.lastIndexOf(task));
  const taskOf = Object.fromEntries(named.map(({ monitor, task_id: task }) => [monitor, task]));
  const nothing = !monitors.length;
  const words = nothing ? "No model is monitored in this Dag yet." : headline;
  return h(
    Fragment,
    null,
    h(
      Verdict,
      { status: nothing ? "none" : status, headline: words },
      h(
        "p",
        { className: "mlm-impact" },
        nothing ? h(Fragment, null, "Add ", h("code", null, "monitor_model(…)"), " or an operator of airflow_mlmonitor; its first run shows up here.") : rich(detail),
        incident ? h(Fragment, null, " ", h(Link, { to: incidentPlace(incident.id), "data-mlm": "incident" }, `Incident ${incident.id}`)) : null,
      ),
    ),
    nothing ? null : h(HeatMap, { page, dagId, days: wanted.days }),
    nothing ? null : h(Explorer, { dagId, wanted, set, begin: `${days[0]}T00:00:00Z`, taskOf, first: gravest(monitors) }),
  );
}
