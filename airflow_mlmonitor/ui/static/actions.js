// What a person can decide of an incident: acknowledge, snooze, accept, mark bad, and take that back.

import { AcceptDialog, BadDialog } from "./decisions.js";
import { DAY, ago, clock, dayOf, tomorrowAt } from "./format.js";
import { Link, Fragment, h, useState } from "./element.js";
import { Menu } from "./dialog.js";
import { Sign } from "./glyphs.js";
import { Toast } from "./toast.js";
import { decide } from "./ask.js";
import { incidentPlace } from "./places.js";

const READ_ONLY = "You can read this, not act on it: needs “can edit” on the Dag.";

const soon = (milliseconds) => new Date(Date.now() + milliseconds).toISOString();

/** The ends that a snooze may have. */
const SNOOZES = [
  { label: "4 hours", name: "snooze-hours", body: () => ({ until: soon(DAY / 6) }) },
  { label: "Until tomorrow 09:00", name: "snooze-tomorrow", body: () => ({ until: tomorrowAt(9) }) },
  { label: "7 days", name: "snooze-week", body: () => ({ until: soon(7 * DAY) }) },
  { label: "Until it gets worse", name: "snooze-worse", body: () => ({ until: null, unless_worse: true }) },
];

/**
 * What was decided and what can be: `{incident, busy, toast, run, undo, clear}`.
 *
 * The server's answer shows at once; `onChange` reads the page anew behind it.
 */
export function useDecisions(given, onChange) {
  const [answered, setAnswered] = useState(null);
  const [toast, setToast] = useState(null);
  const [busy, setBusy] = useState(false);
  const incident = answered?.given === given ? answered.incident : given;
  const run = async (verb, body, text, undoable = true) => {
    setBusy(true);
    try {
      const next = await decide(incident.id, verb, body);
      setAnswered({ given, incident: next });
      setToast({ text, undo: undoable && next.can_undo ? undo : null });
      onChange();
      return true;
    } catch (error) {
      setToast({ text: `That was not stored. ${error.message} ${error.hint ?? ""}`, failed: true });
      return false;
    } finally {
      setBusy(false);
    }
  };
  const undo = () => run("undo", {}, `The last decision on incident ${incident.id} was taken back.`, false);
  return { incident, busy, toast, run, undo, clear: () => setToast(null) };
}

/** A button that undoes, in a line of text. */
export function UndoLink({ decisions, canEdit }) {
  const { incident, busy, undo } = decisions;
  if (!canEdit || !incident?.can_undo) return null;
  return h("button", { type: "button", className: "mlm-link", "data-mlm": "undo", disabled: busy, onClick: undo }, "Undo");
}

/** Who is on it: `nobody on it yet`, `acknowledged by ana, 5 min ago`. */
export function stateWords({ state, acknowledged_by: by, acknowledged_at: at, snoozed_until: until }) {
  if (state === "snoozed") return `snoozed until ${until ? `${dayOf(until)} ${clock(until)}` : "it gets worse"}`;
  if (state === "acknowledged") return `acknowledged${by ? ` by ${by}` : ""}${at ? `, ${ago(at)}` : ""}`;
  return { resolved: "over", accepted: "accepted as the new normal" }[state] ?? "nobody on it yet";
}

/** The incident, who is on it, and a way back. */
export function IncidentLine({ decisions, canEdit }) {
  const { incident } = decisions;
  return h(
    "span",
    { "data-mlm": "incident" },
    h(Link, { to: incidentPlace(incident.id) }, `Incident ${incident.id}`),
    h("span", { className: "mlm-muted" }, `, ${stateWords(incident)} `),
    h(UndoLink, { decisions, canEdit }),
  );
}

/** The buttons, with the dialog that one of them opened. `findings` are those that it is about, `others` the rest of it. */
export function Actions({ decisions, findings, others = [], canEdit, off = "" }) {
  const [dialog, setDialog] = useState("");
  const { incident, busy, run, toast, clear } = decisions;
  const number = incident.id;
  const disabled = busy || !canEdit || Boolean(off);
  const over = incident.state === "resolved" || incident.state === "accepted";
  const acknowledged = incident.state === "acknowledged";
  const acceptable = others.length || findings.some(({ groups }) => groups.length);
  const shut = () => setDialog("");
  const about = { findings, incident, busy, onClose: shut };
  const snoozes = SNOOZES.map(({ label, name, body }) => ({
    label,
    name,
    run: () => run("snooze", body(), `Incident ${number} is snoozed: ${label.toLowerCase()}.`),
  }));
  const acknowledge = () => run("acknowledge", {}, `You are on incident ${number}. No reminders until it is over or worse.`);
  const done = (verb, body, text) => run(verb, body, text).then((stored) => stored && shut());
  const button = (name, words, onClick, kind = "") =>
    h("button", { type: "button", className: `mlm-button ${kind}`, disabled, "data-mlm": name, onClick, ...(onClick.dialog && { "aria-haspopup": "dialog" }) }, words);
  const opens = (name) => Object.assign(() => setDialog(name), { dialog: true });
  return h(
    Fragment,
    null,
    h(
      "div",
      { className: "mlm-actions", "data-mlm": "actions" },
      over ? null : acknowledged ? h("span", { className: "mlm-button mlm-done" }, h(Sign, { name: "check", size: 13 }), " Acknowledged") : button("acknowledge", "Acknowledge", acknowledge, "mlm-primary"),
      over ? null : h(Menu, { label: "Snooze", entries: snoozes, disabled, name: "snooze" }),
      incident.state === "accepted" || !acceptable ? null : button("accept", "Accept as new normal…", opens("accept")),
      button("bad", "Mark bad data…", opens("bad")),
    ),
    !canEdit || off ? h("p", { className: "mlm-why-off", "data-mlm": "read-only" }, off || READ_ONLY) : null,
    dialog === "accept" ? h(AcceptDialog, { ...about, others, onDecide: (body) => done("accept", body, body.groups ? `Accepted. The rest of incident ${number} stays as it is.` : "Accepted. Days like these count as normal from here on.") }) : null,
    dialog === "bad" ? h(BadDialog, { ...about, onDecide: (reason) => done("bad", { reason }, "Marked bad. These data do not train.") }) : null,
    h(Toast, { toast, onGone: clear }),
  );
}
