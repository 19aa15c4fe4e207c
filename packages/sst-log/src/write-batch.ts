import { checkU64, ReftableError } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { putDel, putPut } from './entry.js';
import { insertEntry } from './entry-setsum.js';
import { MAX_BATCH_SIZE, MAX_KEY_SIZE, MAX_VALUE_SIZE } from './limits.js';
import { highOf, lowOf } from './protobuf.js';
import { Setsum } from './setsum.js';

const encoder = new TextEncoder();

/** Entries that are appended together: after a crash all of them are in the log, or none. */
export class WriteBatch {
  readonly #body = new ByteWriter();
  readonly #setsum = new Setsum();
  #count = 0;

  /** How many entries it has. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of the entries, encoded. */
  get size(): number {
    return this.#body.length;
  }

  /** The entries, encoded: a view that the next change may put out of date. */
  get body(): Uint8Array {
    return this.#body.view();
  }

  /** The setsum of the entries: a copy. */
  get setsum(): Setsum {
    return this.#setsum.clone();
  }

  /**
   * Adds a put. Strings are stored as UTF-8.
   * @param timestamp from 0 to 2^64-1
   * @throws `KEY_SIZE`, `VALUE_SIZE`, `BATCH_SIZE`, `NUMBER_RANGE`, `NOT_BYTES` (misuse); the batch is as before then
   */
  put(key: string | Uint8Array, timestamp: number | bigint, value: string | Uint8Array): void {
    checkU64(timestamp);
    const keyBytes = bytesOf(key);
    const valueBytes = bytesOf(value);
    checkKey(keyBytes);
    if (valueBytes.length > MAX_VALUE_SIZE) throw tooLarge('VALUE_SIZE', 'value', valueBytes.length, MAX_VALUE_SIZE);
    const before = this.size;
    putPut(this.#body, keyBytes, timestamp, valueBytes);
    this.#keep(before);
    insertEntry(this.#setsum, keyBytes, lowOf(timestamp), highOf(timestamp), valueBytes);
  }

  /** Adds a delete. @throws as {@link put} */
  del(key: string | Uint8Array, timestamp: number | bigint): void {
    checkU64(timestamp);
    const keyBytes = bytesOf(key);
    checkKey(keyBytes);
    const before = this.size;
    putDel(this.#body, keyBytes, timestamp);
    this.#keep(before);
    insertEntry(this.#setsum, keyBytes, lowOf(timestamp), highOf(timestamp), undefined);
  }

  /** Adds all entries of another batch, behind those that it has. @throws `BATCH_SIZE` (misuse); the batch is as before then */
  merge(other: WriteBatch): void {
    const size = this.size + other.size;
    if (size > MAX_BATCH_SIZE) throw tooLarge('BATCH_SIZE', 'batch', size, MAX_BATCH_SIZE);
    // A view of a writer's own buffer is still sound when that is replaced: so a batch can be merged with itself.
    this.#body.bytes(other.body);
    this.#setsum.add(other.#setsum.clone());
    this.#count += other.#count;
  }

  /** Another batch of the same entries. */
  clone(): WriteBatch {
    const copy = new WriteBatch();
    copy.merge(this);
    return copy;
  }

  /** Counts what was written, or takes it back where it is too much. */
  #keep(before: number): void {
    const { size } = this;
    if (size > MAX_BATCH_SIZE) {
      this.#body.length = before;
      throw tooLarge('BATCH_SIZE', 'batch', size, MAX_BATCH_SIZE);
    }
    this.#count++;
  }
}

/** What is something else, as in a program without types, would pass for no bytes at all, and what is behind it in the log be lost. */
function bytesOf(text: string | Uint8Array): Uint8Array {
  if (typeof text === 'string') return encoder.encode(text);
  if (!ArrayBuffer.isView(text) || text.BYTES_PER_ELEMENT !== 1) throw new ReftableError('misuse', 'NOT_BYTES', 'a key or value that is neither a string nor bytes');
  return text;
}

function checkKey(key: Uint8Array): void {
  if (key.length > MAX_KEY_SIZE) throw tooLarge('KEY_SIZE', 'key', key.length, MAX_KEY_SIZE);
}

function tooLarge(code: string, what: string, size: number, limit: number): ReftableError {
  return new ReftableError('misuse', code, `${what} of ${size} bytes, where ${limit} is the limit`);
}
