/*
 * The entries of a batch, one after another: each a field of the batch, with a message in it. SPEC.md, "Entries".
 *
 *   put     8: { 1: shared, 2: key, 3: timestamp, 4: value }
 *   delete  9: { 5: shared, 6: key, 7: timestamp }
 *
 * `shared` is for other uses of the same message, where keys are cut; in a log it is 0.
 */
import { ReftableError } from '@reftable/varint';
import { type ByteWriter } from '@reftable/varint/bytes';
import { MAX_KEY_SIZE, MAX_VALUE_SIZE } from './limits.js';
import { delimitedSize, highOf, lowOf, MessageReader, putDelimited, putVarint, varintSize } from './protobuf.js';

/** The tags of a batch: field number * 8 + wire type. */
export const PUT = (8 << 3) | 2;
export const DEL = (9 << 3) | 2;

/** The tags in a put. */
const PUT_SHARED = 1 << 3;
const PUT_KEY = (2 << 3) | 2;
const PUT_TIMESTAMP = 3 << 3;
const PUT_VALUE = (4 << 3) | 2;

/** The tags in a delete. */
const DEL_SHARED = 5 << 3;
const DEL_KEY = (6 << 3) | 2;
const DEL_TIMESTAMP = 7 << 3;

/** What every entry has. */
interface EntryBase {
  readonly key: Uint8Array;
  /** From 0 to 2^64-1; above 2^53-1 it is the nearest there is, and `timestampExact` is there. */
  readonly timestamp: number;
  /** Where `timestamp` can't be exact. */
  readonly timestampExact?: bigint;
}

/** "From this time on the key has this value." */
export interface Put extends EntryBase {
  readonly kind: 'put';
  readonly value: Uint8Array;
}

/** "From this time on the key has no value." */
export interface Del extends EntryBase {
  readonly kind: 'del';
}

/** An entry of a log. */
export type LogEntry = Put | Del;

/** Writes a put. Its parts are within their limits. */
export function putPut(out: ByteWriter, key: Uint8Array, timestamp: number | bigint, value: Uint8Array): void {
  const low = lowOf(timestamp);
  const high = highOf(timestamp);
  putVarint(out, PUT);
  putVarint(out, 2 + 1 + delimitedSize(key.length) + 1 + varintSize(low, high) + 1 + delimitedSize(value.length));
  putVarint(out, PUT_SHARED);
  putVarint(out, 0);
  putVarint(out, PUT_KEY);
  putDelimited(out, key);
  putVarint(out, PUT_TIMESTAMP);
  putVarint(out, low, high);
  putVarint(out, PUT_VALUE);
  putDelimited(out, value);
}

/** Writes a delete. Its parts are within their limits. */
export function putDel(out: ByteWriter, key: Uint8Array, timestamp: number | bigint): void {
  const low = lowOf(timestamp);
  const high = highOf(timestamp);
  putVarint(out, DEL);
  putVarint(out, 2 + 1 + delimitedSize(key.length) + 1 + varintSize(low, high));
  putVarint(out, DEL_SHARED);
  putVarint(out, 0);
  putVarint(out, DEL_KEY);
  putDelimited(out, key);
  putVarint(out, DEL_TIMESTAMP);
  putVarint(out, low, high);
}

/** A timestamp of two halves, as an entry has it. */
export function timestampOf(high: number, low: number): Pick<EntryBase, 'timestamp' | 'timestampExact'> {
  const timestamp = high * 2 ** 32 + low;
  return Number.isSafeInteger(timestamp) ? { timestamp } : { timestamp, timestampExact: (BigInt(high) << 32n) | BigInt(low) };
}

/** An entry as a reader comes to it: nothing is made of it but what is asked for. */
export interface EntryView {
  readonly kind: 'put' | 'del';
  /** A view of the key. It stays as it is when the reader moves on. */
  readonly key: Uint8Array;
  /** The timestamp's upper 32 bits. */
  readonly timestampHigh: number;
  /** Its lower 32 bits. */
  readonly timestampLow: number;
  /** A view of the value, as with `key`; empty for a delete. */
  readonly value: Uint8Array;
  /** The entry as a plain object, whose key and value are those views. */
  entry(): LogEntry;
}

/** Moves over the entries of one batch after another. */
export class EntryReader implements EntryView {
  /** How many entries it came to, in all batches. */
  count = 0;
  kind: 'put' | 'del' = 'put';
  timestampHigh = 0;
  timestampLow = 0;

