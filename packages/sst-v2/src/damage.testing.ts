/* Damage to tables that gets past the footer's checksum. */
import { deflateSync } from 'node:zlib';
import { crc32 } from '@reftable/block/crc32';
import type { Random } from '@reftable/conformance/hostile';
import { getU16, putU16, putU24, putU32 } from '@reftable/varint';

import type { BlockInfo } from './sst-core.js';
import { bytes, open } from './sst.testing.js';

/** Where the footer of a sound table starts. */
export function footerStart(table: Uint8Array): number {
  return table.length - getU16(table, table.length - 10);
}

/** A copy of a table, with the checksum of its footer made right. */
export function sealed(table: Uint8Array, start = footerStart(table)): Uint8Array {
  const copy = table.slice();
  putU32(copy, copy.length - 4, crc32(copy.subarray(Math.max(0, start), copy.length - 4)));
  return copy;
}

/** The blocks of a sound table. */
export function blocksOf(table: Uint8Array): BlockInfo[] {
  return [...open(table).blocks()];
}

/** A block of one restart for each record, its body compressed if `codec` is 1. */
export function block(codec: number, records: readonly Uint8Array[], statedLength?: number): Uint8Array {
  const restarts: number[] = [];
  let offset = 4;
  for (const { length } of records) {
    restarts.push(offset);
    offset += length;
  }
  const trailer = new Uint8Array(3 * restarts.length + 2);
  restarts.forEach((restart, index) => {
    putU24(trailer, 3 * index, restart);
  });
  putU16(trailer, trailer.length - 2, restarts.length);
  const body = bytes(...records, trailer);
  const length = new Uint8Array(4);
  putU32(length, 0, statedLength ?? body.length);
  const made = codec === 0 ? bytes(0, 0, 0, 0, body) : bytes(codec, 0, 0, 0, length, deflateSync(body, { level: 9 }));
  putU24(made, 1, made.length);
  return made;
}

/** A record whose key is stored whole; key and value shorter than 16 and 128 bytes. */
export function record(key: string, value: Uint8Array, extra = 0): Uint8Array {
  return bytes(0, key.length * 8 + extra, key, value.length, value);
}

/** A table of these blocks, unaligned. */
export function assemble(blocks: readonly Uint8Array[], root: number): Uint8Array {
  const footer = bytes('SSTB', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 26, 'REFT', 0, 0, 0, 0);
  putU32(footer, 12, root);
  return sealed(bytes(...blocks, footer));
}

/** Random damage to a table: to bytes, numbers, blocks and the footer, each now and then. */
export function mutate(table: Uint8Array, random: Random): Uint8Array {
  let damaged: Uint8Array = table.slice();
  const blocks = blocksOf(table);
  for (let count = 1 + random.below(3); count > 0; count--) {
    const { position, size } = random.pick(blocks);
    const at = position + random.below(size);
    switch (random.below(8)) {
      case 0:
        damaged[at] = random.below(256);
        break;
      case 1:
        damaged[at]! ^= 1 << random.below(8);
        break;
      case 2:
        // The size in the header, the restart count, the last restart.
        putU24(damaged, position + 1, random.pick([0, 4, 13, size - 1, size + 1, 0xff_ffff, random.below(table.length)]));
        break;
      case 3:
        putU16(damaged, position + size - 2, random.pick([0, 1, 2, 0xffff, random.below(20)]));
        break;
      case 4:
        putU24(damaged, position + size - 5, random.pick([0, 3, 4, size, 0xff_ffff, random.below(size)]));
        break;
      case 5: {
        // Another block's bytes in this one's place.
        const other = random.pick(blocks);
        damaged.set(table.subarray(other.position, other.position + Math.min(size, other.size)), position);
        break;
      }
      case 6:
        damaged[position] = random.pick([0, 1, 2, 0x80, 0xff]);
        break;
      default:
        // Block size and root.
        damaged[footerStart(table) + 5 + random.below(11)] = random.pick([0, 1, 16, 64, 255, random.below(256)]);
    }
  }
  if (random.below(20) === 0) {
    // Bytes taken out, or put in, in front of the footer.
    const at = random.below(footerStart(table));
    const gap = random.below(2) === 0 ? new Uint8Array(1 + random.below(8)) : bytes();
    damaged = bytes(damaged.subarray(0, at), gap, damaged.subarray(gap.length === 0 ? at + 1 + random.below(8) : at));
  }
  return sealed(damaged);
}
