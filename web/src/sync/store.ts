/** The external store: holds the world, changes it only by the reducer, tells who listens. */
import type { World } from "./state";
import { emptyWorld } from "./state";
import { type Action, reduce } from "./world";

export class Store {
  #world: World = emptyWorld;
  readonly #listeners = new Set<() => void>();
  readonly #watchers = new Set<(world: World) => void>();
  readonly #taps = new Set<(action: Action) => void>();

  readonly getSnapshot = (): World => this.#world;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Called after each change, before the listeners, by what reacts to needs of the state. */
  watch(watcher: (world: World) => void): void {
    this.#watchers.add(watcher);
  }

  /** Called with each action before it changes the world, by what keeps state of its own. */
  tap(tap: (action: Action) => void): void {
    this.#taps.add(tap);
  }

  dispatch(action: Action): void {
    for (const tap of this.#taps) tap(action);
    const next = reduce(this.#world, action);
    if (next === this.#world) return;
    this.#world = next;
    for (const watcher of this.#watchers) watcher(next);
    for (const listener of this.#listeners) listener();
  }
}
