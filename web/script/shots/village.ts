/**
 * What stands on the pages that are photographed: people, rooms and what was said in them, once
 * in English and once in Chinese. Times are minutes before now.
 */
import type { Language } from "../../e2e/support/words.ts";
import { trips } from "./trips.ts";

export interface Village {
  /** Who looks at the pages, and all others; the first few are online. */
  me: string;
  others: string[];
  online: number;
  /** Words that some of them have said. */
  asked: string;
  rooms: Room[];
  directs: { with: string; said: Said[]; unread: number }[];
  /** A public room one has not joined. */
  open: { name: string; description: string; founder: string }[];
}

export interface Room {
  name: string;
  description?: string;
  public: boolean;
  members: string[];
  said: Said[];
  unread: number;
}

/** Who, how many minutes ago, what; and what came of it. */
export type Said = [who: string, ago: number, text: string, more?: Aftermath];

export interface Aftermath {
  /** The place in the list of the one that this answers. */
  answers?: number;
  /** Who reacted with what. */
  reactions?: Record<string, string[]>;
  edited?: string;
  /** What goes with it: `sea-800x600.png` is a picture of this size. */
  files?: string[];
  recalled?: boolean;
}

const DAY = 24 * 60;

const LONG_EN = `${"The long answer, because somebody will ask. ".repeat(3)}

${"We looked at three ways to do this and threw two of them away. The first needed a second database, the second needed everyone to be online at the same time. ".repeat(16)}

${"What is left is small, and it is boring in the best sense of the word. ".repeat(30)}`.slice(
  0,
  5000,
);
const LONG_ZH = `${"先把长的回答写在这里，免得之后有人再问。".repeat(3)}

${"我们比较了三种做法，最后放弃了其中两种：第一种需要再多一个数据库，第二种要求所有人同时在线。".repeat(40)}

${"剩下的这种很简单，也很普通，而这正是它的好处。".repeat(90)}`.slice(0, 5000);

