/** Something that ends at an instant (milliseconds since the epoch); the instant may move while it waits here. */
export interface Expiring {
  expiresAt: number;
  gone: boolean;
}

/** A binary heap of what expires, soonest first. What has moved to a later instant is put back when its turn comes,
 *  so that prolonging costs nothing; what is gone already is dropped then. */
interface ExpiryQueue<E extends Expiring> {
  push(item: E): void;
  /** One whose time has come, or null. */
  takeDue(now: number): E | null;
  readonly size: number;
}

interface Node<E> {
  readonly at: number;
  readonly item: E;
}

export function createExpiryQueue<E extends Expiring>(): ExpiryQueue<E> {
  let heap: Node<E>[] = [];
  let compactAt = 1024;
  const push = (item: E): void => {
    heap.push({ at: item.expiresAt, item });
    siftUp(heap, heap.length - 1);
    if (heap.length > compactAt) compact();
  };
  // Overwritten items leave dead nodes behind; without this a key written a million times would hold a million nodes.
  const compact = (): void => {
    const live = new Set(heap.map(({ item }) => item).filter((item) => !item.gone));
    heap = [...live].map((item) => ({ at: item.expiresAt, item })).toSorted((a, b) => a.at - b.at);
    compactAt = Math.max(1024, heap.length * 2);
  };
  const takeDue = (now: number): E | null => {
    for (let head = heap[0]; head !== undefined && head.at <= now; head = heap[0]) {
      removeHead(heap);
      if (head.item.gone) continue;
      if (head.item.expiresAt <= now) return head.item;
      push(head.item);
    }
    return null;
  };
  return {
    push,
    takeDue,
    get size() {
      return heap.length;
    },
  };
}

function siftUp<E>(heap: Node<E>[], from: number): void {
  const node = heap[from] as Node<E>;
  let at = from;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Node<E>;
    if (parent.at <= node.at) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = node;
}

function removeHead<E>(heap: Node<E>[]): void {
  const last = heap.pop() as Node<E>;
  if (heap.length === 0) return;
  let at = 0;
  for (let below = 1; below < heap.length; below = 2 * at + 1) {
    const right = heap[below + 1];
    if (right !== undefined && right.at < (heap[below] as Node<E>).at) below += 1;
    const child = heap[below] as Node<E>;
    if (child.at >= last.at) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
}
