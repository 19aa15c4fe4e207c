/*
 * The frames of a log: what a header says, and where frames can be. All arithmetic of blocks is here. SPEC.md, "Frames" and "Blocks".
 *
 *   frame  = header size (1 byte) | header | body
 *   header = 10: size of the body | 11: discriminant | 12: CRC-32C of the body, 4 bytes, the lowest first
 */
import { type ByteWriter } from '@reftable/varint/bytes';
import { crc32c } from './crc32c.js';
import { BLOCK_SIZE } from './limits.js';
import { MAX_VARINT_SIZE, type MessageReader, putFixed32, putVarint, varintSize } from './protobuf.js';

/** The tags of a header: field number * 8 + wire type. */
const SIZE = 10 << 3;
const DISCRIMINANT = 11 << 3;
const CRC32C = (12 << 3) | 5;

/** What the body of a frame is: a whole batch, or its first or second part. */
export const WHOLE = 1;
export const FIRST = 2;
export const SECOND = 3;

/** Bytes of the longest header that there can be, with the byte that says how long it is: the size is taken to need any varint. */
export const MAX_HEADER_SIZE = 1 + (1 + MAX_VARINT_SIZE) + (1 + 1) + (1 + 4);

/** Bytes of the header of a body of `bodySize` bytes, with the byte that says how long it is. */
export function headerSize(bodySize: number): number {
  return 1 + (1 + varintSize(bodySize)) + (1 + 1) + (1 + 4);
}

/** Writes a frame. */
export function putFrame(out: ByteWriter, discriminant: number, body: Uint8Array): void {
  out.u8(headerSize(body.length) - 1);
  putVarint(out, SIZE);
  putVarint(out, body.length);
  putVarint(out, DISCRIMINANT);
  putVarint(out, discriminant);
  putVarint(out, CRC32C);
  putFixed32(out, crc32c(body));
  out.bytes(body);
}

/** What a header says. What it does not say is 0. */
export class FrameHeader {
  /** Bytes of the body; Infinity where it says more than 32 bits do. */
  size = 0;
  discriminant = 0;
  crc32c = 0;

  /** Takes it from a message that was opened. @throws `MESSAGE` (format) */
  read(message: MessageReader): void {
    this.size = this.discriminant = this.crc32c = 0;
    while (message.next()) {
      switch (message.tag) {
        case SIZE:
          message.requireMinimal();
          this.size = message.high === 0 ? message.low : Infinity;
          break;
        case DISCRIMINANT:
          message.requireMinimal();
          if (message.high !== 0) throw message.malformed('has a discriminant of more than 32 bits');
          this.discriminant = message.low;
          break;
        case CRC32C:
          this.crc32c = message.low;
          break;
      }
    }
  }
}

/** How many bytes are left in the block that what is written at `offset` will be in. */
export function roomAt(offset: number): number {
  return BLOCK_SIZE - (offset % BLOCK_SIZE);
}

/** The first block boundary at or past `offset`. */
export function boundaryAt(offset: number): number {
  return Math.ceil(offset / BLOCK_SIZE) * BLOCK_SIZE;
}

/** How much of a batch that does not fit goes into the room that is left; 0: none, the room is padded. */
export function firstPartSize(room: number): number {
  return Math.max(room - MAX_HEADER_SIZE, 0);
}
