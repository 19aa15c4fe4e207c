/* The damaged tables of the golden data: each neutral name of what is wrong, and the codes that say it here. All of them are noticed. */
import { damagedTables, type DamagedTableExpectation } from '@reftable/conformance';
import { isReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { openTable, openTableSync, type Table, type TableSync } from './table.js';
import { all, CountingSource } from './table.testing.js';

/** The codes that stand for each failure. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  'bad-magic': ['MAGIC'],
  'block-empty': ['RESTART_COUNT'],
  'block-length': ['BLOCK_LENGTH'],
  'block-type': ['BLOCK_TYPE'],
  'deflate-checksum': ['LOG_DEFLATE'],
  'deflate-damaged': ['LOG_DEFLATE'],
  'deflate-length': ['LOG_DEFLATE'],
  'deflate-truncated': ['LOG_DEFLATE'],
  'footer-checksum': ['FOOTER_CRC'],
  'footer-missing': ['FOOTER_CRC', 'MAGIC'],
  'header-footer-differ': ['FOOTER_HEADER', 'FOOTER_CRC'],
  'index-loop': ['INDEX_POSITION'],
  'index-target': ['INDEX_POSITION', 'BLOCK_TYPE'],
  'key-duplicate': ['KEY_ORDER'],
  'key-empty': ['KEY_ORDER'],
  'key-length': ['OBJECT_ID_LENGTH'],
  'key-order': ['KEY_ORDER'],
  'key-prefix': ['PREFIX_LENGTH', 'RECORD_TRUNCATED'],
  'limits-reversed': ['LIMITS'],
  'log-key': ['LOG_KEY'],
  'object-id-length': ['OBJECT_ID_LENGTH'],
  'object-target': ['OBJECT_POSITION', 'BLOCK_TYPE'],
  'record-truncated': ['RECORD_TRUNCATED'],
  'restart-count': ['RESTART_COUNT'],
  'restart-offset': ['RESTART_OFFSET'],
  'section-order': ['SECTION_POSITION'],
  'section-outside-file': ['SECTION_POSITION', 'BLOCK_TYPE'],
  'too-short': ['FILE_TOO_SHORT'],
  'unsupported-hash': ['HASH_ID'],
  'unsupported-version': ['VERSION'],
  'update-index-overflow': ['UPDATE_INDEX_OVERFLOW'],
  'value-type': ['VALUE_TYPE'],
  'varint-overflow': ['VARINT_OVERFLOW', 'RECORD_TRUNCATED'],
};

type Step = DamagedTableExpectation['step'];

function lookFor(at: DamagedTableExpectation['at'], key: 'ref' | 'log' | 'oid'): string {
  const value = (at as Record<string, string> | undefined)?.[key];
  if (value === undefined) throw new Error(`the case does not say what ${key} to look for`);
  return value;
}

const STEPS: Readonly<Record<Step, (table: TableSync, at: DamagedTableExpectation['at']) => unknown>> = {
  open: () => undefined,
  'scan-refs': (table) => [...table.refs({ tombstones: true })],
  'scan-logs': (table) => [...table.logs({ tombstones: true })],
  seek: (table, at) =>
    at !== undefined && 'log' in at ? [...table.log(lookFor(at, 'log'), { tombstones: true })] : table.getRef(lookFor(at, 'ref')),
  'by-object': (table, at) => table.refsByObject(lookFor(at, 'oid')),
};

const ASYNC_STEPS: Readonly<Record<Step, (table: Table, at: DamagedTableExpectation['at']) => Promise<unknown>>> = {
  open: () => Promise.resolve(),
  'scan-refs': (table) => all(table.refs({ tombstones: true })),
  'scan-logs': (table) => all(table.logs({ tombstones: true })),
  seek: (table, at) =>
    at !== undefined && 'log' in at ? all(table.log(lookFor(at, 'log'), { tombstones: true })) : table.getRef(lookFor(at, 'ref')),
  'by-object': (table, at) => table.refsByObject(lookFor(at, 'oid')),
};

/** What came of it, in a form that can be compared: an error's kind, code and place, or the answer. */
function outcome(error: unknown): unknown {
  if (!isReftableError(error)) throw error;
  const { kind, code, offset } = error;
  return { kind, code, offset };
}

/** Cases in which something else that is wrong shows first. */
const SHOWS_AS: Readonly<Record<string, string>> = {
  // The minimum of the header is above its maximum.
  'header-footer-differ': 'LIMITS',
  // The log block stands before the index, and so do the logs before the refs' index.
  'index-points-at-log-block': 'SECTION_POSITION',
  // Two sections at one place.
  'objects-are-index-block': 'SECTION_POSITION',
  // Where there is no ref block, refs have ended.
  'object-position-no-ref-block': 'OBJECT_POSITION',
};

describe.each(damagedTables())('$name', ({ bytes, expected }) => {
  const { failure, kind, step, at } = expected;

  test(`${failure}, by the step ${step}, on both faces`, async () => {
    let found: unknown;
    try {
      found = STEPS[step](openTableSync(new CountingSource(bytes)), at);
    } catch (error) {
      found = outcome(error);
    }
    const codes = expected.case in SHOWS_AS ? [SHOWS_AS[expected.case]] : CODES[failure];
    expect(found).toEqual({
      kind: kind === 'unsupported' ? 'unsupported' : 'format',
      code: expect.toBeOneOf([...(codes ?? [])]) as string,
      offset: expect.any(Number) as number,
    });

    let onAsync: unknown;
    try {
      onAsync = await ASYNC_STEPS[step](await openTable(new CountingSource(bytes)), at);
    } catch (error) {
      onAsync = outcome(error);
    }
    expect(onAsync).toEqual(found);
  });
});

test('every failure that a table can have is mapped, and no other', () => {
  expect(new Set(damagedTables().map(({ expected }) => expected.failure))).toEqual(new Set(Object.keys(CODES)));
});
