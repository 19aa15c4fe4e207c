/*
 * Finding a key among the restarts of a block. What takes time there is waiting for memory: the offset of each restart that is looked
 * at stands at the block's end, and its key somewhere before. So of each block that is searched a digest is kept, small and in one piece:
 *
 *   how many bytes all its keys are said to have in common
 *   number of restarts
 *   for each restart: its head, the next 6 bytes of its key as a number
 *   for each restart: its offset
 *
 * Keys whose heads differ are in the order of these. Only keys of one head are looked at in the block.
 */
import { getU24, skipVarint } from '@reftable/varint';
import { lengthAt, type Block } from './block.js';
import type { RestartDigests } from './restart-digests.js';

/**
 * The offset of the last restart whose key is not after the first `length` bytes of the target, or of the first restart.
 * @param known bytes of the target that every key of the block is said to start with
 * @param digests where the block's digest is kept, as that of number `index`
 * @throws `RESTART_OFFSET`, `RECORD_TRUNCATED`
 */
export function lastRestartNotAfter(block: Block, target: Uint8Array, length: number, known: number, digests: RestartDigests, index: number): number {
  const { numbers } = digests;
  let start = digests.starts[index]!;
  if (start === 0 || numbers[start]! > known) start = digests.add(index, digestOf(block, known));
  const from = numbers[start]! | 0;
  const wanted = headOf(target, from, length);
  const count = numbers[start + 1]! | 0;
  const heads = start + 2;
  const offsets = heads + count;
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const head = numbers[heads + middle]!;
    if (head < wanted || (head === wanted && isNotAfter(block, numbers[offsets + middle]! | 0, target, length, from))) low = middle;
    else high = middle - 1;
  }
  return numbers[offsets + low]! | 0;
}

function digestOf(block: Block, known: number): number[] {
  const heads = [known, block.restartCount];
  const offsets: number[] = [];
  for (let index = 0; index < block.restartCount; index++) {
    const offset = block.restart(index);
    const { start, end } = keyAt(block, offset);
    heads.push(headOf(block.bytes, start + known, end));
    offsets.push(offset);
  }
  return heads.concat(offsets);
}

/** The 6 bytes from `start` on, those at and past `end` taken as 0. */
export function headOf(bytes: Uint8Array, start: number, end: number): number {
  if (start + 6 <= end) return getU24(bytes, start) * 0x100_0000 + getU24(bytes, start + 3);
  let head = 0;
  for (let pos = start; pos < start + 6; pos++) head = head * 256 + (pos < end ? bytes[pos]! : 0);
  return head;
}

/** Compares the key of the restart at `offset` with a target that has its first `shared` bytes. */
function isNotAfter(block: Block, offset: number, target: Uint8Array, length: number, shared: number): boolean {
  const { bytes } = block;
  const { start, end } = keyAt(block, offset);
  let pos = start + shared;
  let at = shared;
  while (pos < end && at < length && bytes[pos] === target[at]) {
    pos++;
    at++;
  }
  return pos >= end || (at < length && bytes[pos]! < target[at]!);
}

/** Where the key of a restart starts and ends. */
function keyAt(block: Block, offset: number): { readonly start: number; readonly end: number } {
  const { bytes, recordsEnd } = block;
  if (bytes[offset] !== 0) throw block.damage('RESTART_OFFSET', 'restart is at a key that is not whole', offset);
  const length = lengthAt(block, offset + 1) >>> 3;
  const start = skipVarint(bytes, offset + 1, recordsEnd);
  return { start, end: Math.min(start + length, recordsEnd) };
}
