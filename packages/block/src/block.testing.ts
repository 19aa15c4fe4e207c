/* What the tests of this package share: bytes put together by hand, and blocks made by the writer. */
import { encodeVarint, isReftableError, putU16, putU24 } from '@reftable/varint';
import { BlockCursor } from './block-cursor.js';
import type { BlockType } from './block-type.js';
import { BlockWriter } from './block-writer.js';
import { parseBlock, type Block, type BlockPlace } from './block.js';

/** Bytes from numbers (a byte each), texts (their UTF-8) and bytes. */
export function bytes(...parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'number' ? [part] : [...(typeof part === 'string' ? new TextEncoder().encode(part) : part)])),
  );
}

/** Three bytes, big-endian. */
export function u24(value: number): Uint8Array {
  const out = new Uint8Array(3);
  putU24(out, 0, value);
  return out;
}

/** Two bytes, big-endian. */
export function u16(value: number): Uint8Array {
  const out = new Uint8Array(2);
  putU16(out, 0, value);
  return out;
}

/** A record as the writer takes it. */
export interface RawRecord {
  readonly key: Uint8Array;
  readonly valueType: number;
  readonly value: Uint8Array;
}

export function record(key: string | Uint8Array, value: Uint8Array = bytes(0), valueType = 0): RawRecord {
  return { key: bytes(key), valueType, value };
}

/** A record's bytes, with whatever lengths are claimed. */
export function rawRecord(prefix: number | bigint, suffix: string | Uint8Array, valueType: number, value: Uint8Array, claimedSuffix?: bigint): Uint8Array {
  const text = bytes(suffix);
  const tagged = ((claimedSuffix ?? BigInt(text.length)) << 3n) | BigInt(valueType);
  return bytes(encodeVarint(prefix), encodeVarint(tagged), text, value);
}

/** A block that is not deflated, put together by hand: `records` one after another, a restart at the first. */
export function rawBlock(type: BlockType, records: readonly Uint8Array[], restarts: readonly number[] = [4]): Uint8Array {
  const body = bytes(...records);
  const length = 4 + body.length + 3 * restarts.length + 2;
  return bytes(type, u24(length), body, ...restarts.map(u24), u16(restarts.length));
}

/** Where a block stands that is alone in an unaligned file. */
export const PLACE: BlockPlace = { position: 0, headerOffset: 0, alignment: 0, file: undefined };

/** The blocks that a writer makes of records: as they stand in a file. */
export function writeBlocks(type: BlockType, records: readonly RawRecord[], blockSize: number, interval = 16): Uint8Array[] {
  const writer = new BlockWriter(type, blockSize, interval);
  const blocks: Uint8Array[] = [];
  for (const { key, valueType, value } of records) {
    if (writer.add(key, key.length, valueType, value, value.length)) continue;
    blocks.push(writer.finish().slice());
    writer.begin(0);
    if (!writer.add(key, key.length, valueType, value, value.length)) throw new Error('record too large for the test');
  }
  blocks.push(writer.finish().slice());
  return blocks;
}

/** One block of records, written and parsed. */
export function blockOf(type: BlockType, records: readonly RawRecord[], interval = 16): Block {
  const [block, ...more] = writeBlocks(type, records, 1 << 20, interval);
  if (block === undefined || more.length > 0) throw new Error('not one block');
  return parseBlock(block, PLACE);
}

/** A cursor at the first record of a block made by hand. */
export function cursorAt(type: BlockType, records: readonly Uint8Array[], idSize = 20): BlockCursor {
  const cursor = new BlockCursor(idSize);
  cursor.enter(parseBlock(rawBlock(type, records), PLACE));
  cursor.next();
  return cursor;
}

/** The code of the error that `act` throws, or what it returns: no other error is caught. */
export function codeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    if (isReftableError(error)) return error.code;
    throw error;
  }
}

/** Pseudorandom bytes, the same in every run: nothing that deflates. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24);
}
