/* Each code: a table made to have what it stands for, and all that is found in it. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { INDEX_BLOCK, LOG_BLOCK, OBJECT_BLOCK } from '@reftable/block';
import { BytesSource } from '@reftable/io';
import { MAX_U64 } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { putTogether, seal, takeApart } from '../damage.testing.js';
import { branches, direct, footerSizeOf, oid, patched, resealed, spreadOid, symbolic, update, withFooter, write } from '../table.testing.js';
import { SEVERITIES, type FindingCode } from './finding.js';
import { verifyTableSync } from './verify-table.js';

/** A table: bytes, or those and the name of the file. */
type Made = Uint8Array | { readonly bytes: Uint8Array; readonly name: string };

/* Records begin at 28, 63 and 87: shared bytes, bytes of name and value type, name, update index, value. */
const plain = write({ refs: [direct('refs/heads/a'), direct('refs/heads/b'), symbolic('refs/heads/c', 'refs/heads/a')] });
const [second, third] = [63, 87];
const logged = write({ refs: [direct('refs/heads/a')], logs: [update('refs/heads/a'), update('refs/heads/b')] });
/** Several blocks of refs, an index, objects. */
const indexed = write({ refs: branches(40) }, { blockSize: 256 });

const footerStart = (table: Uint8Array): number => table.length - footerSizeOf(table);

/** Changes bytes of the first block of a type, `offset` behind the end of the key of one of its records. Log blocks are deflated again. */
function inRecord(table: Uint8Array, type: number, record: number, offset: number, ...values: number[]): Uint8Array {
  const parts = takeApart(table);
  const index = parts.pieces.findIndex((piece) => piece.type === type);
  const piece = parts.pieces[index]!;
  const bytes = patched(piece.bytes, piece.keyEnds[record]! + offset, ...values);
  return putTogether({ ...parts, pieces: parts.pieces.with(index, { ...piece, bytes, stored: undefined }) });
}

/** Without the blocks of its index, and without a word of them. */
function withoutIndex(table: Uint8Array): Uint8Array {
  const parts = takeApart(table);
  return withFooter(putTogether({ ...parts, pieces: parts.pieces.filter(({ type }) => type !== INDEX_BLOCK) }), { refIndex: 0 });
}

/** The object section of a table in another one that differs from it in object ids only. */
function withObjectsOf(table: Uint8Array, other: Uint8Array): Uint8Array {
  const start = takeApart(other).pieces.find(({ type }) => type === OBJECT_BLOCK)!.position;
  return Uint8Array.from(Buffer.concat([table.subarray(0, start), other.subarray(start)]));
}

/** Puts a ref's object id in place of another's. */
function withId(table: Uint8Array, old: string, id: string): Uint8Array {
  return patched(table, Buffer.from(table).indexOf(Buffer.from(old, 'hex')), ...Buffer.from(id, 'hex'));
}

const BAD_TYPE = (type: number): number => (1 << 3) | type;

