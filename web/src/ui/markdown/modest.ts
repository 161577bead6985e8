/** Which diagrams are drawn unasked: neither so large that the page stands still, nor loading. */

const LONGEST = 5_000; // characters
const LINES = 100;
/** Pictures and styles from elsewhere tell their host who reads, and when. */
const LOADS =
  /<\s*(?:img|image|picture|video|audio|source|style|link|svg)|@\{[^}]*(?:img|\\|&\w)|url\s*\(/iu;
/** What names a part of its settings may repeat it without end. */
const REPEATS = /^\s*---\n[\s\S]*?[:\-[{,]\s*&\w/u;
/** One row of a packet is drawn for each 32 of its bits. */
const ROWS = /^\s*packet[\s\S]*\d{5}/mu;

export function isModest(source: string): boolean {
  if (source.length > LONGEST || source.split("\n").length > LINES) return false;
  return ![LOADS, ROWS, REPEATS].some((pattern) => pattern.test(source));
}
