/**
 * A model provider in a process of its own, which does what a journey tells it to: it speaks
 * OpenAI's wire on real sockets (tests/support/provider_server.py).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export type Step = string | Record<string, unknown>;
export type Script = Record<string, unknown>;

/** Resets the connection. */
export const CUT: Step = { cut: true };

/** Waits until the journey releases this gate. */
export function hold(gate: string): Step {
  return { hold: gate };
}

/** An answer, piece by piece. */
export function say(...steps: Step[]): Script {
  return { steps, finish: "stop", usage: null };
}

/** An answer that ends at its longest. */
export function sayAtMost(...steps: Step[]): Script {
  return { ...say(...steps), finish: "length" };
}

/** An error instead of an answer. */
export function fail(status: number, code: string, headers: Record<string, string> = {}): Script {
  return { status, body: JSON.stringify({ error: { code, message: "No.", type: code } }), headers };
}

/** One request, and what became of it. */
export interface Asked {
  model: string;
  body: { messages: { role: string; content: string | Part[] }[] };
  /** What was sent before the client hung up, or all of it. */
  sent: string;
  closed_early: number | null;
}

/** Of a message with pictures. */
export type Part =
  | { type: "text"; text: string }
  | { type: "image_url"; image_url: { url: string } };

export class Provider {
  #process: ChildProcess | null = null;
  #root = "";

  async start(): Promise<void> {
    const child = spawn(
      join(ROOT, ".venv/bin/python"),
      ["-m", "tests.support.provider_server", "0"],
      {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    this.#process = child;
    this.#root = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (status) => reject(new Error(`The provider ended with ${status}.`)));
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).once("line", resolve);
    });
  }

  stop(): void {
    this.#process?.removeAllListeners("exit");
    this.#process?.kill();
  }

  /** What a server is told, so that it asks here. */
  get settings(): Record<string, string> {
    return {
      OPENAI_API_KEY: "sk-of-the-journey",
      OPENAI_BASE_URL: `${this.#root}/v1`,
      DASHSCOPE_API_KEY: "sk-of-the-journey",
      TRIALOGUE_DASHSCOPE_REGION: `${this.#root}/v1`,
      TRIALOGUE_AI_TITLES: "words",
      // A loaded machine is no silent provider.
      TRIALOGUE_AI_FIRST_TOKEN: "60",
    };
  }

  /** Scripts the next answers of a model; without a script it repeats the question. */
  async queue(model: string, ...scripts: Script[]): Promise<void> {
    await this.#control("queue", { model, scripts });
  }

  /** Forgets scripts and questions; whoever waits goes on. */
  async reset(): Promise<void> {
    await this.#control("reset", {});
  }

  /** Lets go on who waits at a gate, and who comes there later. */
  async release(gate: string): Promise<void> {
    await this.#control("release", { gate });
  }

  /** What these models were asked, once so many of these questions have begun and are over. */
  async asked(models: string[], { began = 0, ended = 0 } = {}): Promise<Asked[]> {
    const all = { began: 0, ended: 0 };
    while (true) {
      const told = await this.#control<(Asked & { ended: number | null })[]>("asked", all);
      const over = told.filter((one) => one.ended || one.closed_early);
      const own = told.filter(({ model }) => models.includes(model));
      const ownOver = own.filter((one) => over.includes(one));
      if (own.length >= began && ownOver.length >= ended) return own;
      if (own.length < began) all.began = told.length + 1;
      else all.ended = over.length + 1;
    }
  }

  async #control<T>(verb: string, body: Record<string, unknown>): Promise<T> {
    const answer = await fetch(`${this.#root}/control/${verb}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as T;
  }
}
