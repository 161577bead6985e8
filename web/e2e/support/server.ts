/**
 * A real server in a process of its own: started, stopped, killed, started again on its port.
 * Its data stand in a folder that goes with it; what it writes on standard error is kept.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const READY = /Trialogue is ready at http:\/\/127\.0\.0\.1:(\d+)/;
/** Milliseconds in which a server starts or ends, also on a busy machine. */
const PATIENCE = 60_000;

export class Server {
  readonly folder = mkdtempSync(join(tmpdir(), "trialogue-e2e-"));
  readonly #settings: Record<string, string>;
  #process: ChildProcess | null = null;
  /** 0 before the first start: any free one; the same from then on. */
  port = 0;

  constructor(settings: Record<string, string> = {}) {
    this.#settings = settings;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get log(): string {
    return readFileSync(this.#logFile, "utf8");
  }

  async start(): Promise<void> {
    const log = openSync(this.#logFile, "a");
    const command = join(ROOT, ".venv/bin/trialogue");
    const child = spawn(command, ["serve", "--port", String(this.port)], {
      cwd: this.folder,
      env: this.#environment(),
      stdio: ["ignore", "pipe", log],
    });
    closeSync(log);
    this.#process = child;
    this.port = await this.#ready(child);
  }

  /** Another command of ours on the same data, to its end; throws where it fails. */
  command(...args: string[]): Promise<void> {
    const options = { cwd: this.folder, env: this.#environment() };
    return new Promise((resolve, reject) => {
      execFile(join(ROOT, ".venv/bin/trialogue"), args, options, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  /** Moves what was said in a room up to a number so many days into the past. */
  age(room: string, upTo: number, days: number): void {
    const db = new DatabaseSync(join(this.folder, "data/trialogue.db"), { timeout: 10_000 });
    const at = new Date(Date.now() - days * 86_400_000).toISOString();
    // As SQLAlchemy writes a moment to SQLite.
    const moment = `${at.slice(0, 10)} ${at.slice(11, 23)}000`;
    db.prepare(
      "UPDATE chat_messages SET created_at = ? WHERE conversation_id = ? AND seq <= ?",
    ).run(moment, room, upTo);
    db.close();
  }

  /** As somebody who presses Ctrl+C would. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** As a power failure would: nothing is finished, nothing is written. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Ends it, whatever its state, and removes its data. */
  async discard(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #logFile(): string {
    return join(this.folder, "server.log");
  }

  /** Nothing of the caller's settings; passwords are cheap. */
  #environment(): NodeJS.ProcessEnv {
    const ours = /^(TRIALOGUE_|DATABASE_URL$|HOST$|PORT$)/;
    const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
    return {
      ...Object.fromEntries(kept),
      TRIALOGUE_DATA_DIR: join(this.folder, "data"),
      TRIALOGUE_PASSWORD_MEMORY: "64",
      TRIALOGUE_PASSWORD_ROUNDS: "1",
      TRIALOGUE_RATE_LIMITS: "off",
      TRIALOGUE_AI_PROVIDERS: "demo",
      ...this.#settings,
    };
  }

  #ready(child: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`The server ${why}:\n${this.log}`));
      const timer = setTimeout(() => fail("did not start in time"), PATIENCE); // wait: a limit
      child.once("error", reject);
      child.once("exit", (status) => fail(`ended with ${status} instead of starting`));
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
        const port = READY.exec(line)?.[1];
        if (!port) return;
        clearTimeout(timer);
        child.removeAllListeners("exit");
        resolve(Number(port));
      });
    });
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve, reject) => {
      const late = () => {
        child.kill("SIGKILL");
        reject(new Error(`The server did not end after ${signal}:\n${this.log}`));
      };
      const timer = setTimeout(late, PATIENCE); // wait: a limit
      child.once("exit", () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill(signal);
    });
  }
}
