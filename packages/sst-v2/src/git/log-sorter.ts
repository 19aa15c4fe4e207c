import { compareBytes, ReftableError } from '@reftable/varint';
import { INDEX_SIZE } from './log-runs.js';

/** A log record that is to be written. */
interface HeldLog {
  /** As in GitStorage 2, with its letter. */
  readonly key: Uint8Array;
  readonly extra: number;
  readonly value: Uint8Array;
}

/** The records of one name, of which some may have been written. */
interface HeldLogs {
  readonly name: Uint8Array;
  readonly logs: HeldLog[];
  next: number;
}

/**
 * Takes log records in the order of names, and passes them on in that of the keys of GitStorage 2, in which the entries of a name come behind
 * those of nearly all names that go on from it. So the logs of names of which each is the start of the next are held back.
 */
export class LogSorter {
  readonly #put: (log: HeldLog) => void;
  readonly #held: HeldLogs[] = [];
  /** The key that came last, with the zero byte of GitStorage 3 behind its name. */
  #last = new Uint8Array(0);

  constructor(put: (log: HeldLog) => void) {
    this.#put = put;
  }

  /**
   * Takes a record.
   * @param key as in GitStorage 3: letter, name, zero byte, update index
   * @throws `KEYS_NOT_ASCENDING`, `LOG_KEY` (misuse), and then it is not taken
   */
  add(key: Uint8Array, extra: number, value: Uint8Array): void {
    if (compareBytes(key, this.#last) <= 0) throw new ReftableError('misuse', 'KEYS_NOT_ASCENDING', 'log entry before the one that was added last');
    const nameEnd = key.length - INDEX_SIZE - 1;
    if (nameEnd < 2 || key.indexOf(0) !== nameEnd) throw new ReftableError('misuse', 'LOG_KEY', 'log key without a name and an update index');
    this.#last = key.slice();
    const name = key.slice(0, nameEnd);
    let held = this.#held.at(-1);
    if (held === undefined || compareBytes(held.name, name) !== 0) {
      this.#release(name);
      held = { name, logs: [], next: 0 };
      this.#held.push(held);
    }
    const stored = new Uint8Array(key.length - 1);
    stored.set(name);
    stored.set(key.subarray(nameEnd + 1), nameEnd);
    held.logs.push({ key: stored, extra, value: value.slice() });
  }

  /** Passes on what is left. */
  finish(): void {
    this.#release(undefined);
  }

  /** Passes on what comes before all keys that begin with `name`, or anything behind it; undefined: everything. */
  #release(name: Uint8Array | undefined): void {
    for (;;) {
      let first: HeldLogs | undefined;
      for (const held of this.#held) if (first === undefined || compareBytes(keyOf(held), keyOf(first)) < 0) first = held;
      if (first === undefined || (name !== undefined && compareBytes(keyOf(first), name) >= 0)) return;
      this.#put(first.logs[first.next++]!);
      if (first.next === first.logs.length) this.#held.splice(this.#held.indexOf(first), 1);
    }
  }
}

function keyOf({ logs, next }: HeldLogs): Uint8Array {
  return logs[next]!.key;
}
