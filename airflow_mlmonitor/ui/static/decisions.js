// The two decisions that change what counts as history: they say what they do before they do it.

import { Dialog } from "./dialog.js";
import { Glyph, WORDS } from "./glyphs.js";
import { h, useState } from "./element.js";
import { counted, listed } from "./format.js";

/** A warning whose next step is to accept it is the only finding chosen beforehand. */
const suggested = ({ status, next }) => status === "warn" && /\baccept\b/i.test(next);

const footer = (onClose, button) =>
  h("div", { className: "mlm-dialog-foot" }, button, h("button", { type: "button", className: "mlm-button", onClick: onClose }, "Cancel"), h("span", null, "Esc closes"));

/** Choose which findings are the new normal; `onAccept` gets their ranks. */
export function AcceptDialog({ findings, incident, onAccept, onClose, busy }) {
  const [ranks, setRanks] = useState(() => findings.filter(suggested).map(({ rank }) => rank));
  const turn = (rank) => setRanks((now) => (now.includes(rank) ? now.filter((one) => one !== rank) : [...now, rank].sort((a, b) => a - b)));
  const chosen = ranks.length === 1 ? `Accept finding ${ranks[0]}` : `Accept findings ${listed(ranks.map(String), 6)}`;
  const words = ranks.length ? chosen : "Choose a finding";
  const accept = () => onAccept(ranks);
  const button = h("button", { type: "button", className: "mlm-button mlm-primary", disabled: busy || !ranks.length, "data-mlm": "accept-confirm", onClick: accept }, words);
  return h(
    Dialog,
    { title: "Accept as new normal?", onClose, name: "accept-dialog" },
    h("p", null, `From this run on, days like this one will count as normal. Earlier runs stay in the history. You can undo this in incident ${incident.id}.`),
    h(
      "ul",
      { className: "mlm-choices" },
      findings.map(({ rank, status, title }) =>
        h(
          "li",
          { key: rank },
          h(
            "label",
            null,
            h("input", { type: "checkbox", checked: ranks.includes(rank), "data-rank": rank, onChange: () => turn(rank) }),
            h("span", { className: "mlm-rank" }, rank),
            h(Glyph, { status, size: 13, label: WORDS[status] }),
            h("span", null, title),
          ),
        ),
      ),
    ),
    footer(onClose, button),
  );
}

/** Say that the data were bad; `onBad` gets the reason. */
export function BadDialog({ findings, incident, onBad, onClose, busy }) {
  const [reason, setReason] = useState("");
  const runs = incident.runs > 1 ? `the ${counted(incident.runs, "run")} of incident ${incident.id}` : "this run";
  const button = h(
    "button",
    { type: "button", className: "mlm-button mlm-primary", disabled: busy, "data-mlm": "bad-confirm", onClick: () => onBad(reason.trim()) },
    `Mark ${runs} as bad data`,
  );
  return h(
    Dialog,
    { title: "Mark as bad data?", onClose, name: "bad-dialog" },
    h("p", null, `What ${runs} saw will never count as normal, and nobody is reminded of it. The verdict stays. You can undo this in incident ${incident.id}.`),
    findings.length ? h("ol", { className: "mlm-choices" }, findings.map(({ rank, title }) => h("li", { key: rank }, h("span", { className: "mlm-rank" }, rank), title))) : null,
    h("label", { className: "mlm-field" }, "Why (others read it)", h("input", { type: "text", value: reason, maxLength: 500, "data-mlm": "bad-reason", onChange: (event) => setReason(event.target.value) })),
    footer(onClose, button),
  );
}
