import type { Disk, DiskFile, FolderLock } from '../documents/json/disk.ts';
import { uncontestedLock } from './uncontested-lock.ts';

/** What was done to a file since its last sync. */
type Unsynced = { readonly position: number; readonly bytes: Buffer } | { readonly size: number };
interface Node {
  /** What a power cut certainly leaves. */
  durable: Buffer;
  current: Buffer;
  unsynced: Unsynced[];
}
type NameChange = { readonly set: string; readonly node: Node; readonly unset?: string } | { readonly unset: string };

export interface Faults {
  /** The machine dies at this call (counted from 1). */
  readonly dieAt?: number;
  /** How likely any call fails with EIO or ENOSPC. */
  readonly errorRate?: number;
  /** How likely a write takes only a part. */
  readonly shortRate?: number;
}
export interface SimulatedDisk extends Disk {
  /** True once the machine died: no call answers any more. */
  readonly isDead: boolean;
  /** Resolves when it dies. */
  readonly died: Promise<void>;
  readonly calls: number;
  /** What was done with it that a real one would answer by EBADF: a mistake of the caller. */
  readonly misuse: string | null;
  /** Cuts the power: what was not synced is kept, lost or torn by sectors, in no order. The machine comes up again with these faults. */
  powerCut(faults?: Faults): SimulatedDisk;
  /** The process ends, the machine goes on: what was written is still there, synced or not. */
  kill(faults?: Faults): SimulatedDisk;
}

const SECTOR = 512;

/** A disk in memory that keeps exactly what `sync` and `syncFolder` promise, and of the rest what chance wants.
 *  A failed sync is the last word on what it should have written: a later one does not make up for it.
 *  @param random uniform in [0, 1), seeded, so that a history can be replayed */
export function simulatedDisk(random: () => number, faults: Faults = {}): SimulatedDisk {
  return new Machine(random, new Map(), faults);
}

class Machine implements SimulatedDisk {
  isDead = false;
  calls = 0;
  misuse: string | null = null;
  readonly #random: () => number;
  readonly #faults: Faults;
  readonly #durable: Map<string, Node>;
  readonly #names: Map<string, Node>;
  #changes: NameChange[] = [];
  readonly #death = Promise.withResolvers<void>();

  constructor(random: () => number, names: Map<string, Node>, faults: Faults) {
    this.#random = random;
    this.#faults = faults;
    this.#durable = names;
    this.#names = new Map(names);
  }
  get died(): Promise<void> {
    return this.#death.promise;
  }

