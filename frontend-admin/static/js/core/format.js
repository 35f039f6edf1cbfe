// Numbers and times as people read them: tabular figures, a sign that isn't only a colour, simulated time in UTC.
import { computed } from "./view.js";
import { locale } from "./i18n.js";

const MINUS = "\u2212";
const SPACE = "\u202f";

/** @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** @param {number} value @param {number} least @param {number} [most] fraction digits */
function plain(value, least, most = least) {
  const key = `${least}-${most}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat("en", { minimumFractionDigits: least, maximumFractionDigits: most });
    formats.set(key, format);
  }
  return format.format(value).replace("-", MINUS);
}

/** Decimals of a tick size. @param {number} tickSize */
export function decimals(tickSize) {
  const [digits, exponent] = String(tickSize).split("e-");
  return (digits?.split(".")[1]?.length ?? 0) + Number(exponent ?? 0);
}

/** @param {number | undefined | null} value @param {number} [digits] */
export const number = (value, digits = 0) => (value == null || !Number.isFinite(value) ? "–" : plain(value, digits));

/** At most so many digits after the point. @param {number} value @param {number} [digits] */
export const trimmed = (value, digits = 4) => plain(value, 0, digits);

/** Three significant digits or so, for what spans many sizes. @param {number} value */
export function rough(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-6) return "≈" + SPACE + "0";
  return plain(value, 0, Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(size)))));
}

/** A share as per cent. @param {number | undefined | null} share @param {number} [digits] */
export const percent = (share, digits = 2) => (share == null ? "–" : `${number(share * 100, digits)}${SPACE}%`);

/** @param {number} share */
export const roughPercent = (share) => `${rough(share * 100)}${SPACE}%`;

/** @param {number} value @param {string} text */
const signed = (value, text) => (value > 0 ? `+${text}` : text);

/** @param {number} share @param {number} [digits] */
export const signedPercent = (share, digits = 2) => signed(share, percent(share, digits));

/** @param {number} value @param {number} digits */
export const signedNumber = (value, digits) => signed(value, number(value, digits));

/** @param {number} share */
export const signedRough = (share) => signed(share, roughPercent(share));

/** ▲, ▼ or –, so that direction is never only a colour. @param {number} change */
export const arrow = (change) => (change > 0 ? "▲" : change < 0 ? "▼" : "•");

/** @param {number} change */
export const direction = (change) => (change > 0 ? "up" : change < 0 ? "down" : "flat");

/** @param {number} time @param {Intl.DateTimeFormatOptions} options */
const inUtc = (time, options) => new Intl.DateTimeFormat(locale.value, { timeZone: "UTC", hourCycle: "h23", ...options }).format(time);

const clockFormat = computed(
  () => new Intl.DateTimeFormat(locale.value, { timeZone: "UTC", hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit" }),
);

/** @param {number} time */
export const clockTime = (time) => clockFormat.value.format(time);

/** @param {number} time */
export const date = (time) => inUtc(time, { day: "numeric", month: "short", year: "numeric" });

/** @param {number} time */
export const dateTime = (time) => `${date(time)} ${clockTime(time)}`;

/** @param {number} time @param {"year" | "month" | "day" | "minute" | "second"} unit what the label tells */
export function axisTime(time, unit) {
  if (unit === "second") return clockTime(time);
  if (unit === "minute") return clockTime(time).slice(0, 5);
  if (unit === "year") return inUtc(time, { year: "numeric" });
  return inUtc(time, unit === "month" ? { month: "short" } : { day: "numeric", month: "short" });
}

/** A length of time as 00:41, 1:02:03 or 3 d 04:05. @param {number} seconds */
export function countdown(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const [days, hours, minutes] = [Math.floor(left / 86400), Math.floor((left % 86400) / 3600), Math.floor((left % 3600) / 60)];
  if (days > 0) return `${days}${SPACE}d ${two(hours)}:${two(minutes)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${two(minutes)}:${two(left % 60)}`;
}
