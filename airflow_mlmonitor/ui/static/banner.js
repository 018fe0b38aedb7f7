// One line on Home about the worst open incident nobody is on; nothing at all when nothing is open.

import { Glyph, WORDS } from "./glyphs.js";
import { Link, h } from "./element.js";
import { counted, lasting, listed } from "./format.js";
import { incidentPlace, modelsPlace } from "./places.js";
import { useAsk } from "./ask.js";

/** The banner. It never stands in the way of Home: what cannot be read is not shown. */
export function Banner() {
  const { data } = useAsk("banner", {}, { unsettled: () => true });
  if (!data || !data.open) return null;
  const { headline, model, status, incident_id: number, opened_at: begin, acknowledged, others, open } = data;
  const unknown = Math.max(0, open - acknowledged - 1 - others.length);
  const rest = unknown ? [...others.slice(0, 2), `${others.slice(2).length + unknown} more`] : others;
  const also = rest.length ? `also ${listed(rest)}` : "";
  const words = headline && model && !headline.startsWith(model) ? `${model}: ${lower(headline)}` : headline;
  const detail = [begin && number !== null ? `${lasting(begin)}, nobody on it yet` : "", also, acknowledged ? `${acknowledged} acknowledged` : ""].filter(Boolean).join(" · ");
  const line = h(
    "section",
    { className: "mlm-card mlm-banner", "data-mlm": "banner", "aria-label": "ML Monitor" },
    h(Glyph, { status, size: 17, label: WORDS[status] }),
    h("p", null, number === null ? h("b", null, words || `${counted(open, "incident")} open, all acknowledged`) : h(Link, { to: incidentPlace(number), className: "mlm-plain" }, h("b", null, words)), " ", h("span", { className: "mlm-muted" }, detail)),
    h(Link, { to: modelsPlace(), "data-mlm": "banner-open" }, `${open} open ›`),
  );
  return h("div", { className: "mlm-root mlm-page-banner", "data-mlm-page": "banner" }, line);
}

/** A sentence after a colon begins small, unless its first word is a name. */
const lower = (words) => (/^[A-Z][a-z]+ /.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words);
