/**
 * The line between one browser and the server: a TCP proxy that can cut all connections, refuse
 * new ones, swallow bytes in one direction or both, be slow, and be whole again.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

type Direction = "up" | "down";

/** What is wrong with a connection. Those that have lost bytes never become whole again. */
interface Fault {
  swallows: ReadonlySet<Direction>;
}

export class Line {
  readonly #target: () => number;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#join(socket));
  #fault: Fault = { swallows: new Set() };
  #refuses: "nothing" | "sockets" | "everything" = "nothing";
  #delay = 0;
  /** Bytes a second towards the server; 0: all there are. */
  #rate = 0;

  /** `target` is asked for every connection: the port of a server on this machine. */
  constructor(target: () => number) {
    this.#target = target;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject).listen(0, "127.0.0.1", () => resolve());
    });
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Breaks all connections without a goodbye, and refuses new ones (or only WebSockets). */
  cut(refused: "sockets" | "everything" = "everything"): void {
    this.#refuses = refused;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** A black hole: what comes is lost, `up` towards the server or `down` towards the browser. */
  swallow(...directions: Direction[]): void {
    this.#fault.swallows = new Set(directions);
  }

  /** Holds back everything for so many milliseconds each way. */
  slow(delay: number): void {
    this.#delay = delay;
  }

  /** Lets only so many bytes a second pass towards the server: uploads take their time. */
  narrow(rate: number): void {
    this.#rate = rate;
  }

  /** Whole again for new connections; those in the hole stay there, and nobody tells them. */
  heal(): void {
    this.#fault = { swallows: new Set() };
    this.#refuses = "nothing";
    this.#delay = 0;
    this.#rate = 0;
  }

  #join(near: Socket): void {
    this.#keep(near);
    if (this.#refuses === "everything") {
      near.resetAndDestroy();
      return;
    }
    if (this.#refuses === "sockets") near.once("data", (bytes) => this.#look(near, bytes));
    const far = connect(this.#target(), "127.0.0.1");
    this.#keep(far);
    this.#pass(near, far, "up");
    this.#pass(far, near, "down");
    near.once("close", () => far.destroy());
    far.once("close", () => near.destroy());
  }

  #look(near: Socket, bytes: Buffer): void {
    if (bytes.toString("latin1").startsWith("GET /ws")) near.resetAndDestroy();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => undefined); // a connection that was broken on purpose
    socket.once("close", () => this.#sockets.delete(socket));
  }

  #pass(from: Socket, to: Socket, direction: Direction): void {
    const fault = this.#fault;
    from.on("data", (bytes) => {
      if (fault.swallows.has(direction)) return;
      if (direction === "up" && this.#rate > 0) this.#hold(from, bytes.length);
      if (this.#delay === 0) to.write(bytes);
      else setTimeout(() => to.write(bytes), this.#delay); // wait: this is the slow line itself
    });
    from.on("end", () => to.end());
  }

  /** Takes nothing more until so many bytes have had their time. */
  #hold(from: Socket, length: number): void {
    from.pause();
    setTimeout(() => from.resume(), (length / this.#rate) * 1000); // wait: the narrow line itself
  }
}
