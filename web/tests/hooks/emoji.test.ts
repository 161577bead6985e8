import { expect, it } from "vitest";
import { emojiGroups, found } from "@/ui/emoji/find";

it("emoji are found by words of both languages, named in the reader's", () => {
  const all = emojiGroups("zh-CN");
  expect(all).toHaveLength(9);
  expect(found(all, "dumpling")[0]).toMatchObject({ emoji: "🥟", name: "饺子" });
  expect(found(all, "饺子")[0]?.emoji).toBe("🥟");
  expect(found(emojiGroups("en"), "thumbs up")[0]?.emoji).toBe("👍");
});

it("emoji are in the form that the server knows them by", () => {
  const all = emojiGroups("en")
    .flat()
    .map(({ emoji }) => emoji);
  expect(all).toContain("❤️");
  expect(all.filter((emoji) => /\p{Emoji_Presentation}\uFE0F/u.test(emoji))).toEqual([]);
});
