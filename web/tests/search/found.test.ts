import { describe, expect, it } from "vitest";
import { excerpt, excerptOf, marked, type Part, termsOf } from "@/features/search/found";

/** The text with what was found in brackets. */
const shown = (parts: Part[]) =>
  parts.map(({ text, found }) => (found ? `[${text}]` : text)).join("");
const found = (text: string, query: string) => shown(marked(text, termsOf(query)));

describe("what was found", () => {
  it("is marked wherever it stands, capital or small", () => {
    expect(found("Cake! The CAKE is here.", "cake the")).toBe("[Cake]! [The] [CAKE] is here.");
  });

  it("is a whole word, but for the last one from three letters on", () => {
    expect(found("Thursday, on the thumb", "thu")).toBe("[Thu]rsday, on the [thu]mb");
    expect(found("on and only", "on and")).toBe("[on] [and] only");
    expect(found("on only", "on")).toBe("[on] only");
    expect(found("cakes and a cake", "cake now")).toBe("cakes and a [cake]");
    expect(found("the breathe", "the")).toBe("[the] breathe");
  });

  it("is found anywhere inside of Chinese, Japanese, Korean and Thai", () => {
    expect(found("明天在会议室开会", "会议室")).toBe("明天在[会议室]开会");
    expect(found("明天开会，会后聊", "会")).toBe("明天开[会]，[会]后聊");
    expect(found("会議はカフェで", "カフェ")).toBe("会議は[カフェ]で");
    expect(found("회의실에서 만나요", "회의실")).toBe("[회의실]에서 만나요");
    expect(found("ห้องประชุมว่าง", "ประชุม")).toBe("ห้อง[ประชุม]ว่าง");
  });

  it("is cut where the scripts meet", () => {
    expect(found("用Docker部署了", "部署 docker")).toBe("用[Docker][部署]了");
    expect(found("周四10点见", "10")).toBe("周四[10]点见");
  });

  it("is a phrase in quotes, in whatever quotes", () => {
    expect(found("See you there, you see", '"see you"')).toBe("[See you] there, you see");
    expect(found("那就到时候见，到时见", "「到时候见」")).toBe("那就[到时候见]，到时见");
    expect(found("See you there", "“see you” the")).toBe("[See you] [the]re");
  });

  it("is the same in other forms of its characters", () => {
    expect(found("Ｆｕｌｌ width", "full")).toBe("[Ｆｕｌｌ] width");
    expect(found("Cafe\u0301 au lait", "café")).toBe("[Cafe\u0301] au lait");
    expect(found("Straße İstanbul", "straße")).toBe("[Straße] İstanbul");
  });

  it("is nothing where a query has no words", () => {
    expect(found("anything", ' "" ?!')).toBe("anything");
  });
});

describe("an excerpt", () => {
  it("is one line, short texts whole", () => {
    expect(shown(excerpt("The cake\n\nis here", termsOf("here")))).toBe("The cake is [here]");
  });

  it("of a long text begins shortly before what was found, at a word", () => {
    const text = `${"lorem ipsum ".repeat(40)}the cake ${"dolor sit ".repeat(80)}`;
    const parts = shown(excerpt(text, termsOf("cake")));
    expect(parts).toMatch(/^…(ipsum |lorem )/u);
    expect(parts.indexOf("[cake]")).toBeLessThan(70);
    expect(parts).toMatch(/…$/u);
    expect(parts.length).toBeLessThan(330);
  });

  it("is of the plain words, or of what stands only behind them", () => {
    const [plain, written] = ["See the plan", "See [the **plan**](https://example.org)"];
    const of = (query: string) => shown(excerptOf(plain, written, termsOf(query)));
    expect(of("plan")).toBe("See the [plan]");
    expect(of("example")).toBe("See [the **plan**](https://[example].org)");
    expect(of("else")).toBe("See the plan");
  });
});
