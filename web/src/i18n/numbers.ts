/** Numbers as people read them, in their language. */

/** US dollars, also where it is a hundredth of a cent. */
export function money(cost: number, language: string): string {
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    maximumSignificantDigits: cost > 0 && cost < 1 ? 2 : 6,
  }).format(cost);
}

/** "1,234", "12 K" where it is large. */
export function amount(count: number, language: string): string {
  const notation = count < 100_000 ? "standard" : "compact";
  return new Intl.NumberFormat(language, { notation, maximumFractionDigits: 1 }).format(count);
}
