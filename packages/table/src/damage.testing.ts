/*
 * Damages for tables: random ones, made with an eye to the format so that many get past the first checks, and the means
 * to make others. A table is taken apart into its blocks, log blocks inflated; those are changed; and it is put together
 * again, so that what is damaged lies behind lengths, deflated streams and checksums that are right.
 */
import { Buffer } from 'node:buffer';
import { constants, deflateSync } from 'node:zlib';
import { BlockCursor, idSize, LOG_BLOCK, type Block } from '@reftable/block';
import { crc32 } from '@reftable/block/crc32';
import type { Random } from '@reftable/conformance/hostile';
import { BytesSource } from '@reftable/io';
import { encodeVarint, getU24, putU16, putU24, putU32, putU64 } from '@reftable/varint';
import { footerSize } from './footer.js';
import { headerSize } from './header.js';
import { openTableSync } from './table.js';

/** A block as it is taken out of a table. */
interface Piece {
  readonly type: number;
  /** Offset in the file from which it was taken. */
  readonly position: number;
  /** Bytes of file header in front. */
  readonly headerOffset: number;
  /** The block, inflated. */
  readonly bytes: Uint8Array;
  /** The block as it stands in the file; undefined once it is changed. */
  readonly stored: Uint8Array | undefined;
  /** Where in `bytes` the last byte of each key stands. */
  readonly keyEnds: readonly number[];
  /** Bytes of padding behind it. */
  readonly padding: number;
}

/** A sound table, taken apart. */
export interface Parts {
  readonly pieces: readonly Piece[];
  /** The header, where no block holds it. */
  readonly header: Uint8Array;
  readonly footer: Uint8Array;
}

/** Takes a sound table apart. */
export function takeApart(table: Uint8Array): Parts {
  const reader = openTableSync(new BytesSource(table));
  const start = headerSize(reader.info.version);
  const cursor = new BlockCursor(idSize(reader.info.hash));
  const pieces = Array.from(reader.blocks(), (block): Piece => {
    const { type, position, bytes, sizeOnDisk, end } = block;
    const stored = table.slice(position, position + sizeOnDisk);
    const padding = end - position - sizeOnDisk;
    return { type, position, headerOffset: position === 0 ? start : 0, bytes, stored, keyEnds: keyEndsOf(block, cursor), padding };
  });
  return {
    pieces,
    header: table.slice(0, pieces[0]?.position ?? start),
    footer: table.slice(table.length - footerSize(reader.info.version)),
  };
}

function keyEndsOf(block: Block, cursor: BlockCursor): number[] {
  const ends: number[] = [];
  cursor.reset();
  cursor.enter(block);
  while (cursor.next()) ends.push(cursor.valueStart - 1);
  return ends;
}

/** Where the positions of sections stand in a footer, counted from its end: of the second, only what is above the last 5 bits. */
const FOOTER_POSITIONS = [44, 36, 28, 20, 12];

/** Makes a log block's stream. */
type Deflate = (bytes: Uint8Array) => Uint8Array;

/** Puts a table together: changed log blocks are deflated, and the footer says where the blocks now are that it named. It is not sealed. */
export function putTogether({ pieces, header, footer }: Parts, deflate: Deflate = deflateSync): Uint8Array {
  const out: Uint8Array[] = [header];
  const moved = new Map<bigint, number>();
  let position = header.length;
  for (const piece of pieces) {
    moved.set(BigInt(piece.position), position);
    const bytes = piece.stored ?? store(piece, deflate);
    out.push(bytes, new Uint8Array(piece.padding));
    position += bytes.length + piece.padding;
  }
  const last = Buffer.from(footer);
  for (const [index, fromEnd] of FOOTER_POSITIONS.entries()) {
    const shift = index === 1 ? 5n : 0n;
    const field = last.readBigUInt64BE(last.length - fromEnd);
    const to = moved.get(field >> shift);
    if (field !== 0n && to !== undefined) putU64(last, last.length - fromEnd, (BigInt(to) << shift) | (field & ((1n << shift) - 1n)));
  }
  return Uint8Array.from(Buffer.concat([...out, last]));
}