  readonly #batch = new MessageReader();
  readonly #message = new MessageReader();
  readonly #hasLimits: boolean;
  #frameOffset = 0;
  readonly #file: string | undefined;
  #keyStart = 0;
  #keyEnd = 0;
  #valueStart = 0;
  #valueEnd = 0;

  /** @param hasLimits whether keys and values over their limits are refused */
  constructor(hasLimits: boolean, file: string | undefined) {
    this.#hasLimits = hasLimits;
    this.#file = file;
  }

  get key(): Uint8Array {
    return this.#batch.bytes.subarray(this.#keyStart, this.#keyEnd);
  }

  get value(): Uint8Array {
    return this.#batch.bytes.subarray(this.#valueStart, this.#valueEnd);
  }

  entry(): LogEntry {
    const { key, timestampHigh, timestampLow } = this;
    const base = { key, ...timestampOf(timestampHigh, timestampLow) };
    return this.kind === 'put' ? { kind: 'put', ...base, value: this.value } : { kind: 'del', ...base };
  }

  /** Goes before the first entry of the batch from `start` to `end`. @param frameOffset of its first frame, for errors */
  open(bytes: Uint8Array, start: number, end: number, frameOffset: number): void {
    this.#frameOffset = frameOffset;
    this.#batch.open(bytes, start, end, frameOffset, this.#file);
  }

  /** Moves to the next entry of the batch; false if there is none. @throws `MESSAGE`, `ENTRY_SHARED`, `KEY_SIZE`, `VALUE_SIZE` (format) */
  next(): boolean {
    const batch = this.#batch;
    if (!batch.next()) return false;
    const { tag } = batch;
    if (tag !== PUT && tag !== DEL) throw batch.malformed('has an entry that is neither a put nor a delete');
    this.#message.open(batch.bytes, batch.start, batch.offset, this.#frameOffset, this.#file);
    this.#keyStart = this.#keyEnd = this.#valueStart = this.#valueEnd = 0;
    this.timestampHigh = this.timestampLow = 0;
    this.kind = tag === PUT ? 'put' : 'del';
    const isShared = tag === PUT ? this.#readPut() : this.#readDel();
    if (isShared) throw this.#damage('ENTRY_SHARED', 'has a key that is cut, as no key in a log is');
    if (this.#hasLimits) this.#checkLimits();
    this.count++;
    return true;
  }

  /** The fields of a put, and whether `shared` is other than 0. */
  #readPut(): boolean {
    const message = this.#message;
    let isShared = false;
    while (message.next()) {
      switch (message.tag) {
        case PUT_SHARED:
          isShared = this.#isNotZero();
          break;
        case PUT_KEY:
          this.#takeKey();
          break;
        case PUT_TIMESTAMP:
          this.#takeTimestamp();
          break;
        case PUT_VALUE:
          message.requireMinimal();
          this.#valueStart = message.start;
          this.#valueEnd = message.offset;
          break;
      }
    }
    return isShared;
  }

  #readDel(): boolean {
    const message = this.#message;
    let isShared = false;
    while (message.next()) {
      switch (message.tag) {
        case DEL_SHARED:
          isShared = this.#isNotZero();
          break;
        case DEL_KEY:
          this.#takeKey();
          break;
        case DEL_TIMESTAMP:
          this.#takeTimestamp();
          break;
      }
    }
    return isShared;
  }

  #isNotZero(): boolean {
    this.#message.requireMinimal();
    return this.#message.low !== 0 || this.#message.high !== 0;
  }

  #takeKey(): void {
    this.#message.requireMinimal();
    this.#keyStart = this.#message.start;
    this.#keyEnd = this.#message.offset;
  }

  #takeTimestamp(): void {
    this.#message.requireMinimal();
    this.timestampHigh = this.#message.high;
    this.timestampLow = this.#message.low;
  }

  #checkLimits(): void {
    const keySize = this.#keyEnd - this.#keyStart;
    const valueSize = this.#valueEnd - this.#valueStart;
    if (keySize > MAX_KEY_SIZE) throw this.#damage('KEY_SIZE', `has a key of ${keySize} bytes`);
    if (valueSize > MAX_VALUE_SIZE) throw this.#damage('VALUE_SIZE', `has a value of ${valueSize} bytes`);
  }

  #damage(code: string, what: string): ReftableError {
    return new ReftableError('format', code, `frame ${what},`, { offset: this.#frameOffset, file: this.#file });
  }
}
