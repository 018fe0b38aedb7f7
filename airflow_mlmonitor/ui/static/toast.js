// What was just done, in a corner, with a way back. It goes by itself, but not while somebody is at it.

import { h, useEffect, useState } from "./element.js";
import { Sign } from "./glyphs.js";

const SECONDS = 10;

/** `toast` is `{text, undo, failed}` or null; a new one begins its time anew. */
export function Toast({ toast, onGone }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!toast || held || toast.failed) return undefined;
    const timer = setTimeout(onGone, SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [toast, held]);
  const hold = () => setHeld(true);
  const release = () => setHeld(false);
  const watch = { onMouseEnter: hold, onMouseLeave: release, onFocus: hold, onBlur: release };
  const shown = toast
    ? h(
        "div",
        { className: "mlm-toast", "data-mlm": "toast", ...watch },
        h("span", null, toast.text),
        toast.undo ? h("button", { type: "button", className: "mlm-link", "data-mlm": "toast-undo", onClick: toast.undo }, "Undo") : null,
        h("button", { type: "button", className: "mlm-close", "aria-label": "Close this message", onClick: onGone }, h(Sign, { name: "close", size: 12 })),
      )
    : null;
  return h("div", { role: toast?.failed ? "alert" : "status", className: "mlm-toasts" }, shown);
}
