/** Which replies are followed, who is woken, when the whole text is asked for. */
import { describe, expect, test, vi } from "vitest";
import { Store } from "@/sync/store";
import { Streams } from "@/sync/streams";
import type { Frame, Me, Message, ReplyText } from "@/sync/wire";
import { conversation, message, user } from "../builders";

const reply = (attempt: number) =>
  ({ id: "r", trigger_id: "m1", attempt, version: 1, attempts: [] }) as unknown as Message["reply"];

const live = (content = "", attempt = 1, rev = 2): Message =>
  message(2, rev, "bot", { state: "streaming", content, reply: reply(attempt), role: "assistant" });

const created = (data: Message): Frame => ({ event: "message.created", rev: data.rev, data });
const delta = (offset: number, text: string, attempt = 1): Frame => ({
  event: "reply.delta",
  data: { message_id: "m2", attempt, offset, text },
});

/** A line that answers what it is told to. */
function line(...answers: (ReplyText | Error)[]) {
  const asked: string[] = [];
  const command = (name: string) => {
    asked.push(name);
    const answer = answers.shift();
    return answer instanceof Error || !answer
      ? Promise.reject(answer ?? new Error("no line"))
      : Promise.resolve(answer as never);
  };
  return { asked, streams: new Streams({ command }, 1) };
}

describe("replies that are being written", () => {
  test("wake the row that shows them, and no other", () => {
    const { streams, asked } = line();
    const [own, other] = [vi.fn(), vi.fn()];
    streams.subscribe("m2", own);
    streams.subscribe("m3", other);
    streams.hear(created(live()));
    streams.hear(delta(0, "Hel"));
    streams.hear(delta(3, "lo"));
    expect(streams.get("m2")?.text).toBe("Hello");
    expect(own).toHaveBeenCalledTimes(3);
    expect(other).not.toHaveBeenCalled();
    expect(asked).toEqual([]);
  });

  test("leave the world alone while they grow, however long its history is", () => {
    const store = new Store();
    const streams = new Streams({ command: () => Promise.reject(new Error("no line")) });
    store.tap((action) => streams.heed(action));
    store.dispatch({ type: "signed-in", me: user("ada") as unknown as Me });
    const known = conversation(1000, 1000);
    store.dispatch({ type: "listed", conversations: [known], complete: true });
    const told = message(1001, 1001, "bot", {
      id: "m2",
      state: "streaming",
      reply: reply(1),
      role: "assistant",
    });
    store.dispatch({ type: "frame", frame: { ...created(told), conversation_id: "room" } });
    const [world, woken] = [store.getSnapshot(), vi.fn()];
    store.subscribe(woken);
    for (let at = 0; at < 50; at += 1)
      store.dispatch({ type: "frame", frame: { ...delta(at, "x"), conversation_id: "room" } });
    expect(streams.get("m2")?.text).toHaveLength(50);
    expect(store.getSnapshot()).toBe(world);
    expect(woken).not.toHaveBeenCalled();
  });

  test("end with their message", () => {
    const { streams } = line();
    streams.hear(created(live()));
    streams.hear(delta(0, "Hello"));
    streams.hear({
      event: "message.updated",
      data: { ...live("Hello", 1, 3), state: "done" },
    });
    expect(streams.get("m2")).toBeUndefined();
  });

  test("are asked for whole where a page may show an older text", async () => {
    const { streams, asked } = line({ attempt: 1, text: "Hello wor" });
    streams.meet([live("Hel")]);
    expect(asked).toEqual(["replies.follow"]);
    await vi.waitFor(() => expect(streams.get("m2")?.text).toBe("Hello wor"));
    streams.hear(delta(9, "ld"));
    expect(streams.get("m2")?.text).toBe("Hello world");
  });

  test("are asked for again while a hole stays", async () => {
    const { streams, asked } = line(
      { attempt: 1, text: "" },
      { attempt: 1, text: "He" },
      { attempt: 1, text: "Hello wo" },
    );
    streams.hear(created(live()));
    streams.hear(delta(8, "rld"));
    await vi.waitFor(() => expect(streams.get("m2")?.text).toBe("Hello world"));
    expect(asked).toHaveLength(3);
  });

  test("are asked for when the line is back", async () => {
    const { streams } = line({ attempt: 1, text: "Hello" });
    streams.hear(created(live()));
    streams.resume();
    await vi.waitFor(() => expect(streams.get("m2")?.text).toBe("Hello"));
  });

  test("keep pieces that came before their message", () => {
    const { streams } = line();
    streams.hear(delta(0, "Hi"));
    streams.hear(created(live()));
    expect(streams.get("m2")?.text).toBe("Hi");
  });

  test("that are continued are not ended by an answer from before", () => {
    const { streams } = line();
    streams.hear(created(live("kept", 2, 5)));
    streams.meet([{ ...live("kept", 1, 4), state: "interrupted" }]);
    streams.hear(delta(4, " more", 2));
    expect(streams.get("m2")?.text).toBe("kept more");
  });
});
