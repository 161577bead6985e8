/** The list of names under the fingers: what it offers, which one is chosen, and the keys for it. */
import { type KeyboardEvent, useState } from "react";
import { type Candidate, completed, suggested, type Word, wordAt } from "./mentions";

interface Field {
  text: string;
  people: Candidate[];
  /** Changes the text, and puts the caret there. */
  onChange: (text: string, caret: number) => void;
}

export function useMentions({ text, people, onChange }: Field) {
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState(0);
  /** The word for which the list was sent away. */
  const [dismissed, setDismissed] = useState<number | null>(null);
  const word: Word | null = people.length > 0 ? wordAt(text, caret) : null;
  const offered = word && word.start !== dismissed ? suggested(people, word.query) : [];
  const at = Math.min(chosen, offered.length - 1);
  const moved = (next: number) => {
    setCaret(next);
    if (next !== caret) setChosen(0);
    if (word === null) setDismissed(null);
  };
  const pick = (person: Candidate) => {
    if (!word) return;
    const next = completed(text, caret, word, person.username);
    setCaret(next.caret);
    setChosen(0);
    onChange(next.text, next.caret);
  };
  /** True: the key was for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    const person = offered[at];
    if (!word || !person) return false;
    if (event.key === "ArrowDown") setChosen((at + 1) % offered.length);
    else if (event.key === "ArrowUp") setChosen((at - 1 + offered.length) % offered.length);
    else if (event.key === "Enter" || event.key === "Tab") pick(person);
    else if (event.key === "Escape") setDismissed(word.start);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { offered, chosen: at, moved, pick, onKey };
}
