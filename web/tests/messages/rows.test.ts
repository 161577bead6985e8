import { describe, expect, it } from "vitest";
import { rowsOf } from "@/features/messages/rows";
import { message } from "../builders";

function rows(messages: ReturnType<typeof message>[], readTo: number | null = null) {
  return rowsOf({ messages, pending: [], meId: "bob", complete: true, readTo });
}

const at = (minute: number, day = 5) => new Date(2026, 0, day, 10, minute).toISOString();

describe("the rows of a history", () => {
  it("group what one person writes in one go", () => {
    const list = rows([
      message(1, 1, "ada", { created_at: at(0) }),
      message(2, 2, "ada", { created_at: at(1) }),
      message(3, 3, "ada", { created_at: at(20) }),
      message(4, 4, "bob", { created_at: at(20) }),
    ]);
    const opens = list.flatMap((row) => (row.kind === "message" ? [row.opens] : []));
    expect(opens).toEqual([true, false, true, true]);
  });

  it("begin each day with its heading", () => {
    const list = rows([
      message(1, 1, "ada", { created_at: at(0) }),
      message(2, 2, "ada", { created_at: at(0, 6) }),
    ]);
    expect(list.map((row) => row.kind)).toEqual(["begin", "day", "message", "day", "message"]);
  });

  it("draw the line of new messages before the first unread one", () => {
    const list = rows(
      [1, 2, 3].map((n) => message(n, n, "ada", { created_at: at(n) })),
      1,
    );
    expect(list.map((row) => row.kind)).toEqual([
      "begin",
      "day",
      "message",
      "new",
      "message",
      "message",
    ]);
  });

  it("keep an own message's key when it arrives", () => {
    const list = rows([message(1, 1, "bob", { client_id: "abc" })]);
    expect(list.at(-1)?.key).toBe("abc");
  });
});
