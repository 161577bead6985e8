/** Times as people read them, in their language and zone. */

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
  if (date.getFullYear() === now.getFullYear()) {
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
  const year = date.getFullYear() === now.getFullYear() ? undefined : ("numeric" as const);
  return format(language, { weekday: "long", day: "numeric", month: "long", year }).format(date);
}

/** "5 minutes ago", for when someone was last seen. */
export function ago(iso: string, language: string, now = new Date()): string {
  const minutes = Math.round((now.getTime() - new Date(iso).getTime()) / 60_000);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (minutes < 60) return relative.format(-Math.max(1, minutes), "minute");
  if (minutes < 24 * 60) return relative.format(-Math.round(minutes / 60), "hour");
  return relative.format(-Math.round(minutes / 1440), "day");
}

/** The whole of it, for tooltips and screen readers. */
export function full(iso: string, language: string): string {
  return format(language, { dateStyle: "full", timeStyle: "short" }).format(new Date(iso));
}

export function longDate(iso: string, language: string): string {
  return format(language, { dateStyle: "long" }).format(new Date(iso));
}

/** A day as a key that orders: 2026-03-03, in the reader's zone. */
export function dayKey(iso: string): string {
  const date = new Date(iso);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function daysBetween(a: Date, b: Date): number {
  const day = (d: Date) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate());
  return Math.round((day(b) - day(a)) / 86_400_000);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs a hundred times what using it costs. */
function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(language, options);
  formats.set(key, known);
  return known;
}