const english: Village = {
  me: "Ada Berg",
  others: [
    "Kevin Andersson",
    "Sofía Núñez",
    "陈美",
    "Tom Okafor",
    "Priya Raghunathan",
    "Wolfeschlegelsteinhausenbergerdorff von Hohenstein",
    "Lena",
    "Yuki Tanaka",
    "عمر حداد",
    "Grace O’Neill",
  ],
  online: 3,
  asked: "the",
  rooms: [
    {
      name: "Product plans",
      description: "What we build next, and why",
      public: true,
      members: ["Kevin Andersson", "Sofía Núñez", "陈美", "Tom Okafor", "Priya Raghunathan"],
      unread: 0,
      said: [
        [
          "Priya Raghunathan",
          2 * DAY + 130,
          "Notes from the call with the library are in the folder.",
        ],
        ["Ada Berg", 2 * DAY + 124, "Thank you! I read them on the train."],
        [
          "陈美",
          122,
          "Good morning! 早上好 👋",
          { reactions: { "👋": ["Ada Berg", "Tom Okafor"] } },
        ],
        ["陈美", 121, "The new first page is ready for a look:\nhttps://example.org/first-page"],
        [
          "Kevin Andersson",
          98,
          "I tried it on my phone. The second step is much clearer now.\n\nTwo small things: the button sits a little low, and “Continue” wraps in German.",
        ],
        [
          "Ada Berg",
          95,
          "Thanks, both. I will take the button.",
          {
            answers: 4,
            reactions: {
              "👍": ["Kevin Andersson", "陈美", "Sofía Núñez"],
              "🙏": ["Kevin Andersson"],
              "🎉": ["Ada Berg"],
            },
          },
        ],
        ["Sofía Núñez", 46, "No, wait", { recalled: true }],
        [
          "Sofía Núñez",
          44,
          "I can shorten the German text today.",
          { edited: "@ada.berg I can shorten the German text this afternoon." },
        ],
        [
          "Tom Okafor",
          12,
          "Then we could show it to the first customers on Thursday. Shall we meet at ten to decide?",
        ],
        ["Ada Berg", 11, "Ten is good."],
        ["Ada Berg", 11, "See you there!"],
      ],
    },
    {
      name: "Lunch",
      public: true,
      members: ["Kevin Andersson", "Lena", "Yuki Tanaka"],
      unread: 2,
      said: [
        ["Lena", 70, "Dumplings at noon?"],
        ["Ada Berg", 66, "Always."],
        ["Yuki Tanaka", 31, "@ada.berg are you in? Early, if we can."],
        ["Kevin Andersson", 27, "Count me in 🥟"],
      ],
    },
    {
      name: "Release 2 – everything that has to be true before we tell anyone about it",
      public: false,
      members: ["Wolfeschlegelsteinhausenbergerdorff von Hohenstein", "Grace O’Neill", "عمر حداد"],
      unread: 0,
      said: [
        ["عمر حداد", DAY + 300, "صباح الخير! الوثائق جاهزة للمراجعة."],
        ["Grace O’Neill", DAY + 290, LONG_EN],
        ["Ada Berg", DAY + 280, "That deserves a page of its own."],
        [
          "Wolfeschlegelsteinhausenbergerdorff von Hohenstein",
          DAY + 20,
          "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft. And https://example.org/a/very/long/address/that/never/ends?with=parameters&and=more&of=them&until=it&wraps=around#somewhere",
        ],
      ],
    },
    {
      name: "Everyone",
      description: "For what concerns all of us",
      public: true,
      members: [],
      unread: 120,
      said: Array.from({ length: 140 }, (_, index): Said => {
        const who = ["Lena", "Tom Okafor", "Grace O’Neill", "Yuki Tanaka"][index % 4] ?? "Lena";
        return [who, 5 * DAY - index * 9, `Good to know, point ${index + 1} of the list.`];
      }),
    },
    { name: "Empty shelf", public: false, members: [], unread: 0, said: [] },
    trips.en,
  ],
  directs: [
    {
      with: "Sofía Núñez",
      unread: 1,
      said: [
        ["Ada Berg", DAY + 60, "How was the flight?"],
        ["Sofía Núñez", 20, "Long, but fine. Do you have the notes from Monday?"],
      ],
    },
    {
      with: "Wolfeschlegelsteinhausenbergerdorff von Hohenstein",
      unread: 0,
      said: [["Ada Berg", 9 * DAY, "Happy birthday! 🎂"]],
    },
    { with: "Grace O’Neill", unread: 0, said: [["Grace O’Neill", 40 * DAY, "See you in autumn."]] },
  ],
  open: [
    { name: "Gardening", description: "Tomatoes, mostly.", founder: "Lena" },
    {
      name: "Book club",
      description:
        "One book a month. This month it is a long one, so we meet twice: once for the first half, once for everyone who got to the end. New readers are welcome at any time, also in the middle.",
      founder: "Yuki Tanaka",
    },
    { name: "Running", description: "", founder: "Tom Okafor" },
  ],
};

