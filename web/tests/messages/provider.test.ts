import type { TFunction } from "i18next";
import { describe, expect, test } from "vitest";
import {
  attemptText,
  endOf,
  isDemo,
  nameOf,
  secondsLeft,
  stoodInText,
} from "@/features/messages/provider";
import type { Message, Reply } from "@/sync/wire";
import { message } from "../builders";

const reply = (more: Partial<Reply> = {}): Reply => ({
  id: "r",
  state: "done",
  assistant_id: "helper",
  trigger_id: "m1",
  version: 1,
  attempt: 1,
  provider: "openai",
  model: "second",
  attempts: [],
  usage: null,
  error: null,
  finish: "stop",
  ended_at: "2026-01-05T10:00:00Z",
  ...more,
});

const answer = (state: Message["state"], more: Partial<Reply> = {}) =>
  message(2, 2, "helper", { role: "assistant", state, reply: reply(more) });

const failed = (model: string) => ({ provider: "openai", model, error: "cut", ms: 1 });

/** The key and what fills it. */
const t = ((key: string, values: object) =>
  key.startsWith("providers.names.") ? "OpenAI" : `${key} ${JSON.stringify(values)}`) as TFunction;

describe("how an answer ended", () => {
  test("is worth a word where it is not whole", () => {
    expect(endOf(answer("done"))).toBeNull();
    expect(endOf(answer("streaming"))).toBeNull();
    expect(endOf(answer("failed"))).toBe("failed");
    expect(endOf(answer("done", { finish: "length" }))).toBe("length");
  });
});

describe("when one may ask again", () => {
  const limited = reply({ error: { code: "limited", detail: "", retry_after: 30 } });
  const end = Date.parse("2026-01-05T10:00:00Z");

  test("is counted from the end of the answer", () => {
    expect(secondsLeft(limited, end)).toBe(30);
    expect(secondsLeft(limited, end + 10_400)).toBe(20);
    expect(secondsLeft(limited, end + 3_600_000)).toBe(0);
    expect(secondsLeft(reply(), end)).toBe(0);
  });

  test("is never later than what was asked for, whatever the clock says", () => {
    expect(secondsLeft(limited, end - 3_600_000)).toBe(30);
    expect(secondsLeft({ ...limited, ended_at: null }, end)).toBe(30);
  });
});

test("who was asked is told by its maker's name, and how long it took in no less than 0.1 s", () => {
  expect(nameOf(t, failed("first"))).toBe("OpenAI · first");
  expect(nameOf(t, { provider: "demo", model: "demo" })).toBe("OpenAI");
  expect(attemptText(t, failed("first"), false)).toContain("OpenAI · first");
  expect(attemptText(t, failed("first"), false)).toContain('{\\"count\\":0.1}');
});

describe("who stood in for whom", () => {
  test("is told where another one has answered than was asked first", () => {
    expect(stoodInText(t, answer("done"))).toBeNull();
    expect(stoodInText(t, answer("failed", { attempts: [failed("first")] }))).toBeNull();
    expect(stoodInText(t, answer("done", { attempts: [failed("first")] }))).toBe(
      'replies.stoodIn {"who":"second","failed":"first"}',
    );
    const two = answer("done", { attempts: [failed("first"), failed("other")] });
    expect(stoodInText(t, two)).toBe('replies.stoodInMany {"who":"second","count":2}');
  });

  test("does not make a demo of the demo assistant", () => {
    expect(isDemo(reply({ provider: "demo", model: null }))).toBe(true);
    expect(isDemo(reply({ provider: "demo", attempts: [failed("first")] }))).toBe(false);
    expect(isDemo(null)).toBe(false);
  });
});
