/*
 * The bytes of logs, from what was appended to them. Most logs are a megabyte of filler, so they are not stored: they are put together anew, and
 * must then have the checksum that the crate's own had. It is written for that alone, as plainly as can be.
 */

/** An entry that was appended; without a value it is a delete. */
export interface SstEntry {
  readonly key: Uint8Array;
  readonly timestamp: bigint;
  readonly value: Uint8Array | undefined;
}

const BLOCK = 2 ** 20;
const LONGEST_HEADER = 19;
const [WHOLE, FIRST, SECOND] = [1, 2, 3];

/** The log that the crate writes when the batches are appended one after another. */
export function logBytes(batches: readonly (readonly SstEntry[])[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const write = (piece: Uint8Array) => {
    pieces.push(piece);
    size += piece.length;
  };
  for (const batch of batches) {
    const body = concat(batch.map(entryBytes));
    const whole = frame(WHOLE, body);
    if (whole.length > room(size) && room(size) <= LONGEST_HEADER) write(new Uint8Array(room(size)));
    if (whole.length <= room(size)) write(whole);
    else {
      const split = room(size) - LONGEST_HEADER;
      write(frame(FIRST, body.subarray(0, split)));
      write(new Uint8Array(room(size)));
      write(frame(SECOND, body.subarray(split)));
    }
  }
  return concat(pieces);
}

/** What is hashed for `entriesSha256`. */
export function digestInput(entries: readonly SstEntry[]): Uint8Array {
  return concat(
    entries.flatMap(({ key, timestamp, value }) => {
      const base = [Uint8Array.of(value === undefined ? 0 : 1), little(key.length, 4), key, little(timestamp, 8)];
      return value === undefined ? base : [...base, little(value.length, 4), value];
    }),
  );
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function room(offset: number): number {
  return BLOCK - (offset % BLOCK);
}

function frame(discriminant: number, body: Uint8Array): Uint8Array {
  const header = concat([field(10, 0), varint(body.length), field(11, 0), varint(discriminant), field(12, 5), little(crc32c(body), 4)]);
  return concat([Uint8Array.of(header.length), header, body]);
}

function entryBytes({ key, timestamp, value }: SstEntry): Uint8Array {
  const first = value === undefined ? 5 : 1;
  const parts = [field(first, 0), varint(0), field(first + 1, 2), varint(key.length), key, field(first + 2, 0), varint(timestamp)];
  if (value !== undefined) parts.push(field(4, 2), varint(value.length), value);
  const message = concat(parts);
  return concat([field(value === undefined ? 9 : 8, 2), varint(message.length), message]);
}

function field(number: number, wireType: number): Uint8Array {
  return varint(number * 8 + wireType);
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

function little(value: number | bigint, width: number): Uint8Array {
  return Uint8Array.from({ length: width }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 255n));
}

const CRC_TABLE = Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
  return sum;
});

function crc32c(bytes: Uint8Array): number {
  let sum = -1;
  for (const byte of bytes) sum = (sum >>> 8) ^ CRC_TABLE[(sum ^ byte) & 255]!;
  return ~sum >>> 0;
}