function store({ type, headerOffset, bytes }: Piece, deflate: Deflate): Uint8Array {
  const start = headerOffset + 4;
  return type === LOG_BLOCK ? Buffer.concat([bytes.subarray(0, start), deflate(bytes.subarray(start))]) : bytes;
}

/** Makes the footer's checksum right, whatever the footer is; `withHeader`: and first repeats the header in it. */
export function seal(table: Uint8Array, withHeader: boolean): Uint8Array {
  const version = table[4] === 2 ? 2 : 1;
  const start = table.length - footerSize(version);
  if (start < headerSize(version)) return table;
  const sealed = table.slice();
  if (withHeader) sealed.copyWithin(start, 0, headerSize(version));
  putU32(sealed, sealed.length - 4, crc32(sealed.subarray(start, -4)));
  return sealed;
}

/** Numbers at which something may go wrong. */
const NUMBERS = [0, 1, 2, 3, 4, 5, 7, 8, 20, 24, 28, 32, 127, 128, 255, 256, 4095, 4096, 65535, 65536, 2 ** 24 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1];
const HUGE_NUMBERS = [2n ** 53n, 2n ** 61n - 1n, 2n ** 63n, 2n ** 64n - 2n, 2n ** 64n - 1n];

/** Ways in which a writer may deflate. */
const DEFLATES: readonly ((random: Random) => Deflate)[] = [
  () => (bytes) => deflateSync(bytes, { level: 9 }),
  () => (bytes) => deflateSync(bytes, { level: 0 }),
  () => (bytes) => deflateSync(bytes, { strategy: constants.Z_FIXED }),
  () => (bytes) => deflateSync(bytes, { strategy: constants.Z_HUFFMAN_ONLY, windowBits: 9 }),
];

/** Ways in which no writer does. */
const BAD_DEFLATES: typeof DEFLATES = [
  (random) => (bytes) => changeBytes(deflateSync(bytes), random),
  (random) => (bytes) => deflateSync(bytes).subarray(0, -1 - random.below(6)),
];

/** A damaged copy of a table that was taken apart; `other` is another, of which parts may be put in. */
export function mutate(parts: Parts, other: Parts, random: Random): Uint8Array {
  let pieces: readonly Piece[] = parts.pieces;
  if (pieces.length > 0) {
    for (let count = random.below(4); count > 0; count--) pieces = changePiece(pieces, other.pieces, random);
    if (random.once(8)) pieces = changeOrder(pieces, random);
  }
  const footer = random.once(4) ? changeFooter(parts, random) : parts.footer;
  let table = putTogether({ ...parts, pieces, footer }, random.pick(random.once(8) ? BAD_DEFLATES : DEFLATES)(random));
  if (random.once(12)) table = changeHeader(table, random);
  if (random.once(4)) table = changeBytes(table, random);
  if (random.once(30)) table = table.slice(0, random.below(table.length));
  return random.once(16) ? table : seal(table, !random.once(16));
}

