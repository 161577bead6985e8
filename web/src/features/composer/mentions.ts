/** Completing a name behind an `@`: where the word stands, who may be meant. Pure. */

export interface Candidate {
  id: string;
  username: string;
  name: string;
  image?: string | null;
}

export interface Word {
  /** Where its `@` stands in the text. */
  start: number;
  query: string;
}

const MOST = 8;
const AT = /[@＠]([\p{L}\p{M}\p{N}_.-]{0,32})$/u;
/** Before an `@` these make it part of an address, as in ada@example.org. */
const WORD = /[_\p{N}\p{Lu}\p{Ll}\p{Lt}\p{Lm}]$/u;

/** The name that is being typed at the caret. */
export function wordAt(text: string, caret: number): Word | null {
  const before = text.slice(0, caret);
  const match = AT.exec(before);
  if (!match || WORD.test(before.slice(0, match.index))) return null;
  return { start: match.index, query: match[1] ?? "" };
}

/** Those whose name or username begins so, then those where it stands inside. */
export function suggested(people: Candidate[], query: string): Candidate[] {
  const wanted = fold(query);
  const rank = ({ name, username }: Candidate) => {
    const texts = [fold(name), fold(username)];
    if (texts.some((text) => text.startsWith(wanted))) return 0;
    if (
      fold(name)
        .split(/\s+/u)
        .some((part) => part.startsWith(wanted))
    )
      return 1;
    return texts.some((text) => text.includes(wanted)) ? 2 : 3;
  };
  return people
    .map((person, index) => ({ person, index, rank: rank(person) }))
    .filter((found) => found.rank < 3)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, MOST)
    .map(({ person }) => person);
}

/** The text with the word completed, and where the caret goes. */
export function completed(text: string, caret: number, word: Word, username: string) {
  const put = `@${username} `;
  const rest = text.slice(caret).replace(/^ /u, "");
  return { text: text.slice(0, word.start) + put + rest, caret: word.start + put.length };
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
