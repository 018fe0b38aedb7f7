// The two decisions that change what counts as history: they say what they do before they do it.

import { acceptBody, acceptEffect, acceptWords, choicesOf, ticked } from "./accepting.js";
import { Dialog } from "./dialog.js";
import { Glyph, WORDS } from "./glyphs.js";
import { h, useState } from "./element.js";
import { counted } from "./format.js";

/** The findings that a decision is about, in the order of the page. */
function Concerned({ findings }) {
  if (!findings.length) return null;
  return h(
    "ol",
    { className: "mlm-choices" },
    findings.map(({ rank, status, title }) =>
      h("li", { key: `${rank} ${title}`, "data-rank": rank }, h("span", { className: "mlm-rank" }, rank), h(Glyph, { status, size: 13, label: WORDS[status] }), h("span", null, title)),
    ),
  );
}

/** The same, each with a box to tick. */
function Choices({ choices, chosen, onChange }) {
  const turn = (at) => {
    const next = new Set(chosen);
    if (!next.delete(at)) next.add(at);
    onChange(next);
  };
  return h(
    "ol",
    { className: "mlm-choices" },
    choices.map(({ rank, status, title }, at) =>
      h(
        "li",
        { key: `${rank} ${title}`, "data-rank": rank ?? "others" },
        h(
          "label",
          null,
          h("input", { type: "checkbox", checked: chosen.has(at), onChange: () => turn(at) }),
          h("span", { className: "mlm-rank" }, rank),
          status ? h(Glyph, { status, size: 13, label: WORDS[status] }) : null,
          h("span", null, title),
        ),
      ),
    ),
  );
}

/** A dialog that states an effect, lists what it is about, asks why, and repeats the choice on its button. */
function Decision({ title, effect, choice, list, name, onDecide, onClose, busy, none = false }) {
  const [reason, setReason] = useState("");
  const why = { type: "text", value: reason, maxLength: 500, "data-mlm": `${name}-reason`, onChange: (event) => setReason(event.target.value) };
  return h(
    Dialog,
    { title, onClose, name: `${name}-dialog` },
    h("p", null, effect),
    list,
    h("label", { className: "mlm-field" }, "Why (others read it)", h("input", why)),
    h(
      "div",
      { className: "mlm-dialog-foot" },
      h("button", { type: "button", className: "mlm-button mlm-primary", disabled: busy || none, "data-mlm": `${name}-confirm`, onClick: () => onDecide(reason.trim()) }, choice),
      h("button", { type: "button", className: "mlm-button", onClick: onClose }, "Cancel"),
      h("span", null, "Esc closes"),
    ),
  );
}

/** Which runs a decision is about: an incident is decided of as a whole. */
const runsOf = ({ runs, id }) => (runs > 1 ? `the ${counted(runs, "run")} of incident ${id}` : "this run");

/** Take what was found as the new normal, or some of it; `onDecide` gets what is sent. */
export function AcceptDialog({ findings, others, incident, onDecide, ...rest }) {
  const choices = choicesOf(findings, others);
  const [chosen, setChosen] = useState(() => ticked(choices));
  const given = {
    title: "Accept as new normal?",
    effect: acceptEffect(choices, chosen, incident),
    choice: acceptWords(choices, chosen),
    list: h(Choices, { choices, chosen, onChange: setChosen }),
    none: !chosen.size,
    name: "accept",
    onDecide: (reason) => onDecide({ reason, ...acceptBody(choices, chosen) }),
  };
  return h(Decision, { ...given, ...rest });
}

/** Say that the data were bad; `onDecide` gets the reason. */
export function BadDialog({ findings, incident, ...rest }) {
  const runs = runsOf(incident);
  const effect = `What ${runs} saw will never count as normal, and nobody is reminded of it. The verdict stays. You can undo this in incident ${incident.id}.`;
  return h(Decision, { title: "Mark as bad data?", effect, choice: `Mark ${runs} as bad data`, list: h(Concerned, { findings }), name: "bad", ...rest });
}
