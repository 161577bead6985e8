/** The pages where assistants answer, and those that say what they are made of. */
import { growing, tool } from "../../e2e/support/answers.ts";
import type { Person } from "../../e2e/support/person.ts";
import { models } from "./models.ts";
import type { Way } from "./pages.ts";

/** A new conversation, and what is asked in it, one after the other. */
async function ask(person: Person, ...questions: string[]): Promise<void> {
  await person.goto("/new");
  await person.composer.waitFor();
  for (const [index, question] of questions.entries()) {
    await person.write(question);
    if (index === 0) await person.page.waitForURL("**/c/*");
    await person.log.locator("article[data-answer]").nth(index).waitFor();
    await growing(person).waitFor({ state: "detached", timeout: 60_000 });
  }
  // What is heavy is loaded when it is first needed.
  await person.page.waitForLoadState("networkidle");
}

const isChinese = (person: Person) => person.words.language !== "English";

const asking =
  (...words: [en: string, zh: string][]): Way =>
  async ({ person }) => {
    await ask(person, ...words.map(([en, zh]) => (isChinese(person) ? zh : en)));
  };

const last = (person: Person) => person.log.locator("article[data-answer]").last();

export const answers: Record<string, Way> = {
  "ask-new": async ({ person }) => {
    await person.goto("/new");
    await person.composer.waitFor();
  },
  "answer-markdown": asking(["markdown", "排版"]),
  "answer-code": asking(["code", "代码"], ["table", "表格"]),
  "answer-math": asking(["math", "公式"], ["diagram", "图表"]),
  "answer-growing": async ({ person }) => {
    await person.goto("/new");
    await person.write(isChinese(person) ? "/slow 你好" : "/slow");
    await person.page.waitForURL("**/c/*");
    await growing(person).locator("[data-growing]").waitFor();
    await person.page.waitForTimeout(2500);
  },
  "answer-failed": asking(["/error", "/error 你好"], ["/cut", "/cut 你好"]),
  "answer-details": async (visit) => {
    await asking(["/cut", "/cut 你好"])(visit);
    await tool(last(visit.person), visit.person.words.replies.details).click();
  },
  "answer-rating": async (visit) => {
    await asking(["table", "表格"])(visit);
    await tool(last(visit.person), visit.person.words.replies.good).click();
    await visit.person.button(visit.person.words.replies.rate.send).waitFor();
  },
  "answer-again": async (visit) => {
    await asking(["table", "表格"])(visit);
    await tool(last(visit.person), visit.person.words.replies.again).click();
    await last(visit.person).getByText("2/2").waitFor();
    await growing(visit.person).waitFor({ state: "detached" });
  },
  ...models,
  assistants: async ({ person }) => {
    await person.goto("/admin/assistants");
    await person.page.getByRole("main").getByRole("listitem").first().waitFor();
  },
  "assistant-new": async ({ person }) => {
    await person.goto("/admin/assistants");
    await person.button(person.words.assistants.admin.new).click();
    await person.dialog.waitFor();
  },
  providers: async ({ person }) => {
    await person.goto("/admin/providers");
    await person.page.getByRole("main").getByRole("listitem").first().waitFor();
  },
  usage: async ({ person }) => {
    await person.goto("/settings/usage");
    await person.page.getByRole("main").getByRole("listitem").first().waitFor();
  },
  "usage-all": async ({ person }) => {
    await person.goto("/admin/usage");
    await person.page.getByRole("main").getByRole("listitem").first().waitFor();
  },
};
