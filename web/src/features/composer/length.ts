/** How long a message is, against what the server takes. Pure. */

/** So near to the limit it is worth telling how many characters are left. */
export const NEAR = 500;

/** In characters (Unicode code points), which only near the limit are worth counting. */
export function leftOf(text: string, limit: number): number {
  return limit - (text.length <= limit - NEAR ? text.length : [...text].length);
}
