// Numbers and times as people read them. Data days are days of the data, in UTC; moments stand in Airflow's zone.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const ABSENT = "—";

/** The zone chosen in Airflow's own menu; what the browser has where nothing was chosen. */
export function zone() {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  try {
    const chosen = JSON.parse(localStorage.getItem("timezone")) ?? own;
    Intl.DateTimeFormat("en", { timeZone: chosen });
    return chosen;
  } catch {
    return own;
  }
}

/** What a clock in Airflow's zone shows at a moment, in parts that are numbers. */
function partsOf(moment, timeZone = zone()) {
  const fields = { timeZone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" };
  const format = new Intl.DateTimeFormat("en-GB", { ...fields, second: "numeric", hourCycle: "h23" });
  return Object.fromEntries(format.formatToParts(moment).map((part) => [part.type, Number(part.value)]));
}

const two = (number) => String(number).padStart(2, "0");

/** `19 Nov`, the day of the data in UTC; with its year where that is not the year of `beside`. */
export function dataDay(iso, beside = iso) {
  if (!iso) return ABSENT;
  const [moment, other] = [new Date(iso), new Date(beside)];
  const year = moment.getUTCFullYear() === other.getUTCFullYear() ? "" : ` ${moment.getUTCFullYear()}`;
  return `${moment.getUTCDate()} ${MONTHS[moment.getUTCMonth()]}${year}`;
}

/** `Thu 19 Nov 2026`, with `, 06:00` where the window does not begin with a day. */
export function wholeDay(iso) {
  if (!iso) return ABSENT;
  const moment = new Date(iso);
  const time = moment.getTime() % DAY ? `, ${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}` : "";
  return `${DAYS[moment.getUTCDay()]} ${dataDay(iso)} ${moment.getUTCFullYear()}${time}`;
}

/** `03:04` in Airflow's zone. */
export function clock(iso) {
  const parts = partsOf(new Date(iso));
  return `${two(parts.hour)}:${two(parts.minute)}`;
}

/** `20 Nov 2026, 03:04`, in Airflow's zone, and which zone that is. */
export function moment(iso) {
  if (!iso) return ABSENT;
  const parts = partsOf(new Date(iso));
  return `${parts.day} ${MONTHS[parts.month - 1]} ${parts.year}, ${clock(iso)} (${zone()})`;
}

/** Day and month of a moment in Airflow's zone. */
export function dayOf(iso) {
  const parts = partsOf(new Date(iso));
  return `${parts.day} ${MONTHS[parts.month - 1]}`;
}

/** `12 min`, `3 h`, `5 d`: how long it has been. */
export function lasting(iso, now = Date.now()) {
  const span = Math.max(0, now - new Date(iso).getTime());
  if (span < HOUR) return `${Math.round(span / MINUTE)} min`;
  return span < 2 * DAY ? `${Math.round(span / HOUR)} h` : `${Math.round(span / DAY)} d`;
}

/** `12 min ago` under 48 hours, then the day. */
export function ago(iso, now = Date.now()) {
  if (!iso) return ABSENT;
  const span = now - new Date(iso).getTime();
  if (span < MINUTE) return "just now";
  return span < 2 * DAY ? `${lasting(iso, now)} ago` : moment(iso).split(",")[0];
}

/** The moment at which clocks in Airflow's zone next show `hour`, tomorrow. */
export function tomorrowAt(hour, now = Date.now()) {
  const parts = partsOf(now);
  const midnight = now - ((parts.hour * 60 + parts.minute) * 60 + parts.second) * 1000;
  const wanted = midnight + DAY + hour * HOUR;
  // A clock that is put back or on in between shows another time; look what it shows and correct that.
  const shown = partsOf(wanted);
  return new Date(wanted + (hour * 60 - shown.hour * 60 - shown.minute) * MINUTE - (wanted % 1000)).toISOString();
}

const grouped = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** A value in its unit: `36.0%`, `1,024`, `0.0305`. */
export function number(value, unit) {
  if (value === null || value === undefined) return ABSENT;
  if (value === 0) return "0";
  if (unit === "share") return `${(value * 100).toFixed(1)}%`;
  if (unit === "count" || Math.abs(value) >= 1000) return grouped.format(value);
  return Math.abs(value) < 1e-4 ? value.toExponential(2) : value.toPrecision(3);
}

/** `120%`, how much of its alert line a run used; `over 300%` beyond what is drawn. */
export function percentOfLine(ratio) {
  if (ratio === null || ratio === undefined) return ABSENT;
  return ratio > 3 ? "over 300%" : `${Math.round(ratio * 100)}%`;
}

/** Words that say something: empty for those that stand for nothing. */
export const told = (words) => (words && words !== ABSENT ? words : "");

/** A sentence has a full stop, whoever wrote it. */
export const ended = (words) => (!words || /[.?…]$/.test(words) ? words : `${words}.`);

/** A sentence begins large. */
export const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** `1 run`, `2 runs`. */
export const counted = (count, noun, plural = `${noun}s`) => `${grouped.format(count)} ${count === 1 ? noun : plural}`;

/** Names in a sentence: `a`, `a and b`, `a, b and 4 more`. */
export function listed(words, most = 3) {
  if (words.length > most) return `${words.slice(0, most - 1).join(", ")} and ${words.length - most + 1} more`;
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
