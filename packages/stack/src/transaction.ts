import { putLogKey, saturate, type LogInput, type RefInput } from '@reftable/block';
import { compareBytes } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';

/** A record whose update index, if it has none, is that of the transaction. */
type Undated<R> = R extends unknown ? Omit<R, 'updateIndex'> & { readonly updateIndex?: number | bigint } : never;

/** A ref as a transaction takes it. */
export type RefChange = Undated<RefInput>;

/** A log entry as a transaction takes it; one that deletes an entry needs that entry's update index. */
export type LogChange = Undated<LogInput>;

/** What a transaction is to write, in any order. Nothing is in the stack before the function that fills it has ended. */
export class Transaction {
  /** The transaction's update index, which all its records get that don't say otherwise. */
  readonly updateIndexExact: bigint;
  /** The same; 2^53-1 where it is beyond that. */
  readonly updateIndex: number;
  readonly #index: number | bigint;
  readonly #refs: RefInput[] = [];
  readonly #logs: LogInput[] = [];

  constructor(updateIndex: bigint) {
    this.updateIndexExact = updateIndex;
    this.updateIndex = saturate(updateIndex);
    this.#index = this.updateIndex < Number.MAX_SAFE_INTEGER ? this.updateIndex : updateIndex;
  }

  /** The update indexes that its table must span. */
  get limits(): { readonly min: bigint; readonly max: bigint } {
    let max = this.updateIndexExact;
    for (const { updateIndex, updateIndexExact = updateIndex } of [...this.#refs, ...this.#logs]) {
      if (updateIndexExact > max) max = BigInt(updateIndexExact);
    }
    return { min: this.updateIndexExact, max };
  }

  /** Sets a ref, or deletes it (of kind `deletion`). Only one record of a name is possible. */
  addRef(ref: RefChange): void {
    this.#refs.push((ref.updateIndex === undefined ? { ...ref, updateIndex: this.#index } : ref) as RefInput);
  }

  /** Adds an entry to a ref's log, or deletes one. */
  addLog(log: LogChange): void {
    this.#logs.push((log.updateIndex === undefined ? { ...log, updateIndex: this.#index } : log) as LogInput);
  }

  /** The refs, by name. */
  get refs(): readonly RefInput[] {
    return sorted(this.#refs, (key, { name, nameBytes }) => {
      key.text(nameBytes ?? name);
    });
  }

  /** The log entries, by name and then newest first. */
  get logs(): readonly LogInput[] {
    return sorted(this.#logs, (key, { ref, refBytes, updateIndex, updateIndexExact }) => {
      putLogKey(key, refBytes ?? ref, updateIndexExact ?? updateIndex);
    });
  }
}

function sorted<R>(records: readonly R[], putKey: (key: ByteWriter, record: R) => void): readonly R[] {
  if (records.length < 2) return records;
  // All keys in one buffer: one for each would cost far more than the sorting.
  const keys = new ByteWriter(64 * records.length);
  const keyed = records.map((record) => {
    const start = keys.length;
    putKey(keys, record);
    return { record, start, end: keys.length };
  });
  const { buffer } = keys;
  keyed.sort((a, b) => compareBytes(buffer.subarray(a.start, a.end), buffer.subarray(b.start, b.end)));
  return keyed.map(({ record }) => record);
}