  makeFolder(): Promise<void> {
    return this.#call(() => {});
  }
  list(folder: string): Promise<string[]> {
    const prefix = `${folder}/`;
    return this.#call(() => [...this.#names.keys()].filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)));
  }
  open(path: string): Promise<DiskFile> {
    return this.#call(() => this.#fileOf(this.#must(path)));
  }
  create(path: string): Promise<DiskFile> {
    return this.#call(() => {
      const node = { durable: Buffer.alloc(0), current: Buffer.alloc(0), unsynced: [] };
      this.#names.set(path, node);
      this.#changes.push({ set: path, node });
      return this.#fileOf(node);
    });
  }
  rename(from: string, to: string): Promise<void> {
    return this.#call(() => {
      const node = this.#must(from);
      this.#names.delete(from);
      this.#names.set(to, node);
      this.#changes.push({ set: to, node, unset: from });
    });
  }
  remove(path: string): Promise<void> {
    return this.#call(() => {
      if (this.#names.delete(path)) this.#changes.push({ unset: path });
    });
  }
  syncFolder(): Promise<void> {
    // names are journaled by the file system: a failed sync leaves them as they were, where one of contents gives up what it should have written
    return this.#call(() => {
      for (const change of this.#changes) applyChange(this.#durable, change);
      this.#changes = [];
    });
  }
  lock(): Promise<FolderLock> {
    return this.#call(() => uncontestedLock());
  }

  powerCut(faults: Faults = {}): SimulatedDisk {
    this.#die();
    const names = new Map(this.#durable);
    for (const change of this.#changes) if (this.#random() < 0.5) applyChange(names, change);
    const survivors = new Map<Node, Node>();
    for (const node of new Set(names.values())) {
      const left = this.#survivorOf(node);
      survivors.set(node, { durable: left, current: left, unsynced: [] });
    }
    return new Machine(this.#random, new Map([...names].map(([path, node]) => [path, survivors.get(node)!])), faults);
  }
  kill(faults: Faults = {}): SimulatedDisk {
    this.#die();
    const next = new Machine(this.#random, this.#durable, faults);
    next.#names.clear();
    for (const [path, node] of this.#names) next.#names.set(path, node);
    next.#changes = this.#changes;
    return next;
  }

  #survivorOf({ durable, unsynced }: Node): Buffer {
    let bytes = durable;
    const order = unsynced.map((one) => ({ one, place: this.#random() })).toSorted((a, b) => a.place - b.place);
    const whole = this.#random();
    for (const { one } of order) {
      if (whole < 0.3 || (whole < 0.6 && this.#random() < 0.5)) continue;
      if ('size' in one) bytes = resized(bytes, one.size);
      else
        for (const sector of sectorsOf(one)) if (whole > 0.9 || this.#random() < 0.6) bytes = written(bytes, sector.position, sector.bytes);
    }
    return bytes;
  }
  #must(path: string): Node {
    const node = this.#names.get(path);
    if (!node) throw Object.assign(new Error(`ENOENT: no such file, '${path}'`), { code: 'ENOENT' });
    return node;
  }
  #die(): void {
    this.isDead = true;
    this.#death.resolve();
  }
  /** Every call is answered in a later turn, or, once the machine is dead, never. */
  async #call<T>(act: () => T, onFailure: () => void = () => {}): Promise<T> {
    await Promise.resolve();
    this.calls += 1;
    if (this.calls === this.#faults.dieAt) this.#die();
    if (this.isDead) return new Promise<T>(() => {});
    if (this.#random() < (this.#faults.errorRate ?? 0)) {
      onFailure();
      const code = this.#random() < 0.5 ? 'EIO' : 'ENOSPC';
      throw Object.assign(new Error(`${code}: simulated`), { code });
    }
    return act();
  }
  #fileOf(node: Node): DiskFile {
    let isClosed = false;
    const call = <T>(act: () => T, onFailure?: () => void): Promise<T> => {
      if (isClosed) this.misuse ??= 'a file was used after it was closed';
      return this.#call(act, onFailure);
    };
    return {
      size: () => call(() => node.current.length),
      read: (into, position) => call(() => node.current.copy(into, 0, position, position + into.length)),
      write: (from, position) =>
        call(() => {
          const taken = this.#random() < (this.#faults.shortRate ?? 0) ? Math.ceil(from.length * this.#random()) : from.length;
          const bytes = Buffer.from(from.subarray(0, Math.max(1, taken)));
          node.current = written(node.current, position, bytes);
          node.unsynced.push({ position, bytes });
          return bytes.length;
        }),
      truncate: (size) =>
        call(() => {
          node.current = resized(node.current, size);
          node.unsynced.push({ size });
        }),
      sync: () =>
        call(
          () => {
            // what an earlier, failed sync has given up stays lost, though readers still see it
            for (const one of node.unsynced)
              node.durable = 'size' in one ? resized(node.durable, one.size) : written(node.durable, one.position, one.bytes);
            node.unsynced = [];
          },
          () => void (node.unsynced = []),
        ),
      close: async () => {
        if (isClosed) this.misuse ??= 'a file was closed twice';
        isClosed = true;
      },
    };
  }
}

function applyChange(names: Map<string, Node>, change: NameChange): void {
  if (change.unset !== undefined) {
    // a rename whose file never got its name can't happen
    if ('set' in change && names.get(change.unset) !== change.node) return;
    names.delete(change.unset);
  }
  if ('set' in change) names.set(change.set, change.node);
}

function* sectorsOf({ position, bytes }: { position: number; bytes: Buffer }): Generator<{ position: number; bytes: Buffer }> {
  let at = 0;
  while (at < bytes.length) {
    const length = Math.min(SECTOR - ((position + at) % SECTOR), bytes.length - at);
    yield { position: position + at, bytes: bytes.subarray(at, at + length) };
    at += length;
  }
}

function written(bytes: Buffer, position: number, more: Buffer): Buffer {
  const size = Math.max(bytes.length, position + more.length);
  const result = Buffer.alloc(size);
  bytes.copy(result);
  more.copy(result, position);
  return result;
}

function resized(bytes: Buffer, size: number): Buffer {
  const result = Buffer.alloc(size);
  bytes.copy(result, 0, 0, Math.min(size, bytes.length));
  return result;
}
