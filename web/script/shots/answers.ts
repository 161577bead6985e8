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

/** A drawn diagram, not its source. */
async function drawn(person: Person): Promise<void> {
  await last(person).locator("[data-text] figure svg").first().waitFor();
}

const isChinese = (person: Person) => person.words.language !== "English";

const asking =
  (...words: [en: string, zh: string][]): Way =>
  async ({ person }) => {
    await ask(person, ...words.map(([en, zh]) => (isChinese(person) ? zh : en)));
  };

const last = (person: Person) => person.log.locator("article[data-answer]").last();

/** The last question goes back to where one writes. */
async function edit(person: Person): Promise<void> {
  await person.composer.press("ArrowUp");
  await person.button(person.words.composer.cancelEdit).waitFor();
}

export const answers: Record<string, Way> = {
  "ask-new": async ({ person }) => {
    await person.goto("/new");
    await person.composer.waitFor();
  },
  "answer-markdown": asking(["markdown", "格式"]),
  "answer-code": asking(["code", "代码"], ["table", "表格"]),
  "answer-math": async (visit) => {
    await asking(["math", "公式"], ["diagram", "图表"])(visit);
    await drawn(visit.person);
  },
  "answer-growing": async ({ person }) => {
    await person.goto("/new");
    await person.write(isChinese(person) ? "/slow 你好" : "/slow");
    await person.page.waitForURL("**/c/*");
    await growing(person).locator("[data-growing]").waitFor();
    await person.page.waitForTimeout(2500);
  },
  "answer-stopped": async ({ person }) => {
    await person.goto("/new");
    await person.write(isChinese(person) ? "/slow 你好" : "/slow");
    await person.page.waitForURL("**/c/*");
    await growing(person).locator("[data-growing]").waitFor();
    await person.page.waitForTimeout(2000);
    await person.composer.press("Escape");
    await last(person).getByText(person.words.replies.cancelled).waitFor();
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
  "question-edit": async (visit) => {
    await asking(["table", "表格"])(visit);
    await edit(visit.person);
  },
  "question-edited": async (visit) => {
    await asking(["table", "表格"])(visit);
    await edit(visit.person);
    await visit.person.write(isChinese(visit.person) ? "代码" : "code");
    await visit.person.log.getByText("2/2").waitFor();
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
  "assistant-edit": async ({ person }) => {
    await person.goto("/admin/assistants");
    const row = person.page.getByRole("main").getByRole("listitem").last();
    await row.getByRole("button").click();
    await person.page.getByRole("menuitem").first().click();
    await person.dialog.locator("summary").click();
    await person.dialog.locator("summary").scrollIntoViewIfNeeded();
  },
  providers: async ({ person }) => {
    await person.goto("/admin/providers");
    await person.page.getByRole("main").getByRole("listitem").first().waitFor();
  },
  "providers-key": async ({ person }) => {
    const { test, set } = person.words.providers;
    await person.goto("/admin/providers");
    const row = (name: string) =>
      person.page.getByRole("main").getByRole("listitem").filter({ hasText: name }).first();
    await row("openai").getByRole("button", { name: test }).click();
    await row("openai").getByRole("status").or(row("openai").getByRole("alert")).waitFor();
    await row("anthropic").getByRole("button", { name: set }).click();
    await row("anthropic").locator("input").first().fill("sk-ant-0123456789");
    await row("anthropic").getByRole("button", { name: test }).last().click();
    await row("anthropic").getByRole("alert").waitFor();
    await row("openai").scrollIntoViewIfNeeded();
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
