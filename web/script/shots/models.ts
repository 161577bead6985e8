/** The assistant that is photographed as if it had real models, and what these say. */
import { answers, growing } from "../../e2e/support/answers.ts";
import type { Person } from "../../e2e/support/person.ts";
import { fail, Provider, type Script, say, sayAtMost } from "../../e2e/support/provider.ts";
import type { Visit } from "./pages.ts";
import { sample } from "./samples.ts";

export const provider = new Provider();

const FIRST = "gpt-5.6-terra";
const SECOND = "qwen-plus";

interface Texts {
  name: string;
  instructions: string;
  question: string;
  answer: string;
  story: string;
  beginning: string;
  look: string;
  seen: string;
  inRoom: string;
  toRoom: string;
}

const ENGLISH: Texts = {
  name: "Iris",
  instructions: "You help a small product team. Be brief, and say what you are not sure of.",
  question: "How should we name the three plans?",
  answer: `Names that say **who** a plan is for age better than *Basic* and *Pro*:

1. **Solo**: one person, one project
2. **Studio**: a team that works together every day
3. **House**: several teams, one invoice

If you want to test one thing first, test **Studio**: it is the plan most people will read twice.`,
  story: "Write the story of our first release.",
  beginning: `It began in a kitchen, with a list of eleven things that annoyed us. By March there were four of us, two of the eleven things were gone, and a third had turned out to be a feature. The first version that somebody else used`,
  look: "Which of these two headers is calmer?",
  seen: `The second one. Its **one accent** sits on the button that matters, and the picture has room to breathe. In the first, four colours ask for attention at once.`,
  inRoom: "can you sum up what we decided?",
  toRoom: `- The beta opens on **Tuesday**, with invites for thirty people.
- Kevin writes the announcement, Sofía the onboarding.
- Open: who answers mail on the weekend.`,
};

const CHINESE: Texts = {
  name: "小禾",
  instructions: "你协助一个小型产品团队。回答要简短，不确定的地方要说明。",
  question: "三个套餐该怎么命名？",
  answer: `与其叫“基础版”“专业版”，不如让名字说明**适合谁**：

1. **独行版**：一个人，一个项目
2. **工作室版**：每天一起工作的团队
3. **大家庭版**：多个团队，一张账单

如果只能先测试一个，就测试**工作室版**：大多数人会把它读两遍。`,
  story: "写一写我们第一次发布的故事。",
  beginning:
    "故事从一间厨房开始，墙上贴着十一件让我们烦恼的事。到了三月，我们有了四个人，十一件事解决了两件，还有一件变成了一项功能。第一个被别人真正用起来的版本",
  look: "这两个页头哪个更安静？",
  seen: "第二个。它只有**一处强调色**，落在最重要的按钮上，图片也有呼吸的空间。第一个有四种颜色同时争抢注意力。",
  inRoom: "能总结一下我们的决定吗？",
  toRoom: `- 内测**周二**开放，先邀请三十人。
- 公告由一人撰写，新手引导由另一人负责。
- 待定：周末谁来回复邮件。`,
};

const textsOf = (person: Person) => (person.words.language === "English" ? ENGLISH : CHINESE);

/** Made when it is first photographed; asks these models. */
async function helperOf(
  person: Person,
  providers = [`openai:${FIRST}`, `alibaba:${SECOND}`],
): Promise<{ userId: string; handle: string }> {
  const api = await person.api();
  const { name, instructions } = textsOf(person);
  type Known = { id: string; name: string; user: { id: string; username: string } };
  const { items } = await api.call<{ items: Known[] }>("GET", "/assistants");
  const known = items.find((one) => one.name === name);
  const body = { name, instructions, providers, settings: { images: true } };
  const { user } = known
    ? await api.call<Known>("PATCH", `/assistants/${known.id}`, body)
    : await api.call<Known>("POST", "/assistants", body);
  return { userId: user.id, handle: user.username };
}

let count = 0;

/** A model that nobody has asked yet, and that nobody asks again. */
function unknownModel(): string {
  count += 1;
  return `gpt-5.6-luna-${count}`;
}

/** Asks it, once it is known what its models will say; the picture is taken when they are done. */
async function askModels(
  person: Person,
  question: string,
  { said, files = [] }: { said: Record<string, Script>; files?: string[] },
): Promise<void> {
  await provider.reset();
  for (const [model, script] of Object.entries(said)) await provider.queue(model, script);
  await person.goto("/new");
  const { name } = textsOf(person);
  await person.page.getByLabel(person.words.assistants.who).selectOption({ label: name });
  await person.page.locator("[data-attach]").setInputFiles(files.map(sample));
  await person.write(question);
  await person.page.waitForURL("**/c/*");
  await answers(person).waitFor();
  await growing(person).waitFor({ state: "detached" });
  await person.page.waitForLoadState("networkidle");
}

export const models = {
  "answer-stood-in": async ({ person }: Visit) => {
    const { question, answer } = textsOf(person);
    const overloaded = fail(503, "overloaded");
    await helperOf(person);
    await askModels(person, question, { said: { [FIRST]: overloaded, [SECOND]: say(answer) } });
    await person.button(person.words.replies.details).click();
  },
  "answer-length": async ({ person }: Visit) => {
    const { story, beginning } = textsOf(person);
    await helperOf(person);
    await askModels(person, story, { said: { [FIRST]: sayAtMost(beginning) } });
  },
  "answer-wait": async ({ person }: Visit) => {
    const limited = fail(429, "rate_limit", { "retry-after": "45" });
    const model = unknownModel();
    await helperOf(person, [`openai:${model}`]);
    await askModels(person, textsOf(person).question, { said: { [model]: limited } });
  },
  "answer-picture": async ({ person }: Visit) => {
    const { look, seen } = textsOf(person);
    const files = ["first-800x500.png", "second-801x500.png"];
    await helperOf(person);
    await askModels(person, look, { said: { [FIRST]: say(seen) }, files });
  },
  "answer-room": async ({ person, room }: Visit) => {
    const { inRoom, toRoom } = textsOf(person);
    const { userId, handle } = await helperOf(person);
    const api = await person.api();
    const path = `/conversations/${room(0)}/members`;
    await api.call("POST", path, { user_id: userId }).catch(() => undefined);
    await provider.reset();
    await provider.queue(FIRST, say(toRoom));
    await api.post(room(0), `@${handle} ${inRoom}`);
    await person.goto(`/c/${room(0)}`);
    await person.composer.fill("");
    await answers(person).last().waitFor();
    await growing(person).waitFor({ state: "detached" });
  },
};
