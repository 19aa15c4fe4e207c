import { ByteWriter } from '@reftable/varint/bytes';
import { describe, expect, test } from 'vitest';
import { encodeHeader, headerSize, parseHeader, type Header } from './header.js';
import { codeOf, patched } from './table.testing.js';

const v1: Header = { version: 1, hash: 'sha1', blockSize: 0x010203, minUpdateIndex: 5n, maxUpdateIndex: 2n ** 64n - 1n };
const v2: Header = { ...v1, version: 2, hash: 'sha256' };

function encoded(header: Header): Uint8Array {
  const writer = new ByteWriter();
  encodeHeader(writer, header);
  return writer.view().slice();
}

const parsed = (bytes: Uint8Array): unknown => codeOf(() => parseHeader(bytes, 0, undefined));

test('version 1: 24 bytes', () => {
  expect(Buffer.from(encoded(v1)).toString('hex')).toBe(`${Buffer.from('REFT').toString('hex')}010102030000000000000005${'f'.repeat(16)}`);
  expect(headerSize(1)).toBe(24);
});

test('version 2: the same and "s256", 28 bytes', () => {
  expect(encoded(v2).length).toBe(28);
  expect(Buffer.from(encoded(v2).subarray(24)).toString()).toBe('s256');
  expect(headerSize(2)).toBe(28);
});

test('is read back, whatever follows', () => {
  for (const header of [v1, v2, { ...v1, blockSize: 0, minUpdateIndex: 0n, maxUpdateIndex: 0n }]) {
    expect(parseHeader(encoded(header), 0, undefined)).toEqual(header);
    expect(parseHeader(Uint8Array.of(...encoded(header), 1, 2, 3), 0, undefined)).toEqual(header);
  }
});

test('version 2 may be of SHA-1', () => {
  const header: Header = { ...v2, hash: 'sha1' };
  expect(Buffer.from(encoded(header).subarray(24)).toString()).toBe('sha1');
  expect(parseHeader(encoded(header), 0, undefined)).toEqual(header);
});

describe('damage', () => {
  test.each([
    ['a wrong first byte', 'MAGIC', patched(encoded(v1), 0, 0x72)],
    ['nothing but zeros', 'MAGIC', new Uint8Array(28)],
    ['version 0', 'VERSION', patched(encoded(v1), 4, 0)],
    ['version 3', 'VERSION', patched(encoded(v1), 4, 3)],
    ['a hash that is not known', 'HASH_ID', patched(encoded(v2), 24, 0x73, 0x35, 0x31, 0x32)],
    ['limits reversed', 'LIMITS', encoded({ ...v1, maxUpdateIndex: 4n })],
  ])('%s', (_, code, bytes) => {
    expect(parsed(bytes)).toBe(code);
  });

  test('what is unknown is unsupported, the rest is damage; the error says where', () => {
    const place = (bytes: Uint8Array) => () => parseHeader(bytes, 1000, 'x.ref');
    expect(place(patched(encoded(v1), 4, 3))).toThrow(expect.objectContaining({ kind: 'unsupported', offset: 1004, file: 'x.ref' }));
    expect(place(patched(encoded(v2), 24, 0))).toThrow(expect.objectContaining({ kind: 'unsupported', offset: 1024, file: 'x.ref' }));
    expect(place(patched(encoded(v1), 0, 0))).toThrow(expect.objectContaining({ kind: 'format', offset: 1000, file: 'x.ref' }));
  });
});
