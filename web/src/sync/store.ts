/** The external store: holds the world, changes it only by the reducer, tells who listens. */
import type { World } from "./state";
import { emptyWorld } from "./state";
import { type Action, reduce } from "./world";

export class Store {
  #world: World = emptyWorld;
  readonly #listeners = new Set<() => void>();
  readonly #watchers = new Set<(world: World) => void>();

  readonly getSnapshot = (): World => this.#world;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Called after each change, before the listeners, by what reacts to needs of the state. */
  watch(watcher: (world: World) => void): void {
    this.#watchers.add(watcher);
  }

  dispatch(action: Action): void {
    const next = reduce(this.#world, action);
    if (next === this.#world) return;
    this.#world = next;
    for (const watcher of this.#watchers) watcher(next);
    for (const listener of this.#listeners) listener();
  }
}
