// Words with an explanation: a button that says more on focus and under the pointer, and to a screen reader.

import { h, names, useEffect, useId, useState } from "./element.js";

/** Dotted words; `help` shows above them until Esc, or focus or pointer leave. */
export function Explained({ help, children, side = "start" }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  useEffect(() => {
    if (!open) return undefined;
    const close = (event) => event.key === "Escape" && setOpen(false);
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, [open]);
  if (!help) return h("span", null, children);
  const on = () => setOpen(true);
  const off = () => setOpen(false);
  return h(
    "span",
    { className: "mlm-explained", onMouseEnter: on, onMouseLeave: off },
    h("button", { type: "button", className: "mlm-dotted", "aria-describedby": id, onFocus: on, onBlur: off, onClick: on }, children),
    h("span", { id, role: "tooltip", className: names("mlm-tip", `mlm-side-${side}`, open && "mlm-open") }, help),
  );
}
