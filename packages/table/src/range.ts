import { textBytes } from '@reftable/block';
import type { KeyRange } from '@reftable/io';
import { compareBytes, pastPrefix } from '@reftable/varint';

/** Which refs are wanted. Everything given must hold. */
export interface RefRange {
  /** Only names that start with this. */
  readonly prefix?: string | Uint8Array;
  /** Only names at or after this, in the order of bytes. */
  readonly from?: string | Uint8Array;
  /** Only names after all that start with this. */
  readonly past?: string | Uint8Array;
  /** No names that start with any of these; they are jumped over, not read. An empty one is ignored. */
  readonly exclude?: readonly (string | Uint8Array)[];
  /** Tombstones too. Default false. */
  readonly tombstones?: boolean;
}

const EMPTY = new Uint8Array(0);

/** A range of refs in bytes; undefined if nothing can be in it. */
export function keyRange(range: RefRange): KeyRange | undefined {
  const prefix = textBytes(range.prefix ?? EMPTY);
  const past = range.past === undefined ? EMPTY : pastPrefix(textBytes(range.past));
  if (past === undefined) return undefined;
  const start = [prefix, textBytes(range.from ?? EMPTY), past].reduce((a, b) => (compareBytes(a, b) < 0 ? b : a));
  const exclude = (range.exclude ?? []).map(textBytes).filter((bytes) => bytes.length > 0);
  return { start, prefix, exclude, tombstones: range.tombstones ?? false };
}
