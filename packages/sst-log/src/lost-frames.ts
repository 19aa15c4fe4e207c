/*
 * Tells a frame that was not written to its end from one that was, and whose size or length of header was damaged afterwards. Both claim to go on
 * past the end of the log; but the second has whole frames in what it claims.
 */
import { crc32c } from './crc32c.js';
import { SECOND, WHOLE } from './frame.js';
import { getFixed32 } from './protobuf.js';

/** The tags of a header as they are written. */
const SIZE_TAG = 0x50;
const DISCRIMINANT_TAG = 0x58;
const CRC32C_TAG = 0x65;

/** A size that a frame can have takes no more groups of 7 bits. */
const SIZE_GROUPS = 3;

/** Bytes of which the checksum is computed at most. What looks like so many headers was made to, and the answer is the careful one. */
const BUDGET = 1 << 26;

/**
 * Whether a whole frame with the right checksum starts anywhere in these bytes, as a writer writes it; or the header of one whose body is what
 * follows up to the end, whatever it gives for a size.
 */
export function holdsWholeFrame(bytes: Uint8Array): boolean {
  let spent = 0;
  for (let at = bytes.indexOf(SIZE_TAG); at >= 0; at = bytes.indexOf(SIZE_TAG, at + 1)) {
    const sizeEnd = endOfSize(bytes, at + 1);
    const body = sizeEnd + 7;
    if (body > bytes.length || bytes[sizeEnd] !== DISCRIMINANT_TAG || bytes[sizeEnd + 2] !== CRC32C_TAG) continue;
    const discriminant = bytes[sizeEnd + 1]!;
    if (discriminant < WHOLE || discriminant > SECOND) continue;
    const size = sizeFrom(bytes, at + 1, sizeEnd);
    const end = Math.min(body + size, bytes.length);
    if (end === body) continue;
    spent += end - body;
    if (spent > BUDGET || crc32c(bytes, body, end) === getFixed32(bytes, sizeEnd + 3)) return true;
  }
  return false;
}

function endOfSize(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < start + SIZE_GROUPS && end < bytes.length && bytes[end]! > 127) end++;
  return end + 1;
}

function sizeFrom(bytes: Uint8Array, start: number, end: number): number {
  let size = 0;
  for (let at = end - 1; at >= start; at--) size = size * 128 + (bytes[at]! & 127);
  return size;
}
