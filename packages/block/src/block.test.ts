import { deflateSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { INDEX_BLOCK, isBlockType, LOG_BLOCK, OBJECT_BLOCK, REF_BLOCK } from './block-type.js';
import type * as BlockModule from './block.js';
import { maxSizeOnDisk, parseBlock, parseBlockHeader, type BlockPlace } from './block.js';
import { bytes, codeOf, noise, PLACE, rawBlock, rawRecord, u16, u24 } from './block.testing.js';

const a = rawRecord(0, 'refs/a', 0, bytes(0));
const b = rawRecord(5, 'b', 0, bytes(0));
const c = rawRecord(0, 'refs/c', 0, bytes(0));
/** Two restarts: at `a` and at `c`. */
const good = rawBlock(REF_BLOCK, [a, b, c], [4, 4 + a.length + b.length]);

const withLength = (block: Uint8Array, length: number): Uint8Array => bytes(block.subarray(0, 1), u24(length), block.subarray(4));

test('a block type is one of four letters', () => {
  expect(Array.from({ length: 256 }, (_, byte) => byte).filter(isBlockType)).toEqual([INDEX_BLOCK, LOG_BLOCK, OBJECT_BLOCK, REF_BLOCK].sort());
  expect(String.fromCharCode(LOG_BLOCK, INDEX_BLOCK, REF_BLOCK, OBJECT_BLOCK)).toBe('giro');
  expect(isBlockType(undefined)).toBe(false);
});

describe('a sound block', () => {
  test('says what it is, and where its records and restarts are', () => {
    const block = parseBlock(good, { ...PLACE, position: 4096, file: 'x.ref' });
    expect(block).toMatchObject({ type: REF_BLOCK, position: 4096, sizeOnDisk: good.length, file: 'x.ref' });
    expect(block).toMatchObject({ recordsStart: 4, recordsEnd: 4 + a.length + b.length + c.length, restartCount: 2 });
    expect([block.restart(0), block.restart(1)]).toEqual([4, 4 + a.length + b.length]);
    expect(block.bytes).toEqual(good);
  });

  test('in the first block, the file header is part of it', () => {
    const first = bytes(new Uint8Array(24), 'r', u24(24 + 4 + a.length + 5), a, u24(28), u16(1));
    const block = parseBlock(first, { ...PLACE, headerOffset: 24 });
    expect(block).toMatchObject({ recordsStart: 28, recordsEnd: 28 + a.length, end: first.length });
  });

  test('bytes that follow are not part of it', () => {
    expect(parseBlock(bytes(good, 'r and more'), PLACE).bytes).toEqual(good);
  });
});

describe('where the next block is', () => {
  const at = (behind: readonly (number | string)[], place: Partial<BlockPlace> = {}): number =>
    parseBlock(bytes(good, ...behind), { ...PLACE, alignment: 64, ...place }).end;

  test('behind the padding, where zeros follow', () => {
    expect(at([0, 0, 0, 0, 0])).toBe(64);
    expect(at([0, 0], { position: 640 })).toBe(704);
  });

  test('behind the block, where it is not padded: another block or the footer follows', () => {
    for (const next of ['g', 'i', 'o', 'r', 'R']) expect(at([next])).toBe(good.length);
  });

  test('behind the block, at the end of what there is', () => {
    expect(at([])).toBe(good.length);
  });

  test('behind the block, in a table that is not aligned', () => {
    expect(at([0, 0, 0], { alignment: 0 })).toBe(good.length);
  });

  test('behind a block that fills the alignment exactly', () => {
    expect(at(['r'], { alignment: good.length })).toBe(good.length);
  });

  test('behind the padding of a block that is larger than the alignment, as index blocks of JGit may be', () => {
    expect(good.length).toBeGreaterThan(32);
    expect(at([0, 0], { alignment: 16 })).toBe(Math.ceil(good.length / 16) * 16);
  });
});

describe('damage to the header', () => {
  test.each([
    ['no type of a block', 'BLOCK_TYPE', bytes('x', good.subarray(1))],
    ['a zero for a type', 'BLOCK_TYPE', bytes(0, good.subarray(1))],
    ['no bytes at all', 'BLOCK_TYPE', bytes()],
    ['three bytes', 'BLOCK_TYPE', good.subarray(0, 3)],
    ['length 0', 'BLOCK_LENGTH', withLength(good, 0)],
    ['length below the header', 'BLOCK_LENGTH', withLength(good, 3)],
    ['length without room for a restart', 'BLOCK_LENGTH', withLength(good, 4 + 4)],
    ['length one more than there is', 'BLOCK_LENGTH', withLength(good, good.length + 1)],
    ['length of 2^24-1', 'BLOCK_LENGTH', withLength(good, 0xff_ffff)],
    ['log length below the header', 'BLOCK_LENGTH', bytes('g', u24(3), deflateSync(good))],
    ['log length 0', 'BLOCK_LENGTH', bytes('g', u24(0), deflateSync(good))],
  ])('%s', (_, code, input) => {
    expect(codeOf(() => parseBlock(input, PLACE))).toBe(code);
  });

  test('in a first block, a length that counts from the block header only', () => {
    const first = bytes(new Uint8Array(24), 'r', u24(24 + 8), a, u24(28), u16(1));
    expect(codeOf(() => parseBlock(first, { ...PLACE, headerOffset: 24 }))).toBe('BLOCK_LENGTH');
  });

  test('the error says where, in the file', () => {
    const place = { ...PLACE, position: 512, file: 'some.ref' };
    expect(() => parseBlock(bytes('x', good.subarray(1)), place)).toThrow(
      expect.objectContaining({ code: 'BLOCK_TYPE', kind: 'format', offset: 512, file: 'some.ref' }),
    );
  });
});

describe('damage to the restarts', () => {
  const second = 4 + a.length + b.length;
  const end = second + c.length;
  const records = [a, b, c];
  test.each([
    ['count 0', 'RESTART_COUNT', rawBlock(REF_BLOCK, records, [])],
    ['count 0xffff', 'RESTART_COUNT', bytes(good.subarray(0, -2), 0xff, 0xff)],
    ['as many restarts as leave no records', 'RESTART_COUNT', rawBlock(REF_BLOCK, [], [4])],
    ['offset 0xffffff', 'RESTART_OFFSET', rawBlock(REF_BLOCK, records, [4, 0xff_ffff])],
    ['offset in the restarts', 'RESTART_OFFSET', rawBlock(REF_BLOCK, records, [4, end])],
    ['offset in the header', 'RESTART_OFFSET', rawBlock(REF_BLOCK, records, [4, 0])],
    ['the first restart is not the first record', 'RESTART_OFFSET', rawBlock(REF_BLOCK, records, [second])],
    ['restarts that descend', 'RESTART_OFFSET', rawBlock(REF_BLOCK, records, [4, second, 4 + a.length])],
    ['one restart twice', 'RESTART_OFFSET', rawBlock(REF_BLOCK, records, [4, second, second])],
  ])('%s', (_, code, input) => {
    expect(codeOf(() => parseBlock(input, PLACE))).toBe(code);
  });
});

/* The same with either of the two modules that may stand behind `#zlib`. */
describe.each(['./zlib.js', './zlib.node.js'])('log blocks through %s', async (zlib) => {
  vi.resetModules();
  vi.doMock('#zlib', () => vi.importActual(zlib));
  const { parseBlock }: typeof BlockModule = await import('./block.js');
  vi.doUnmock('#zlib');

  const inflated = rawBlock(LOG_BLOCK, [rawRecord(0, 'refs/a', 1, noise(200)), rawRecord(0, 'refs/b', 0, bytes())], [4]);
  const stream = new Uint8Array(deflateSync(inflated.subarray(4), { level: 9 }));
  const head = inflated.subarray(0, 4);
  const place = { ...PLACE, position: 1000 };
  const refused = (input: Uint8Array): void => {
    expect(() => parseBlock(input, place)).toThrow(expect.objectContaining({ code: 'LOG_DEFLATE', kind: 'format', offset: 1000 }));
  };

  test('come out inflated, with the size that they have in the file, whatever follows', () => {
    for (const behind of [bytes(), bytes(0, 0, 0), bytes('gREFT'), noise(300)]) {
      const block = parseBlock(bytes(head, stream, behind), { ...place, alignment: 4096 });
      expect(block.bytes).toEqual(inflated);
      expect(block).toMatchObject({ type: LOG_BLOCK, sizeOnDisk: 4 + stream.length, end: 1000 + 4 + stream.length });
    }
  });

  test('keep the file header in front, where they are the first', () => {
    const first = rawBlock(LOG_BLOCK, [rawRecord(0, 'refs/a', 0, bytes())], [28]);
    const header = noise(24);
    const input = bytes(header, 'g', u24(24 + first.length), deflateSync(first.subarray(4)));
    const block = parseBlock(input, { ...PLACE, headerOffset: 24 });
    expect(block.bytes).toEqual(bytes(header, 'g', u24(24 + first.length), first.subarray(4)));
    expect(block).toMatchObject({ recordsStart: 28, sizeOnDisk: input.length, end: input.length });
  });

  test('every flipped bit of the stream is found, or changes nothing', () => {
    let harmless = 0;
    for (let bit = 0; bit < stream.length * 8; bit++) {
      const input = bytes(head, stream);
      input[4 + (bit >> 3)]! ^= 1 << (bit & 7);
      const outcome = codeOf(() => parseBlock(input, place).bytes);
      if (outcome !== 'LOG_DEFLATE') {
        expect(outcome).toEqual(inflated);
        harmless++;
      }
    }
    // The level in the header of the stream says nothing of its content; nor do bits that fill a byte up.
    expect(harmless).toBeLessThan(16);
  });

  test('every truncation', () => {
    for (let length = 4; length < 4 + stream.length; length++) refused(bytes(head, stream).subarray(0, length));
  });

  test('one byte more or less than the header says', () => {
    for (const length of [inflated.length - 1, inflated.length + 1]) refused(bytes('g', u24(length), stream));
  });

  test('a stream that inflates to far more', () => {
    refused(bytes('g', u24(100), deflateSync(new Uint8Array(1 << 24))));
  });

  test('a promise that no deflated data of this size can keep costs no memory', () => {
    const before = process.memoryUsage().arrayBuffers;
    refused(bytes('g', u24(0xff_ffff), stream));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });

  test('damage inside names the place of the block, for there is no other in the file', () => {
    const twice = rawBlock(LOG_BLOCK, [rawRecord(0, 'refs/a', 0, bytes())], [4, 4]);
    expect(() => parseBlock(bytes(twice.subarray(0, 4), deflateSync(twice.subarray(4))), place)).toThrow(
      expect.objectContaining({ code: 'RESTART_OFFSET', offset: 1000 }),
    );
  });

  test('the answer does not hang on how much of what follows was read', () => {
    // Many empty pieces make a stream as long as one likes.
    const empty = bytes(0, 0, 0, 0xff, 0xff);
    const plain = inflated.subarray(4);
    const checksum = stream.subarray(-4);
    const long = bytes(0x78, 1, ...Array.from({ length: 100 }, () => empty), 1, plain.length & 255, plain.length >> 8, ~plain.length & 255, (~plain.length >> 8) & 255, plain, checksum);
    const needed = maxSizeOnDisk(parseBlockHeader(head, place));
    expect(long.length).toBeGreaterThan(needed);
    refused(bytes(head, long).subarray(0, needed));
    refused(bytes(head, long));
  });
});

describe('the most bytes that a block may take in the file', () => {
  test('its length, if it is not deflated', () => {
    expect(maxSizeOnDisk({ type: REF_BLOCK, length: 4096 })).toBe(4096);
  });

  test('no less than zlib makes of what does not deflate, however little memory it is given', () => {
    for (const length of [1, 100, 1000, 4096, 65_536, 1_000_000]) {
      for (const memLevel of [1, 2, 8, 9]) {
        for (const level of [0, 1, 9]) {
          const size = 4 + deflateSync(noise(length), { level, memLevel }).length;
          expect(maxSizeOnDisk({ type: LOG_BLOCK, length: length + 4 })).toBeGreaterThanOrEqual(size);
        }
      }
    }
  });
});
