/* The first byte of a key in a Git table says what the record is. So refs come first, then objects, then logs. */
import { ByteWriter } from '@reftable/varint/bytes';

/** `a`, and the ref's name. */
export const REF_KEY = 0x61;

/** `b`, and the object id, or its first bytes. */
export const OBJECT_KEY = 0x62;

/** `c`, and the key of a log record in a reftable: name, a zero byte, u64. In GitStorage 2 the zero byte is not there. */
export const LOG_KEY = 0x63;

/** A writer for keys of one kind, one after another: its letter stays, `length = 1` takes back what is behind. */
export function keyWriter(letter: number): ByteWriter {
  const writer = new ByteWriter();
  writer.u8(letter);
  return writer;
}

/** Writes a copy of a part of `bytes`. Keys and values are short: a loop takes less time than it would to make a view of the part. */
export function appendPart(writer: ByteWriter, bytes: Uint8Array, from: number, to: number): void {
  const start = writer.reserve(to - from);
  const { buffer } = writer;
  for (let at = from; at < to; at++) buffer[start + at - from] = bytes[at]!;
}
