import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeFooter, footerSize, parseFooter, type SectionPositions } from './footer.js';
import type { Header } from './header.js';
import { codeOf, patched, resealed, withFooter } from './table.testing.js';

const v1: Header = { version: 1, hash: 'sha1', blockSize: 4096, minUpdateIndex: 5n, maxUpdateIndex: 9n };
const v2: Header = { ...v1, version: 2, hash: 'sha256' };
const positions: SectionPositions = { refIndex: 4096, objects: 8192, objectIdLength: 3, objectIndex: 12_288, logs: 16_000, logIndex: 17_000 };
const nothing: SectionPositions = { refIndex: 0, objects: 0, objectIdLength: 0, objectIndex: 0, logs: 0, logIndex: 0 };
const START = 20_000;

const parsed = (bytes: Uint8Array, header = v1): unknown => codeOf(() => parseFooter(bytes, START, header, undefined));
const damaged = (fields: Parameters<typeof withFooter>[1]): unknown => parsed(withFooter(encodeFooter(v1, positions), fields));

test('the header again, five positions, the CRC-32: 68 bytes, 72 in version 2', () => {
  const footer = Buffer.from(encodeFooter(v1, positions));
  expect(footer.length).toBe(68);
  expect(footer.subarray(0, 4).toString()).toBe('REFT');
  const fields = [24, 32, 40, 48, 56].map((at) => footer.readBigUInt64BE(at));
  expect(fields).toEqual([4096n, (8192n << 5n) | 3n, 12_288n, 16_000n, 17_000n]);
  expect(footer.readUInt32BE(64)).toBe(zlib.crc32(footer.subarray(0, 64)));
  expect(encodeFooter(v2, positions).length).toBe(72);
  expect([footerSize(1), footerSize(2)]).toEqual([68, 72]);
});

test('is read back', () => {
  for (const header of [v1, v2]) {
    for (const at of [positions, nothing, { ...nothing, logs: 24 }, { ...positions, objectIdLength: 20 }]) {
      expect(parsed(encodeFooter(header, at), header)).toEqual(at);
    }
  }
});

test('a length of object ids without object section says nothing', () => {
  expect(parsed(encodeFooter(v1, { ...nothing, objectIdLength: 2 }))).toEqual({ ...nothing, objectIdLength: 2 });
});

test('every changed bit fails the checksum', () => {
  const footer = encodeFooter(v1, positions);
  for (let at = 0; at < footer.length; at++) {
    for (let bit = 1; bit < 256; bit *= 2) expect(parsed(patched(footer, at, footer[at]! ^ bit))).toBe('FOOTER_CRC');
  }
});

describe('a header that is not the one in front', () => {
  test.each<[string, Partial<Header>]>([
    ['block size', { blockSize: 4095 }],
    ['minimum', { minUpdateIndex: 4n }],
    ['maximum', { maxUpdateIndex: 10n }],
  ])('%s', (_, other) => {
    expect(parsed(encodeFooter({ ...v1, ...other }, positions))).toBe('FOOTER_HEADER');
  });

  test('hash', () => {
    expect(parsed(encodeFooter({ ...v2, hash: 'sha1' }, positions), v2)).toBe('FOOTER_HEADER');
  });

  test('version, magic and limits that no header has, say so', () => {
    const footer = encodeFooter(v1, positions);
    expect(parsed(resealed(patched(footer, 4, 9)))).toBe('FOOTER_CRC');
    expect(parsed(resealed(patched(footer, 0, 9)))).toBe('MAGIC');
  });
});

describe('positions outside the file or out of order', () => {
  test.each<[string, Parameters<typeof withFooter>[1]]>([
    ['the log section in the footer', { logs: START, logIndex: 0 }],
    ['the log section beyond the file', { logs: START + 1_000_000, logIndex: 0 }],
    ['the log section at 2^64-1', { logs: 2n ** 64n - 1n, logIndex: 0 }],
    ['the log index beyond the file', { logIndex: 2n ** 40n }],
    ['the ref index beyond the file', { refIndex: 2n ** 40n }],
    ['the object section beyond the file', { objects: (2n ** 40n << 5n) | 3n }],
    ['the object index beyond the file', { objectIndex: 2n ** 40n }],
    ['objects before the ref index', { objects: (4000n << 5n) | 3n }],
    ['logs before objects', { logs: 5000 }],
    ['the log index where the logs are', { logIndex: 16_000 }],
    ['the object index before the objects', { objectIndex: 8000 }],
  ])('%s', (_, fields) => {
    expect(damaged(fields)).toBe('SECTION_POSITION');
  });

  test('the last byte before the footer is inside', () => {
    expect(damaged({ logIndex: START - 1 })).toMatchObject({ logIndex: START - 1 });
  });
});

describe('the length of object ids', () => {
  test('0 with an object section', () => {
    expect(damaged({ objects: 8192n << 5n })).toBe('OBJECT_ID_LENGTH');
  });

  test('more than the hash has', () => {
    expect(damaged({ objects: (8192n << 5n) | 21n })).toBe('OBJECT_ID_LENGTH');
    expect(damaged({ objects: (8192n << 5n) | 31n })).toBe('OBJECT_ID_LENGTH');
    expect(parsed(encodeFooter(v2, { ...positions, objectIdLength: 31 }), v2)).toMatchObject({ objectIdLength: 31 });
  });
});

test('the error says where the footer is, and in what file', () => {
  const footer = patched(encodeFooter(v1, positions), 64, 1);
  expect(() => parseFooter(footer, START, v1, 'x.ref')).toThrow(expect.objectContaining({ kind: 'format', offset: START, file: 'x.ref' }));
});