const CASES: Readonly<Record<FindingCode, { readonly made: () => Made; readonly with?: readonly FindingCode[] }>> = {
  FILE_TOO_SHORT: { made: () => plain.subarray(0, 91) },
  MAGIC: { made: () => patched(plain, 0, 0x72) },
  VERSION: { made: () => patched(resealed(patched(plain, footerStart(plain) + 4, 3)), 4, 3) },
  HASH_ID: { made: () => seal(patched(write({}, { hash: 'sha256' }), 24, 0x73, 0x35, 0x31, 0x32), true) },
  LIMITS: { made: () => seal(patched(plain, 15, 9), true) },
  FOOTER_CRC: { made: () => patched(plain, -1, plain.at(-1)! ^ 1) },
  FOOTER_HEADER: { made: () => resealed(patched(plain, footerStart(plain) + 23, 7)) },
  SECTION_POSITION: { made: () => withFooter(plain, { logs: 60 }) },
  BLOCK_TYPE: { made: () => patched(plain, 24, 0x78), with: ['BYTES_SKIPPED'] },
  BLOCK_LENGTH: { made: () => patched(plain, 25, 0, 1), with: ['BYTES_SKIPPED'] },
  RESTART_COUNT: { made: () => patched(plain, footerStart(plain) - 2, 0xff), with: ['BYTES_SKIPPED'] },
  RESTART_OFFSET: {
    made: () => {
      const table = write({ refs: branches(20) });
      return patched(table, footerStart(table) - 3, table.at(footerStart(table) - 3)! + 1);
    },
  },
  LOG_DEFLATE: { made: () => patched(logged, footerStart(logged) - 1, 0), with: ['BYTES_SKIPPED'] },
  PADDING_BYTES: { made: () => patched(indexed, 255, 1) },
  PREFIX_LENGTH: { made: () => patched(plain, second, 100) },
  RECORD_TRUNCATED: { made: () => patched(plain, third + 4, 127) },
  VALUE_TYPE: { made: () => patched(plain, second + 1, BAD_TYPE(4)) },
  VARINT_OVERFLOW: {
    made: () => {
      const table = write({ refs: [direct('refs/heads/a', oid(1), Number.MAX_SAFE_INTEGER), { ...direct('refs/heads/b'), updateIndexExact: MAX_U64 }] }, { maxUpdateIndex: MAX_U64 });
      return patched(table, Buffer.from(table).indexOf('80fefefe', 'hex'), 0xff);
    },
  },
  KEY_ORDER: { made: () => patched(plain, second + 2, 0x41) },
  KEY_DUPLICATE: { made: () => patched(plain, second + 2, 0x61) },
  LOG_KEY: { made: () => inRecord(logged, LOG_BLOCK, 0, -8, 0x78) },
  UPDATE_INDEX: { made: () => patched(plain, second + 3, 1) },
  UPDATE_INDEX_OVERFLOW: {
    made: () => patched(write({ refs: [{ ...direct('refs/heads/a'), updateIndexExact: MAX_U64 }] }, { minUpdateIndex: MAX_U64, maxUpdateIndex: MAX_U64 }), 42, 1),
  },
  // The record of the block at 256 says 257.
  INDEX_POSITION: { made: () => inRecord(indexed, INDEX_BLOCK, 1, 2, 1), with: ['INDEX_MISSING'] },
  INDEX_KEY: { made: () => inRecord(indexed, INDEX_BLOCK, 1, 0, 0x7a) },
  // The record of the block at 512 says 256, as the one before.
  INDEX_MISSING: { made: () => inRecord(indexed, INDEX_BLOCK, 2, 1, 0x81), with: ['INDEX_POSITION'] },
  OBJECT_ID_LENGTH: {
    made: () => withFooter(indexed, { objects: Buffer.from(indexed).readBigUInt64BE(indexed.length - 36) + 1n }),
    with: ['OBJECTS_NOT_COMPARED'],
  },
  OBJECT_POSITION: { made: () => inRecord(indexed, OBJECT_BLOCK, 0, 1, 0xff, 0x7f), with: ['OBJECTS_NOT_COMPARED'] },
  OBJECT_MISSING: { made: () => withId(indexed, spreadOid(3), spreadOid(99)), with: ['OBJECT_EXTRA'] },
  OBJECT_EXTRA: { made: () => withId(indexed, spreadOid(3), spreadOid(2)) },
  OBJECTS_DIFFER: {
    made: () => withObjectsOf(write({ refs: branches(70_000) }), write({ refs: branches(70_000, (index) => spreadOid(index + 70_000)) })),
    with: ['OBJECT_MISSING', 'OBJECT_EXTRA', 'FINDINGS_OMITTED'],
  },
  // The padding that the index asked for is still there.
  INDEX_ABSENT: { made: () => withoutIndex(write({ refs: branches(40) }, { blockSize: 256, indexObjects: false })), with: ['PADDING'] },
  BLOCK_SIZE: { made: () => seal(patched(plain, 5, 0, 0, 64), true) },
  PADDING: { made: () => Uint8Array.from(Buffer.concat([plain.subarray(0, footerStart(plain)), new Uint8Array(3), plain.subarray(footerStart(plain))])) },
  OBJECT_ID_SHORT: { made: () => withId(indexed, spreadOid(3), spreadOid(2).slice(0, 20) + spreadOid(3).slice(20)), with: ['OBJECT_EXTRA'] },
  REF_NAME: { made: () => write({ refs: [direct('refs/heads/a..b')] }) },
  REF_TARGET: { made: () => write({ refs: [symbolic('HEAD', 'refs/heads/')] }) },
  NULL_ID: { made: () => write({ refs: [direct('refs/heads/a', oid(0))] }) },
  LOG_IDENTITY: { made: () => write({ logs: [update('HEAD', 1, { name: 'A <U> Thor' })] }) },
  FILE_NAME: { made: () => ({ bytes: plain, name: '0x000000000001-0x000000000002-00000000.ref' }) },
  TIME_ZONE: { made: () => write({ logs: [update('HEAD', 1, { timeZone: 1460 })] }) },
  LOG_MESSAGE: { made: () => write({ logs: [update('HEAD', 1, { message: 'a\nb\n' })] }, { exactLogMessages: true }) },
  OBJECTS_NOT_COMPARED: { made: () => patched(indexed, 29, BAD_TYPE(4)), with: ['VALUE_TYPE'] },
  BYTES_SKIPPED: { made: () => patched(indexed, 256, 0x78), with: ['BLOCK_TYPE', 'OBJECTS_NOT_COMPARED'] },
  FINDINGS_OMITTED: { made: () => write({ refs: branches(150).map(({ name }) => direct(`${name}~`)) }), with: ['REF_NAME'] },
};

test('what they are made from has no fault', () => {
  for (const table of [plain, logged, indexed]) expect(verifyTableSync(new BytesSource(table))).toEqual([]);
});

describe.each(Object.entries(CASES))('%s', (code, { made, with: others = [] }) => {
  test('is found, and nothing but what belongs to it', () => {
    const table = made();
    const [bytes, options] = 'bytes' in table ? [table.bytes, { name: table.name }] : [table, {}];
    const found = verifyTableSync(new BytesSource(bytes, 'x.ref'), options);
    expect(new Set(found.map((finding) => finding.code))).toEqual(new Set([code, ...others]));
    for (const finding of found) {
      expect(finding.severity).toBe(SEVERITIES[finding.code]);
      expect(finding.file).toBe('x.ref');
      expect(finding.message).not.toMatch(/x\.ref|at byte \d+$/);
      expect(finding.offset ?? 0).toBeLessThanOrEqual(bytes.length);
      expect(JSON.parse(JSON.stringify(finding))).toEqual(finding);
    }
  });
});

test('VERIFY.md has a row for each, in the part of its severity', () => {
  const text = readFileSync(new URL('../../VERIFY.md', import.meta.url), 'utf8');
  const listed = ['error', 'warning', 'info'].flatMap((severity) => {
    const [, part = ''] = new RegExp(`\\n### ${severity}\\n([^]*?)(?=\\n##|$)`, 'i').exec(text) ?? [];
    return [...part.matchAll(/^\| `([A-Z_]+)` \| \S/gm)].map(([, code]) => [code, severity]);
  });
  expect(Object.fromEntries(listed)).toEqual(SEVERITIES);
  expect(listed.length).toBe(Object.keys(SEVERITIES).length);
});
