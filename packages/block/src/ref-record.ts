/*
 * The value of a ref record (block type 'r'; the key is the ref's name):
 *
 *   varint update index, less the table's minimum
 *   by value type   0  nothing: the ref is deleted (a tombstone)
 *                   1  object id
 *                   2  object id, and the object id that the annotated tag peels to
 *                   3  varint length, and the name of the ref that this one points at
 */
import { MAX_U64 } from '@reftable/varint';
import type { ByteWriter } from '@reftable/varint/bytes';
import { bigAt, cheapest, numberAt, textAt } from './exact.js';
import { putObjectId, toHex } from './object-id.js';
import type { RecordPlace } from './record-place.js';
import { decodeText, textBytes, type Text } from './text.js';

/** A ref record's value types, as stored. */
export const REF_DELETION = 0;
export const REF_DIRECT = 1;
export const REF_PEELED = 2;
export const REF_SYMBOLIC = 3;

interface RefBase {
  /** Full name, such as `refs/heads/main`. */
  readonly name: string;
  /** The name's bytes, only where they are not UTF-8. */
  readonly nameBytes?: Uint8Array;
  /** The transaction that wrote this record; 2^53-1 where it is beyond that. */
  readonly updateIndex: number;
  /** The update index, only where it is beyond 2^53-1. */
  readonly updateIndexExact?: bigint;
}

/** A tombstone: hides the ref of this name in older tables. */
export interface RefDeletion extends RefBase {
  readonly kind: 'deletion';
}

/** A ref that holds an object id. */
export interface DirectRef extends RefBase {
  readonly kind: 'direct';
  /** Object id in lower-case hex. */
  readonly oid: string;
}

/** A ref at an annotated tag, with the object that it peels to. */
export interface PeeledRef extends RefBase {
  readonly kind: 'peeled';
  /** Object id of the tag, in lower-case hex. */
  readonly oid: string;
  /** Object id of what the tag points at in the end. */
  readonly peeled: string;
}

/** A ref that names another ref. */
export interface SymbolicRef extends RefBase {
  readonly kind: 'symbolic';
  /** Name of the other ref, which need not exist. */
  readonly target: string;
  /** The target's bytes, only where they are not UTF-8. */
  readonly targetBytes?: Uint8Array;
}

/** A ref record. */
export type Ref = RefDeletion | DirectRef | PeeledRef | SymbolicRef;

/** What a ref record is written from: a {@link Ref}, with strings or bytes, numbers or bigints. An exact sibling, where there is one, counts. */
export type RefInput = {
  readonly name: string | Uint8Array;
  readonly nameBytes?: Uint8Array;
  readonly updateIndex: number | bigint;
  readonly updateIndexExact?: bigint;
} & (
  | { readonly kind: 'deletion' }
  | { readonly kind: 'direct'; readonly oid: string | Uint8Array }
  | { readonly kind: 'peeled'; readonly oid: string | Uint8Array; readonly peeled: string | Uint8Array }
  | { readonly kind: 'symbolic'; readonly target: string | Uint8Array; readonly targetBytes?: Uint8Array }
);

/**
 * The update index of the ref record that the cursor is at.
 * @param base the table's minimum: a `number` where that can hold it, which makes this cheap
 * @throws `UPDATE_INDEX_OVERFLOW` (format) beyond 2^64-1; `VARINT_OVERFLOW`
 */
export function refUpdateIndex(cursor: RecordPlace, base: number | bigint): number | bigint {
  if (typeof base === 'number') {
    const index = base + numberAt(cursor, cursor.valueStart);
    if (index <= Number.MAX_SAFE_INTEGER) return index;
  }
  const sum = BigInt(base) + bigAt(cursor, cursor.valueStart);
  if (sum > MAX_U64) throw cursor.block!.damage('UPDATE_INDEX_OVERFLOW', 'update index beyond 2^64-1', cursor.valueStart);
  return cheapest(sum);
}

/**
 * The ref record that the cursor is at, as a plain object.
 * @param base as in {@link refUpdateIndex}
 * @param name its name, if the caller has that as a string and it is nothing but ASCII
 * @throws as {@link refUpdateIndex}
 */
export function decodeRef(cursor: RecordPlace, base: number | bigint, idSize: number, name?: string): Ref {
  const { text, exact }: Text = name === undefined ? decodeText(cursor.key, 0, cursor.keyLength) : { text: name };
  const index = refUpdateIndex(cursor, base);
  const ref = decodeValue(cursor, text, typeof index === 'number' ? index : Number.MAX_SAFE_INTEGER, idSize);
  if (exact === undefined && typeof index === 'number') return ref;
  return { ...ref, ...(exact && { nameBytes: exact }), ...(typeof index === 'bigint' && { updateIndexExact: index }) };
}

function decodeValue(cursor: RecordPlace, name: string, updateIndex: number, idSize: number): Ref {
  const { bytes, contentStart } = cursor;
  switch (cursor.valueType) {
    case REF_DELETION:
      return { name, updateIndex, kind: 'deletion' };
    case REF_DIRECT:
      return { name, updateIndex, kind: 'direct', oid: toHex(bytes, contentStart, contentStart + idSize) };
    case REF_PEELED: {
      const middle = contentStart + idSize;
      const peeled = toHex(bytes, middle, middle + idSize);
      return { name, updateIndex, kind: 'peeled', oid: toHex(bytes, contentStart, middle), peeled };
    }
    default: {
      const { start, end } = textAt(cursor, contentStart);
      const { text: target, exact } = decodeText(bytes, start, end);
      return { name, updateIndex, kind: 'symbolic', target, ...(exact && { targetBytes: exact }) };
    }
  }
}

/**
 * Writes the value of a ref record, but for the update index that it starts with, and returns its value type.
 * @throws `OBJECT_ID` (misuse)
 */
export function encodeRef(writer: ByteWriter, ref: RefInput, idSize: number): number {
  switch (ref.kind) {
    case 'deletion':
      return REF_DELETION;
    case 'direct':
      putId(writer, ref.oid, idSize);
      return REF_DIRECT;
    case 'peeled':
      putId(writer, ref.oid, idSize);
      putId(writer, ref.peeled, idSize);
      return REF_PEELED;
    case 'symbolic': {
      const target = ref.targetBytes ?? textBytes(ref.target);
      writer.varint(target.length);
      writer.bytes(target);
      return REF_SYMBOLIC;
    }
  }
}

function putId(writer: ByteWriter, id: string | Uint8Array, idSize: number): void {
  const start = writer.reserve(idSize);
  putObjectId(writer.buffer, start, id, idSize);
}