/** Changes what is in one block. */
function changePiece(pieces: readonly Piece[], others: readonly Piece[], random: Random): Piece[] {
  let index = random.below(pieces.length);
  // The last block of its kind: at its end a reader must know where to stop.
  if (random.once(3)) while (pieces[index + 1]?.type === pieces[index]!.type) index++;
  const piece = pieces[index]!;
  const from = random.once(3) ? random.pick(others.length > 0 ? others : pieces) : piece;
  const start = piece.headerOffset;
  const { length } = piece.bytes;
  const at = start + random.below(length - start);
  let bytes: Uint8Array = piece.bytes.slice();
  switch (random.below(10)) {
    case 0:
      // The length of the block, or the count of its restarts.
      if (random.once(2)) putU24(bytes, start + 1, random.once(2) ? random.pick(NUMBERS) : length + random.below(9) - 4);
      else putU16(bytes, length - 2, random.once(2) ? random.pick(NUMBERS) : random.below(9));
      break;
    case 1:
      bytes[start] = random.pick([0x72, 0x6f, 0x67, 0x69, 0, 0x78]);
      break;
    case 2: {
      // A restart's offset: in the last bytes of the block, or thereabouts.
      const where = Math.max(start, length - 5 - 3 * random.below(4));
      putU24(bytes, where, random.once(2) ? random.pick(NUMBERS) : random.below(length));
      break;
    }
    case 3: {
      const position = random.pick(pieces).position + (random.once(2) ? 0 : random.below(64));
      const number = random.pick([position, random.pick(NUMBERS), random.pick(HUGE_NUMBERS)]);
      bytes.set(encodeVarint(number).subarray(0, length - at), at);
      break;
    }
    case 4: {
      // A part of this or of another block, in place of what is here or in between.
      const first = random.below(from.bytes.length);
      const part = from.bytes.subarray(first, first + 1 + random.below(64));
      bytes = splice(bytes, at, random.once(2) ? part.length : 0, part);
      break;
    }
    case 5:
    case 6:
      // A key: the last of the block, or any.
      bytes[random.once(2) ? piece.keyEnds.at(-1)! : random.pick(piece.keyEnds)] = random.pick([0, 0x21, 0x30, 0x7a, 0xff]);
      break;
    case 7:
      bytes = splice(bytes, at, 1 + random.below(16), new Uint8Array(0));
      break;
    default:
      bytes = changeBytes(bytes, random, start);
  }
  if (bytes.length !== length && bytes.length >= start + 4 && !random.once(4)) putU24(bytes, start + 1, bytes.length);
  // A log block that is cut down to nothing has no header to put in front of its stream.
  const type = bytes.length >= start + 4 ? bytes[start]! : 0;
  return pieces.with(index, { ...piece, type, bytes, stored: undefined });
}

/** Leaves out a block, writes one twice, or exchanges two. The first stays: it has the header. */
function changeOrder(pieces: readonly Piece[], random: Random): Piece[] {
  const [a, b] = [1 + random.below(pieces.length), 1 + random.below(pieces.length)];
  const [first, second] = [pieces[a], pieces[b]];
  if (first === undefined || second === undefined) return pieces.concat(pieces.at(-1)!);
  if (random.once(3)) return pieces.toSpliced(a, 1);
  return random.once(2) ? pieces.toSpliced(a, 0, second) : pieces.with(a, second).with(b, first);
}

/** Moves a section. */
function changeFooter({ pieces, footer }: Parts, random: Random): Uint8Array {
  const changed = footer.slice();
  const fields = FOOTER_POSITIONS.filter((at) => changed.subarray(-at, 8 - at).some((byte) => byte > 0));
  const fromEnd = random.pick(fields.length === 0 || random.once(4) ? FOOTER_POSITIONS : fields);
  const near = pieces.length === 0 ? 0 : random.pick(pieces).position + random.below(3);
  const position = BigInt(random.pick([0, 0, near, near, random.pick(NUMBERS), random.pick(HUGE_NUMBERS)]));
  putU64(changed, changed.length - fromEnd, fromEnd === 36 ? BigInt.asUintN(64, position << 5n) | BigInt(random.below(32)) : position);
  return changed;
}

/** Changes what the header says. */
function changeHeader(table: Uint8Array, random: Random): Uint8Array {
  const changed = table.slice();
  if (changed.length < 28) return changed;
  const at = random.pick([4, 5, 8, 16, 24]);
  if (at === 4) changed[at] = random.below(4);
  else if (at === 5) putU24(changed, at, random.once(2) ? random.pick(NUMBERS) : getU24(changed, at) + random.below(3) - 1);
  else if (at === 24) changed.set(Buffer.from(random.pick(['sha1', 's256'])), at);
  else putU64(changed, at, random.once(2) ? random.pick(NUMBERS) : random.pick(HUGE_NUMBERS));
  return changed;
}

/** Changes some bytes from `start` on. */
function changeBytes(bytes: Uint8Array, random: Random, start = 0): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (let count = 1 + random.below(random.once(4) ? 8 : 2); count > 0 && changed.length > start; count--) {
    const at = start + random.below(changed.length - start);
    const old = changed[at]!;
    changed[at] = random.pick([old ^ (1 << random.below(8)), old + 1, old - 1, 0, 0xff, 0x7f, 0x80, random.below(256)]);
  }
  return changed;
}

function splice(bytes: Uint8Array, at: number, remove: number, part: Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at + remove)]));
}
