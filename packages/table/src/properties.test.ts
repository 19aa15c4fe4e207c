/* Any records, written with any options, against the plainest thing that answers the same: a sorted array. */
import { textBytes, type LogInput, type LogRecord, type Ref, type RefInput } from '@reftable/block';
import { compareBytes, MAX_U64 } from '@reftable/varint';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTable } from './table.js';
import { all, blocksOf, contentOf, CountingSource, open } from './table.testing.js';
import { writeTable } from './write-table.js';

const RUNS = { numRuns: 60 };

/** Names that are often alike in their first bytes, or the start of one another; not all are UTF-8. */
const name = fc
  .tuple(fc.constantFrom('', 'refs/', 'refs/heads/', 'refs/heads/x'), fc.array(fc.constantFrom(0x01, 0x2f, 0x61, 0x62, 0xc3, 0xa9, 0xff), { maxLength: 5 }))
  .map(([start, letters]) => Uint8Array.of(...textBytes(start), ...letters))
  .filter((bytes) => bytes.length > 0);

/** Few ids, so that refs share them, and alike in their first bytes or not. */
const idOf = (size: number) =>
  fc.tuple(fc.boolean(), fc.nat(11)).map(([alike, n]) => {
    const id = new Uint8Array(size).fill(alike ? 0xab : n * 20);
    id[size - 1] = n;
    return Buffer.from(id).toString('hex');
  });

const updateIndex = fc.oneof(fc.nat(20), fc.bigInt(2n ** 53n - 2n, 2n ** 53n + 2n), fc.bigInt(0n, MAX_U64));

function refInputs(size: number) {
  const id = idOf(size);
  const value = fc.oneof(
    fc.record({ kind: fc.constant('deletion' as const) }),
    fc.record({ kind: fc.constant('direct' as const), oid: id }),
    fc.record({ kind: fc.constant('peeled' as const), oid: id, peeled: id }),
    fc.record({ kind: fc.constant('symbolic' as const), target: name }),
  );
  return fc
    .uniqueArray(fc.tuple(name, updateIndex, value), { maxLength: 80, size: 'max', selector: ([bytes]) => String(bytes) })
    .map((refs): RefInput[] => refs.map(([bytes, index, rest]) => ({ name: bytes, updateIndex: index, ...rest })));
}

function logInputs(size: number) {
  const id = idOf(size);
  const text = fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 }));
  const update = fc.record({
    kind: fc.constant('update' as const),
    oldOid: id,
    newOid: id,
    name: text,
    email: text,
    time: updateIndex,
    timeZone: fc.integer({ min: -0x8000, max: 0x7fff }),
    message: text,
  });
  const value = fc.oneof({ arbitrary: fc.record({ kind: fc.constant('deletion' as const) }), weight: 1 }, { arbitrary: update, weight: 4 });
  return fc
    .uniqueArray(fc.tuple(name, updateIndex, value), { maxLength: 60, size: 'max', selector: ([bytes, index]) => `${String(bytes)} ${String(index)}` })
    .map((logs): LogInput[] => logs.map(([bytes, index, rest]) => ({ ref: bytes, updateIndex: index, ...rest })));
}

const table = fc.constantFrom('sha1' as const, 'sha256' as const).chain((hash) => {
  const size = hash === 'sha1' ? 20 : 32;
  return fc.record({
    refs: refInputs(size),
    logs: logInputs(size),
    options: fc.record({
      hash: fc.constant(hash),
      blockSize: fc.oneof(fc.integer({ min: 250, max: 500 }), fc.constantFrom(1000, 4096, 65_536)),
      restartInterval: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(65_535)),
      aligned: fc.boolean(),
      indexObjects: fc.boolean(),
      exactLogMessages: fc.constant(true),
      minUpdateIndex: fc.constant(0),
      maxUpdateIndex: fc.constant(MAX_U64),
    }),
  });
});

const keyOf = (ref: Ref | RefInput): Uint8Array => ref.nameBytes ?? textBytes(ref.name);
const logNameOf = (log: LogRecord | LogInput): Uint8Array => log.refBytes ?? textBytes(log.ref);
const indexOf = (record: { readonly updateIndex: number | bigint; readonly updateIndexExact?: bigint }): bigint =>
  BigInt(record.updateIndexExact ?? record.updateIndex);

/** Text as bytes, numbers as bigints: what was put in and what comes out, in one form. */
function plain(record: RefInput | LogInput | Ref | LogRecord): object {
  const fields: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(record)) {
    if (field.endsWith('Bytes') || field.endsWith('Exact')) continue;
    const { [`${field}Bytes`]: bytes, [`${field}Exact`]: exact } = record as unknown as Record<string, unknown>;
    if (field === 'kind' || field === 'oid' || field === 'peeled' || field.endsWith('Oid') || field === 'timeZone') fields[field] = value;
    else if (typeof value === 'number' || typeof value === 'bigint') fields[field] = BigInt((exact ?? value) as number | bigint);
    else fields[field] = [...((bytes as Uint8Array | undefined) ?? textBytes(value as string | Uint8Array))];
  }
  return fields;
}

function sortedRefs(refs: readonly RefInput[]): RefInput[] {
  return refs.toSorted((a, b) => compareBytes(keyOf(a), keyOf(b)));
}

