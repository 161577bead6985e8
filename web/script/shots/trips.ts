/** A room with pictures and papers, in both languages. */
import type { Language } from "../../e2e/support/words.ts";
import type { Room } from "./village.ts";

const DAY = 24 * 60;

export const trips: Record<Language, Room> = {
  en: {
    name: "Trip to the coast",
    public: false,
    members: ["Lena", "Tom Okafor", "Yuki Tanaka"],
    unread: 0,
    said: [
      ["Lena", 3 * DAY + 200, "From the first evening", { files: ["evening-1200x801.png"] }],
      [
        "Tom Okafor",
        3 * DAY + 180,
        "",
        {
          files: [
            "dunes-900x902.png",
            "path-900x901.png",
            "boats-901x902.png",
            "lighthouse-700x900.png",
          ],
        },
      ],
      ["Ada Berg", 3 * DAY + 170, "The one with the boats!", { answers: 1 }],
      [
        "Yuki Tanaka",
        3 * DAY + 60,
        "Tickets and the plan for the way back",
        {
          files: [
            "tickets.pdf",
            "Everything one has to know before one takes the last ferry of the season.txt",
          ],
        },
      ],
      ["Ada Berg", 3 * DAY + 50, "", { files: ["cliff-500x1001.png"] }],
    ],
  },
  zh: {
    name: "海边旅行",
    public: false,
    members: ["李静", "王思远", "赵一鸣"],
    unread: 0,
    said: [
      ["李静", 3 * DAY + 200, "第一天傍晚拍的", { files: ["傍晚-1200x801.png"] }],
      [
        "王思远",
        3 * DAY + 180,
        "",
        {
          files: ["沙丘-900x902.png", "小路-900x901.png", "渔船-901x902.png", "灯塔-700x900.png"],
        },
      ],
      ["林晓雨", 3 * DAY + 170, "渔船那张真好看！", { answers: 1 }],
      [
        "赵一鸣",
        3 * DAY + 60,
        "车票和返程安排",
        {
          files: ["车票.pdf", "搭乘本季最后一班渡轮之前需要了解的所有注意事项和联系方式汇总.txt"],
        },
      ],
      ["林晓雨", 3 * DAY + 50, "", { files: ["悬崖-500x1001.png"] }],
    ],
  },
};
