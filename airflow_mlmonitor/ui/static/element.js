// What every file here builds with: Airflow's own React and router, never a second copy of them.

const { React, ReactRouterDOM } = globalThis;

export const h = React.createElement;
export const { Fragment, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } = React;
export const { Link, useLocation, useNavigate, useSearchParams } = ReactRouterDOM;

/** Join the names of classes that hold. */
export const names = (...parts) => parts.filter(Boolean).join(" ");

/** Text that is read out and not seen. */
export const unseen = (text) => h("span", { className: "mlm-unseen" }, text);

/** Show `parts` in one line, with a middle dot between those that are there. */
export function dotted(parts) {
  return parts
    .filter((part) => part)
    .flatMap((part, at) => (at ? [" · ", part] : [part]))
    .map((part, at) => h(Fragment, { key: at }, part));
}

/** Text in which `code` stands between backticks; `codes` are names set as code wherever they are whole words. */
export function rich(text, codes = []) {
  const known = codes.filter(Boolean).sort((a, b) => b.length - a.length);
  const named = known.map((name) => `(?<![\\w.])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w])`);
  const pattern = new RegExp(["`[^`]+`", ...named].join("|"), "g");
  const parts = [];
  let from = 0;
  for (const found of String(text ?? "").matchAll(pattern)) {
    parts.push(text.slice(from, found.index));
    parts.push(h("code", { key: found.index }, found[0].replaceAll("`", "")));
    from = found.index + found[0].length;
  }
  parts.push(String(text ?? "").slice(from));
  return parts;
}

/** The width of an element in pixels, kept up to date; 0 until it is known. */
export function useWidth(ref) {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!ref.current) return undefined;
    const watch = new ResizeObserver(([entry]) => setWidth(entry.contentRect.width));
    watch.observe(ref.current);
    setWidth(ref.current.getBoundingClientRect().width);
    return () => watch.disconnect();
  }, [ref]);
  return width;
}

/** State that lives in the URL's query: a value and what sets several at once; "" or the default removes a name. */
export function useQuery(defaults) {
  const [query, setQuery] = useSearchParams();
  const values = Object.fromEntries(Object.keys(defaults).map((name) => [name, query.get(name) ?? defaults[name]]));
  const set = (changes) =>
    setQuery(
      (earlier) => {
        const next = new URLSearchParams(earlier);
        for (const [name, value] of Object.entries(changes)) {
          if (value === "" || value === defaults[name]) next.delete(name);
          else next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );
  return [values, set];
}
