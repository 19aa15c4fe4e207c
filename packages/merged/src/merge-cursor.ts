/*
 * The k-way merge, over cursors of any kind of record with byte keys. Of equal keys the newest cursor's record is handed out, the
 * older ones are passed over.
 *
 * One cursor leads: the one whose key comes first. The others wait in a heap. As long as the leader's next key shares more with its last one
 * than that did with the first key that waits, it still comes before it, and no keys are compared at all: so a large table
 * merged with small ones costs little more than the large one alone.
 */
import { sharedLength } from '@reftable/varint/bytes';

/** The key that a cursor is at: the first `keyLength` bytes of `key`. */
export interface MergeKey {
  readonly key: Uint8Array;
  readonly keyLength: number;
  /** How many bytes it has in common, exactly, with the key that the same cursor passed before it. */
  readonly shared: number;
}

/** What is merged: a cursor whose plain moves say when they need a block, and which then yields requests `Q` to get it. */
export interface MergeableCursor<V extends MergeKey, Q> {
  readonly record: V;
  next(): boolean;
  load(): Generator<Q, boolean, void>;
  seek(target: Uint8Array, length: number): boolean;
  settle(): Generator<Q, void, void>;
}

interface Runner<V extends MergeKey, Q> {
  readonly cursor: MergeableCursor<V, Q>;
  /** The greater, the newer. */
  readonly age: number;
}

/** Several cursors as one. */
export class MergeCursor<V extends MergeKey, Q> implements MergeableCursor<V, Q> {
  readonly #all: readonly Runner<V, Q>[];
  /* A heap: no runner comes before the one at (index - 1) >> 1. */
  #waiting: Runner<V, Q>[] = [];
  /** Undefined before the first load and when all have ended. */
  #leader: Runner<V, Q> | undefined;
  /** Bytes that the leader's key has in common with that of the first that waits. -1: none waits. */
  #shared = -1;
  /** The runner that must load before anything else: the leader, or the first that waits. */
  #stalled: Runner<V, Q> | undefined;
  /** How many have been moved to their first record. */
  #started = 0;
  /** Told once, when this is closed. */
  onClose: (() => void) | undefined;
  /** Those that must read to finish a seek. */
  #unsettled: readonly Runner<V, Q>[] = [];

  /** @param cursors oldest first */
  constructor(cursors: readonly MergeableCursor<V, Q>[]) {
    this.#all = cursors.map((cursor, age) => ({ cursor, age }));
  }

  get record(): V {
    return this.#leader!.cursor.record;
  }

  close(): void {
    this.onClose?.();
    this.onClose = undefined;
  }

  next(): boolean {
    const leader = this.#leader;
    if (leader === undefined || this.#stalled !== undefined) return false;
    if (!leader.cursor.next()) {
      this.#stalled = leader;
      return false;
    }
    return leader.cursor.record.shared > this.#shared || this.#settle();
  }

  *load(): Generator<Q, boolean, void> {
    if (this.#started < this.#all.length) {
      yield* this.#start();
    } else if (this.#stalled !== undefined) {
      yield* this.#resume(this.#stalled);
    }
    while (this.#leader !== undefined && !this.#settle()) yield* this.#resume(this.#stalled!);
    return this.#leader !== undefined;
  }

  seek(target: Uint8Array, length: number): boolean {
    this.#started = 0;
    this.#leader = this.#stalled = undefined;
    this.#waiting = [];
    this.#unsettled = this.#all.filter(({ cursor }) => !cursor.seek(target, length));
    return this.#unsettled.length === 0;
  }

  *settle(): Generator<Q, void, void> {
    for (const { cursor } of this.#unsettled) yield* cursor.settle();
  }

  /** Moves every runner to its first record and lines them up; where one fails, the next load goes on with it. */
  *#start(): Generator<Q, void, void> {
    for (; this.#started < this.#all.length; this.#started++) {
      const runner = this.#all[this.#started]!;
      if (!runner.cursor.next() && !(yield* runner.cursor.load())) continue;
      this.#waiting.push(runner);
      this.#siftUp(this.#waiting.length - 1);
    }
    this.#leader = this.#takeFirst();
  }

  /** Loads for the runner that is stalled, and takes it out if it has come to its end. */
  *#resume(runner: Runner<V, Q>): Generator<Q, void, void> {
    const goesOn = yield* runner.cursor.load();
    this.#stalled = undefined;
    if (runner === this.#leader) {
      if (!goesOn) this.#leader = this.#takeFirst();
    } else if (goesOn) {
      this.#siftDown();
    } else {
      this.#takeFirst();
    }
  }

  /** Makes the runner whose key comes first the leader, and passes over what it shadows. False: a runner must load first. */
  #settle(): boolean {
    for (;;) {
      const leader = this.#leader!;
      const first = this.#waiting[0];
      if (first === undefined) {
        this.#shared = -1;
        return true;
      }
      const order = this.#compare(leader, first);
      if (order < 0) return true;
      if (order > 0 || first.age > leader.age) {
        this.#leader = first;
        this.#waiting[0] = leader;
        this.#siftDown();
      } else if (first.cursor.next()) {
        this.#siftDown();
      } else {
        this.#stalled = first;
        return false;
      }
    }
  }

  /** Compares keys, and notes how much they share. */
  #compare(a: Runner<V, Q>, b: Runner<V, Q>): number {
    const { key: keyA, keyLength: lengthA } = a.cursor.record;
    const { key: keyB, keyLength: lengthB } = b.cursor.record;
    const end = Math.min(lengthA, lengthB);
    const at = sharedLength(keyA, keyB, end);
    this.#shared = at;
    return at < end ? keyA[at]! - keyB[at]! : lengthA - lengthB;
  }

  /** Whether `a` is to be handed out before `b`. */
  #isBefore(a: Runner<V, Q>, b: Runner<V, Q>): boolean {
    return (this.#compare(a, b) || b.age - a.age) < 0;
  }

  #takeFirst(): Runner<V, Q> | undefined {
    const first = this.#waiting[0];
    const last = this.#waiting.pop();
    if (last !== undefined && this.#waiting.length > 0) {
      this.#waiting[0] = last;
      this.#siftDown();
    }
    return first;
  }

  #siftUp(from: number): void {
    const heap = this.#waiting;
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(heap[index]!, heap[parent]!)) return;
      [heap[index], heap[parent]] = [heap[parent]!, heap[index]!];
      index = parent;
    }
  }

  #siftDown(): void {
    const heap = this.#waiting;
    for (let index = 0; ; ) {
      let least = index;
      for (let child = 2 * index + 1; child <= 2 * index + 2 && child < heap.length; child++) {
        if (this.#isBefore(heap[child]!, heap[least]!)) least = child;
      }
      if (least === index) return;
      [heap[index], heap[least]] = [heap[least]!, heap[index]!];
      index = least;
    }
  }
}
