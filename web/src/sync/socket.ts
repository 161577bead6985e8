/**
 * The line: one WebSocket to the server, kept alive and reconnected with full jitter. Carries
 * commands with answers, and hands every event on. Knows nothing of conversations.
 */
import type { Line } from "./state";
import type { Frame } from "./wire";

/** A command that was refused, or (`cut`) never got an answer. */
export class LineError extends Error {
  readonly code: string;
  readonly detail: string;

  constructor(code: string, detail: string) {
    super(`${code}: ${detail}`);
    this.name = "LineError";
    this.code = code;
    this.detail = detail;
  }
}

export interface LineEvents {
  /** Any frame with an `event`, `ready` among them, in order of arrival. */
  frame(frame: Frame): void;
  status(line: Line): void;
  /** The server refused the token: a newer one is wanted before the next attempt. */
  refused(token: string): Promise<unknown>;
  /** The login has ended (4009). */
  ended(): void;
}

export interface LineTimes {
  /** Milliseconds: the first pause, the longest one, idle before a ping, wait for its answer. */
  firstPause: number;
  longestPause: number;
  idle: number;
  answer: number;
}

const TIMES: LineTimes = { firstPause: 500, longestPause: 10_000, idle: 25_000, answer: 10_000 };

interface Waiting {
  resolve(data: unknown): void;
  reject(error: LineError): void;
  timer: ReturnType<typeof setTimeout>;
}

interface Answer {
  id: string;
  ok: boolean;
  data?: unknown;
  error?: { code: string; detail: string };
}

export class Socket {
  readonly #url: string;
  readonly #token: () => Promise<string>;
  readonly #events: LineEvents;
  readonly #times: LineTimes;
  #socket: WebSocket | null = null;
  #wanted = false;
  #failures = 0;
  #commands = 0;
  #waiting = new Map<string, Waiting>();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, token: () => Promise<string>, events: LineEvents, times = TIMES) {
    this.#url = url;
    this.#token = token;
    this.#events = events;
    this.#times = times;
  }

  open(): void {
    this.#wanted = true;
    this.#failures = 0;
    void this.#connect();
  }

  close(): void {
    this.#wanted = false;
    clearTimeout(this.#retry);
    this.#drop(1000);
    this.#events.status("closed");
  }

  /** The network or the page came back: no reason to wait any longer; a silent line is tested. */
  hurry(): void {
    if (!this.#wanted) return;
    if (this.#socket?.readyState === WebSocket.OPEN) void this.#ping();
    else if (!this.#socket) void this.#connect();
  }

  /** Sends a command and waits for its answer. Throws LineError, code `cut` without one. */
  command<T>(name: string, args?: object): Promise<T> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.reject(cut());
    this.#commands += 1;
    const id = String(this.#commands);
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => this.#lost(socket), this.#times.answer);
      this.#waiting.set(id, { resolve: resolve as (data: unknown) => void, reject, timer });
      socket.send(JSON.stringify({ id, do: name, ...(args ? { args } : {}) }));
      this.#rest();
    });
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    if (!this.#wanted || this.#socket) return;
    this.#events.status("connecting");
    let token: string;
    try {
      token = await this.#token();
    } catch {
      if (this.#wanted) this.#later();
      return;
    }
    if (!this.#wanted || this.#socket) return;
    const socket = new WebSocket(this.#url, ["trialogue", token]);
    this.#socket = socket;
    const patience = setTimeout(() => this.#lost(socket), this.#times.answer);
    socket.onopen = () => clearTimeout(patience);
    socket.onmessage = ({ data }) => this.#hear(socket, String(data));
    socket.onclose = ({ code }) => {
      clearTimeout(patience);
      if (this.#socket === socket) void this.#closed(code, token);
    };
  }

  #hear(socket: WebSocket, text: string): void {
    if (this.#socket !== socket) return;
    this.#rest();
    const message = JSON.parse(text) as Frame | Answer;
    if ("event" in message) {
      if (message.event === "ready") {
        this.#failures = 0;
        this.#events.status("open");
      }
      this.#events.frame(message);
    } else this.#answered(message);
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (!waiting) return;
    this.#waiting.delete(answer.id);
    clearTimeout(waiting.timer);
    if (answer.ok) waiting.resolve(answer.data);
    else
      waiting.reject(new LineError(answer.error?.code ?? "internal", answer.error?.detail ?? ""));
  }

  async #closed(code: number, token: string): Promise<void> {
    this.#drop(code);
    if (code === 4009) {
      this.#wanted = false;
      this.#events.status("closed");
      this.#events.ended();
      return;
    }
    this.#events.status("waiting");
    if (code === 4001) await this.#events.refused(token).catch(() => undefined);
    this.#later();
  }

  /** Full jitter: a restarted server is not met by all its clients at the same moment. */
  #later(): void {
    if (!this.#wanted) return;
    this.#events.status("waiting");
    const { firstPause, longestPause } = this.#times;
    const most = Math.min(longestPause, firstPause * 1.7 ** this.#failures);
    this.#failures += 1;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), Math.random() * most);
  }

  /** A line that does not answer is dead, whatever its state says. */
  #lost(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.#drop(4408);
    this.#later();
  }

  #drop(code: number): void {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#idle);
    if (socket && socket.readyState <= WebSocket.OPEN) socket.close(code === 1000 ? 1000 : 4408);
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(cut());
    }
    this.#waiting.clear();
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#ping(), this.#times.idle);
  }

  async #ping(): Promise<void> {
    // Its own time limit ends the line; a refusal is an answer like any other.
    await this.command("ping").catch(() => undefined);
  }
}

function cut(): LineError {
  return new LineError("cut", "The line was cut.");
}
