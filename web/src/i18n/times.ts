/** Times as people read them, in their language and zone. */

/** The zone that somebody has chosen; undefined: that of the device. */
let zone: string | undefined;

export function setZone(chosen: string | null | undefined): void {
  zone = chosen || undefined;
}

/** "14:05", "2:05 PM" */
export function clock(iso: string, language: string): string {
  return format(language, { timeStyle: "short" }).format(new Date(iso));
}

/** Today: the clock; this week: the day; this year: day and month; else the date. */
export function brief(iso: string, language: string, now = new Date()): string {
  const date = new Date(iso);
  const days = daysBetween(date, now);
  if (days <= 0) return clock(iso, language);
  if (days < 7) return format(language, { weekday: "short" }).format(date);
  if (yearOf(date) === yearOf(now)) {
    return format(language, { month: "short", day: "numeric" }).format(date);
  }
  return format(language, { year: "numeric", month: "numeric", day: "numeric" }).format(date);
}

/** The heading of a day in a history: "Today", "Yesterday", "Monday, 3 March". */
export function dayHeading(iso: string, language: string, now = new Date()): string {
  const date = new Date(iso);
  const days = daysBetween(date, now);
  if (days <= 1) {
    const text = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-days, "day");
    return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
  }
  const year = yearOf(date) === yearOf(now) ? undefined : ("numeric" as const);
  return format(language, { weekday: "long", day: "numeric", month: "long", year }).format(date);
}

/** "5 minutes ago", for when someone was last seen. */
export function ago(iso: string, language: string, now = new Date()): string {
  const minutes = Math.round((now.getTime() - new Date(iso).getTime()) / 60_000);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (minutes < 60) return relative.format(-Math.max(1, minutes), "minute");
  if (minutes < 24 * 60) return relative.format(-Math.round(minutes / 60), "hour");
  const days = Math.round(minutes / 1440);
  if (days < 60) return relative.format(-days, "day");
  if (days < 730) return relative.format(-Math.round(days / 30.4), "month");
  return relative.format(-Math.round(days / 365.25), "year");
}

/** The whole of it, for tooltips and screen readers. */
export function full(iso: string, language: string): string {
  return format(language, { dateStyle: "full", timeStyle: "short" }).format(new Date(iso));
}

export function longDate(iso: string, language: string): string {
  return format(language, { dateStyle: "long" }).format(new Date(iso));
}

/** A day as a key that orders: 2026-03-03, in the reader's zone. */
export function dayKey(iso: string | Date): string {
  // Of all languages Swedish writes a date as ISO 8601 does.
  return format("sv", { year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(iso));
}

/** A moment so many days from now, as the contract writes it. */
export function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}

function yearOf(date: Date): string {
  return dayKey(date).slice(0, 4);
}

function daysBetween(a: Date, b: Date): number {
  return Math.round((Date.parse(dayKey(b)) - Date.parse(dayKey(a))) / 86_400_000);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs a hundred times what using it costs. */
function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + zone + JSON.stringify(options);
  const known =
    formats.get(key) ??
    new Intl.DateTimeFormat(language, { ...options, ...(zone ? { timeZone: zone } : {}) });
  formats.set(key, known);
  return known;
}