const chinese: Village = {
  me: "林晓雨",
  others: [
    "陈涛",
    "王思远",
    "欧阳若曦",
    "Kevin Andersson",
    "张伟",
    "阿依古丽·买买提明·艾合买提江·托合提",
    "李静",
    "赵一鸣",
    "周敏",
    "黄子轩",
  ],
  online: 3,
  asked: "一",
  rooms: [
    {
      name: "产品讨论",
      description: "下一步做什么，为什么做",
      public: true,
      members: ["陈涛", "王思远", "欧阳若曦", "Kevin Andersson", "张伟"],
      unread: 0,
      said: [
        ["张伟", 2 * DAY + 130, "和图书馆那边的会议纪要已经放进共享文件夹了。"],
        ["林晓雨", 2 * DAY + 124, "谢谢！我在地铁上看完了。"],
        ["欧阳若曦", 122, "早上好 👋", { reactions: { "👋": ["林晓雨", "王思远"] } }],
        ["欧阳若曦", 121, "新的首页可以看了：\nhttps://example.org/first-page"],
        [
          "Kevin Andersson",
          98,
          "手机上试过了，第二步比以前清楚多了。\n\n两个小问题：按钮的位置有点低，德语的“Continue”会换行。",
        ],
        [
          "林晓雨",
          95,
          "谢谢大家，按钮我来改。",
          {
            answers: 4,
            reactions: {
              "👍": ["Kevin Andersson", "陈涛", "欧阳若曦"],
              "🙏": ["Kevin Andersson"],
              "🎉": ["林晓雨"],
            },
          },
        ],
        ["陈涛", 46, "等等", { recalled: true }],
        ["陈涛", 44, "德语的文案我来改。", { edited: "@林晓雨 德语的文案我下午缩短一下。" }],
        ["王思远", 12, "那周四就可以给第一批客户看了。上午十点碰一下，定下来？"],
        ["林晓雨", 11, "十点可以。"],
        ["林晓雨", 11, "到时候见！"],
      ],
    },
    {
      name: "午饭吃什么",
      public: true,
      members: ["陈涛", "李静", "赵一鸣"],
      unread: 2,
      said: [
        ["李静", 70, "中午吃饺子？"],
        ["林晓雨", 66, "必须的。"],
        ["赵一鸣", 31, "@林晓雨 一起吗？早点去的话我也来。"],
        ["陈涛", 27, "算我一个 🥟"],
      ],
    },
    {
      name: "第二版发布之前必须确认的所有事项，以及发布之后第一周的值班安排和应急联系人",
      public: false,
      members: ["阿依古丽·买买提明·艾合买提江·托合提", "周敏", "黄子轩"],
      unread: 0,
      said: [
        ["黄子轩", DAY + 300, "文档已经可以评审了。"],
        ["周敏", DAY + 290, LONG_ZH],
        ["林晓雨", DAY + 280, "这值得单独写一页。"],
        [
          "阿依古丽·买买提明·艾合买提江·托合提",
          DAY + 20,
          "链接在这里 https://example.org/a/very/long/address/that/never/ends?with=parameters&and=more&of=them&until=it&wraps=around#somewhere ，请大家今天看一下。",
        ],
      ],
    },
    {
      name: "全员",
      description: "和所有人有关的事",
      public: true,
      members: [],
      unread: 120,
      said: Array.from({ length: 140 }, (_, index): Said => {
        const who = ["李静", "王思远", "周敏", "赵一鸣"][index % 4] ?? "李静";
        return [who, 5 * DAY - index * 9, `收到，清单上的第 ${index + 1} 条。`];
      }),
    },
    { name: "空空的书架", public: false, members: [], unread: 0, said: [] },
    trips.zh,
  ],
  directs: [
    {
      with: "陈涛",
      unread: 1,
      said: [
        ["林晓雨", DAY + 60, "路上顺利吗？"],
        ["陈涛", 20, "有点久，还好。周一的纪要你那里有吗？"],
      ],
    },
    {
      with: "阿依古丽·买买提明·艾合买提江·托合提",
      unread: 0,
      said: [["林晓雨", 9 * DAY, "生日快乐！🎂"]],
    },
    { with: "周敏", unread: 0, said: [["周敏", 40 * DAY, "秋天见。"]] },
  ],
  open: [
    { name: "阳台种菜", description: "主要是番茄。", founder: "李静" },
    {
      name: "读书会",
      description:
        "每月一本。这个月的书比较长，所以聚两次：一次聊前半本，一次给读完的人。随时欢迎新朋友，读到一半加入也没关系。",
      founder: "赵一鸣",
    },
    { name: "跑步", description: "", founder: "王思远" },
  ],
};

export const villages: Record<Language, Village> = { en: english, zh: chinese };

/** Further members of the large room, by language: every first name with every last name. */
export const crowds: Record<Language, string[]> = {
  en: crossed(
    [
      ...["Anna", "Bilal", "Carmen", "David", "Elif", "Farid", "Gita", "Hugo", "Ines", "Jonas"],
      ...["Kemal", "Lucía", "Mateo", "Nora", "Omar", "Paula", "Quentin", "Rosa", "Selim", "Thea"],
    ],
    [
      ...["Adeyemi", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "García"],
      ...["Haddad", "Ivanova", "Jensen", "Kowalski", "Lindgren", "Moreau", "Novak"],
    ],
    " ",
  ),
  zh: crossed(
    [
      ...["刘", "杨", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何"],
      ...["高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯"],
    ],
    [
      ...["嘉怡", "子涵", "浩然", "梓萱", "宇轩", "雨桐", "俊杰"],
      ...["思琪", "文博", "诗涵", "明哲", "若彤", "天佑", "晨曦"],
    ],
    "",
  ),
};

function crossed(first: string[], last: string[], between: string): string[] {
  return first.flatMap((one) => last.map((other) => one + between + other));
}
