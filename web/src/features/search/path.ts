/** The address of a search. */

export function searchPath(words: string, inside: string | null): string {
  const params = new URLSearchParams();
  if (words.trim()) params.set("q", words.trim());
  if (inside) params.set("in", inside);
  const text = params.toString();
  return text ? `/search?${text}` : "/search";
}