function sortedLogs(logs: readonly LogInput[]): LogInput[] {
  return logs.toSorted((a, b) => compareBytes(logNameOf(a), logNameOf(b)) || (indexOf(a) > indexOf(b) ? -1 : 1));
}

describe('any table', () => {
  test('gives back what was put into it, in order, sync and async', async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ refs, logs, options }) => {
        const bytes = writeTable({ refs, logs }, options);
        const content = contentOf(open(bytes));
        expect(content.refs.map(plain)).toEqual(sortedRefs(refs).map(plain));
        expect(content.logs.map(plain)).toEqual(sortedLogs(logs).map(plain));
        const async = await openTable(new CountingSource(bytes));
        expect(await all(async.refs({ tombstones: true }))).toEqual(content.refs);
        expect(await all(async.logs({ tombstones: true }))).toEqual(content.logs);
        // What came out goes in again, and gives the same bytes.
        expect(writeTable(content, options)).toEqual(bytes);
      }),
      RUNS,
    );
  });

  test('answers for each name, and for names between, below and above, as a sorted array does', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.array(name, { maxLength: 20 }), async ({ refs, options }, others) => {
        const bytes = writeTable({ refs }, options);
        const read = open(bytes);
        const async = await openTable(new CountingSource(bytes));
        const inOrder = sortedRefs(refs);
        for (const target of [...others, ...refs.map(keyOf)]) {
          const at = inOrder.findIndex((ref) => compareBytes(keyOf(ref), target) >= 0);
          const next = at < 0 ? undefined : inOrder[at];
          const isThere = next !== undefined && compareBytes(keyOf(next), target) === 0 && next.kind !== 'deletion';
          const found = read.getRef(target);
          expect(found && plain(found)).toEqual(isThere ? plain(next) : undefined);
          expect(await async.getRef(target)).toEqual(found);
          const from = [...read.refs({ from: target, tombstones: true })];
          expect(from.map(plain)).toEqual(at < 0 ? [] : inOrder.slice(at).map(plain));
        }
      }),
      RUNS,
    );
  });

  test('gives each log from each update index as a filter does', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.array(updateIndex, { maxLength: 8 }), async ({ refs, logs, options }, indexes) => {
        const bytes = writeTable({ refs, logs }, options);
        const read = open(bytes);
        const async = await openTable(new CountingSource(bytes));
        const inOrder = sortedLogs(logs);
        for (const target of new Map([...logs.map(logNameOf), ...refs.map(keyOf)].map((bytes) => [String(bytes), bytes])).values()) {
          for (const from of [undefined, ...indexes]) {
            const expected = inOrder.filter(
              (log) => compareBytes(logNameOf(log), target) === 0 && (from === undefined || indexOf(log) <= BigInt(from)),
            );
            const found = [...read.log(target, { ...(from !== undefined && { from }), tombstones: true })];
            expect(found.map(plain)).toEqual(expected.map(plain));
            const live = [...read.log(target, { ...(from !== undefined && { from }) })];
            expect(live).toEqual(found.filter(({ kind }) => kind === 'update'));
          }
          expect(await all(async.log(target, { tombstones: true }))).toEqual([...read.log(target, { tombstones: true })]);
        }
      }),
      RUNS,
    );
  });

  test('finds refs by object as a filter does, with an object section and without', async () => {
    let sections = 0;
    await fc.assert(
      fc.asyncProperty(table, async ({ refs, options }) => {
        const mentions = (ref: RefInput, id: string): boolean =>
          (ref.kind === 'direct' && ref.oid === id) || (ref.kind === 'peeled' && (ref.oid === id || ref.peeled === id));
        const ids = new Set(refs.flatMap((ref) => (ref.kind === 'direct' ? [ref.oid] : ref.kind === 'peeled' ? [ref.oid, ref.peeled] : [])) as string[]);
        ids.add('cd'.repeat(options.hash === 'sha1' ? 20 : 32));
        for (const indexObjects of [true, false]) {
          const bytes = writeTable({ refs }, { ...options, blockSize: 250, indexObjects });
          const read = open(bytes);
          const async = await openTable(new CountingSource(bytes));
          if (read.tableCore.positions.objects > 0) sections++;
          for (const id of ids) {
            const expected = sortedRefs(refs).filter((ref) => mentions(ref, id));
            expect(read.refsByObject(id).map(plain)).toEqual(expected.map(plain));
            expect(await async.refsByObject(id)).toEqual(read.refsByObject(id));
          }
        }
      }),
      RUNS,
    );
    expect(sections).toBeGreaterThan(10);
  });

  test('is made of blocks that fill it, none larger than said', () => {
    fc.assert(
      fc.property(table, ({ refs, logs, options }) => {
        const bytes = writeTable({ refs, logs }, options);
        const read = open(bytes);
        const blocks = blocksOf(read);
        const ends = [...blocks.slice(1).map(({ position }) => position), bytes.length - (options.hash === 'sha1' ? 68 : 72)];
        for (const [i, { position, size }] of blocks.entries()) {
          expect(position + size).toBeLessThanOrEqual(ends[i]!);
          expect(bytes.subarray(position + size, ends[i]).every((byte) => byte === 0)).toBe(true);
          if (!options.aligned) expect(position + size).toBe(ends[i]);
        }
        for (const block of read.blocks()) expect(block.bytes.length).toBeLessThanOrEqual(options.blockSize);
      }),
      RUNS,
    );
  });
});
