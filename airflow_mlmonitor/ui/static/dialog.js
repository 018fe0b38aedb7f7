// What opens over or under a button: a dialog that keeps the focus, and a menu that arrows walk through.

import { h, useEffect, useId, useRef, useState } from "./element.js";

const REACHABLE = "button:not([disabled]), input:not([disabled]), textarea, select, a[href]";

/** A panel that traps the focus; Esc closes it and gives the focus back to the button that opened it. */
export function Dialog({ title, onClose, children, name }) {
  const panel = useRef(null);
  const heading = useId();
  useEffect(() => {
    const opener = document.activeElement;
    (panel.current.querySelector("input, textarea") ?? panel.current.querySelector("button"))?.focus();
    return () => opener?.isConnected && opener.focus();
  }, []);
  const onKeyDown = (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
    if (event.key !== "Tab") return;
    const stops = [...panel.current.querySelectorAll(REACHABLE)];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  };
  const shown = { className: "mlm-dialog", role: "dialog", "aria-modal": true, "aria-labelledby": heading, ref: panel, onKeyDown, "data-mlm": name };
  return h("div", { className: "mlm-dialog-row" }, h("div", shown, h("h3", { id: heading }, title), children));
}

/** A button with a menu of `entries`: `{label, detail, name, run}`. */
export function Menu({ label, entries, disabled, name }) {
  const [open, setOpen] = useState(false);
  const root = useRef(null);
  const id = useId();
  const items = () => [...root.current.querySelectorAll("[role=menuitem]")];
  useEffect(() => {
    if (!open) return undefined;
    items()[0]?.focus();
    const outside = (event) => root.current?.contains(event.target) || setOpen(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  const shut = () => {
    setOpen(false);
    root.current.querySelector("button").focus();
  };
  const onKeyDown = (event) => {
    if (!open) return;
    const list = items();
    const at = list.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + list.length, Home: 0, End: list.length - 1 }[event.key];
    if (to !== undefined) list[to % list.length].focus();
    if (event.key === "Escape") shut();
    if (event.key === "Tab") setOpen(false);
    if (to !== undefined || event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const entry = ({ label: words, detail, name: hook, run }) =>
    h(
      "button",
      { key: hook, type: "button", role: "menuitem", tabIndex: -1, "data-mlm": hook, onClick: () => (shut(), run()) },
      h("span", null, words),
      detail ? h("small", null, detail) : null,
    );
  const shown = { "aria-haspopup": "menu", "aria-expanded": open, "aria-controls": open ? id : undefined };
  return h(
    "span",
    { className: "mlm-menu", ref: root, onKeyDown },
    h("button", { type: "button", className: "mlm-button", disabled, "data-mlm": name, onClick: () => setOpen(!open), ...shown }, label, " ▾"),
    open ? h("div", { role: "menu", id, className: "mlm-menu-list", "aria-label": label }, entries.map(entry)) : null,
  );
}
