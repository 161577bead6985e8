/** What people see of assistants, and how they talk to them. */
import type { Locator } from "@playwright/test";
import type { Person } from "./person.ts";

/** A question in a conversation of its own. Returns its address. */
export async function ask(person: Person, question: string): Promise<string> {
  await person.button(person.words.list.new).click();
  await person.page.getByRole("menuitem", { name: person.words.assistants.ask }).click();
  await person.page.waitForURL("**/new");
  await person.write(question);
  await person.page.waitForURL("**/c/*");
  await person.composer.waitFor();
  return new URL(person.page.url()).pathname;
}

/** Answers, the oldest first. */
export function answers(person: Person): Locator {
  return person.log.locator("article[data-answer]");
}

/** The one that is being written. */
export function growing(person: Person): Locator {
  return person.log.locator("article[data-live]");
}

/** The text of an answer, without what stands around it. */
export function textOf(answer: Locator): Locator {
  return answer.locator("[data-text]");
}

/** A tool below an answer. */
export function tool(answer: Locator, name: string): Locator {
  return answer.getByRole("button", { name, exact: true });
}
