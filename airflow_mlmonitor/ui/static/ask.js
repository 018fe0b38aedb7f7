// What is asked of the server: pages as JSON, read anew while something runs, and decisions posted.

import { useCallback, useEffect, useRef, useState } from "./element.js";

const REFRESH = 30_000;

/** Why something cannot be shown: `kind` is store, permission, unknown, request, server or network. */
export class Refusal extends Error {
  constructor({ kind, message, hint = "", summary = null }) {
    super(message);
    Object.assign(this, { kind, hint, summary, at: new Date().toISOString() });
  }
}

const KINDS = { 401: "permission", 403: "permission", 404: "unknown", 422: "request" };

/** The address of something, wherever Airflow is mounted. */
export function address(path, query = {}) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

async function answer(url, options) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal({ kind: "network", message: "Airflow does not answer.", hint: "Is its API server up, and are you online?" });
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  const told = typeof body?.message === "string" ? body : null;
  throw new Refusal({
    kind: told?.kind ?? KINDS[response.status] ?? "server",
    message: told?.message ?? `Airflow answered with ${response.status} ${response.statusText}.`,
    hint: told?.hint ?? "The log of the API server says why.",
    summary: told?.summary,
  });
}

/** Ask one of our addresses. */
export const ask = (path, query, options) => answer(address(`mlmonitor/api/${path}`, query), options);

/** Post a decision about an incident; answers the incident as it is then. */
export function decide(number, verb, body = {}) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  return ask(`incident/${number}/${verb}`, {}, { method: "POST", headers, body: JSON.stringify(body) });
}

/**
 * Read a page: `{data, error, asking, again}`.
 *
 * What was read stays while it is read anew, so nothing jumps and no focus is lost. `unsettled(data, error)` tells
 * whether to read again after 30 seconds; a hidden page waits until it is looked at. `path` null asks nothing.
 */
export function useAsk(path, query, { unsettled = () => false } = {}) {
  const key = path === null ? null : JSON.stringify([path, query]);
  const [state, setState] = useState({ key: null, data: null, error: null, asking: true });
  const [turn, setTurn] = useState(0);
  const settled = useRef(unsettled);
  settled.current = unsettled;
  const again = useCallback(() => setTurn((count) => count + 1), []);

  useEffect(() => {
    if (key === null) return undefined;
    const control = new AbortController();
    let timer = null;
    const later = (data, error) => {
      if (control.signal.aborted || !settled.current(data, error)) return;
      timer = setTimeout(() => (document.hidden ? later(data, error) : again()), REFRESH);
    };
    setState((earlier) => (earlier.key === key ? { ...earlier, asking: true } : { key, data: null, error: null, asking: true }));
    ask(path, query, { signal: control.signal }).then(
      (data) => {
        setState({ key, data, error: null, asking: false });
        later(data, null);
      },
      (error) => {
        if (control.signal.aborted) return;
        if (!(error instanceof Refusal)) console.error(error);
        const refusal = error instanceof Refusal ? error : new Refusal({ kind: "server", message: String(error) });
        setState((earlier) => ({ key, data: keeps(refusal) ? earlier.data : null, error: refusal, asking: false }));
        later(null, refusal);
      },
    );
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [key, turn]);

  const current = state.key === key ? state : { data: null, error: null, asking: true };
  return { ...current, again };
}

/** A page that could be read stays when the server is away for a while; never when it may not be read any more. */
const keeps = ({ kind }) => kind === "network" || kind === "store" || kind === "server";

/** A number that is true after a while: what shows only if something takes long. */
export function useLate(milliseconds) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return late;
}
