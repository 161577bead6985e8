/** The contract's limit for a message, in characters (Unicode code points). */
export const LIMIT = 20_000;
/** From here on it is worth telling how many are left. */
export const COUNT_FROM = LIMIT - 500;

export function lengthOf(text: string): number {
  return text.length <= COUNT_FROM ? text.length : [...text].length;
}
