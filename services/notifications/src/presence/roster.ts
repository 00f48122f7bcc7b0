/** Somebody has come, or was the last of theirs to go. */
export interface Transition {
  readonly userId: string;
  readonly online: boolean;
}

interface Told {
  heardAtMs: number;
  readonly users: Set<string>;
}

/** Who is online where, as every instance tells it. An instance that is no longer heard has nobody. */
export class Roster {
  readonly #instances = new Map<string, Told>();

  isOnline(userId: string): boolean {
    return [...this.#instances.values()].some(({ users }) => users.has(userId));
  }

  /** Somebody has come to an instance, or gone from it. Costs the same however many are there. */
  change(instance: string, userId: string, online: boolean, nowMs: number): Transition[] {
    const users = this.#instances.get(instance)?.users ?? new Set();
    this.#instances.set(instance, { heardAtMs: nowMs, users });
    const wasOnline = this.isOnline(userId);
    if (online) users.add(userId);
    else users.delete(userId);
    return this.isOnline(userId) === wasOnline ? [] : [{ userId, online }];
  }

  /** All who are online at an instance. */
  replace(instance: string, users: Iterable<string>, nowMs: number): Transition[] {
    const before = this.#instances.get(instance)?.users ?? new Set<string>();
    const after = new Set(users);
    const touched = [...new Set([...before, ...after])].filter((userId) => before.has(userId) !== after.has(userId));
    const wasOnline = new Map(touched.map((userId) => [userId, this.isOnline(userId)]));
    this.#instances.set(instance, { heardAtMs: nowMs, users: after });
    return touched
      .map((userId) => ({ userId, online: this.isOnline(userId) }))
      .filter(({ userId, online }) => wasOnline.get(userId) !== online);
  }

  /** Instances that were not heard since `beforeMs` are gone. */
  expire(beforeMs: number, own: string): Transition[] {
    const silent = [...this.#instances].filter(([instance, { heardAtMs }]) => instance !== own && heardAtMs < beforeMs);
    return silent.flatMap(([instance]) => {
      const transitions = this.replace(instance, [], beforeMs);
      this.#instances.delete(instance);
      return transitions;
    });
  }

  /** Every instance counts as heard now: for a time in which nobody could be. */
  excuse(nowMs: number): void {
    for (const told of this.#instances.values()) told.heardAtMs = nowMs;
  }
}
