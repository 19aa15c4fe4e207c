import type { LogInput, RefInput } from '@reftable/block';
import { atOnce, BytesSink, BytesSource, performRead, run, type BlockSource } from '@reftable/io';
import { MergedTable, MergedTableSync } from '@reftable/merged';
import { openTable, writeTable } from '@reftable/table';
import { compareBytes, putU32 } from '@reftable/varint';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOf } from '../sst.testing.js';
import { SstWriter } from '../sst-writer.js';
import { openGitTable } from './git-table.js';
import { GitTableWriter } from './git-table-writer.js';
import { encodeMetadata, type GitMetadata } from './metadata.js';
import { contentOf, oid, openV1, openV2, update, writeGit } from './git.testing.js';

const REFS: readonly RefInput[] = [
  { name: 'HEAD', kind: 'symbolic', target: 'refs/heads/main', updateIndex: 3 },
  { name: 'refs/heads/gone', kind: 'deletion', updateIndex: 5 },
  { name: 'refs/heads/main', kind: 'direct', oid: oid(7), updateIndex: 2 ** 40 },
  { name: 'refs/tags/v1', kind: 'peeled', oid: oid(8), peeled: oid(7), updateIndex: 4 },
];

const branches = (count: number, idOf = oid): RefInput[] =>
  Array.from({ length: count }, (_, i) => ({ name: `refs/heads/b${String(i).padStart(6, '0')}`, kind: 'direct', oid: idOf(i), updateIndex: 1 }));

describe('a table', () => {
  test('gives back what was put in, on both faces', async () => {
    const logs = [update('refs/heads/main', 9), update('refs/heads/main', 2)];
    const bytes = writeGit(REFS, logs);
    const table = openV2(bytes);
    expect([...table.refs({ tombstones: true })]).toEqual(REFS);
    expect([...table.names()]).toEqual(['HEAD', 'refs/heads/main', 'refs/tags/v1']);
    expect([...table.log('refs/heads/main')]).toEqual(logs);
    const later = await openGitTable(new BytesSource(bytes));
    expect(await later.getRef('HEAD')).toEqual(REFS[0]);
    expect(await later.getRef('refs/heads/gone')).toBeUndefined();
    expect(await later.refsByObject(oid(7))).toEqual([REFS[2], REFS[3]]);
    expect(await all(later.logs())).toEqual(logs);
    expect((await later.verify()).records).toBe(6);
    expect(later.info).toEqual(table.info);
    await later.close();
  });

  test('takes its limits from its records, if it is not told', () => {
    expect(openV2(writeGit(REFS, [update('x', 2)])).info).toMatchObject({ minUpdateIndex: 2, maxUpdateIndex: 2 ** 40 });
    expect(openV2(writeGit([])).info).toMatchObject({ minUpdateIndex: 0, maxUpdateIndex: 0 });
    expect(openV2(writeGit([], [], { minUpdateIndex: 7 })).info).toMatchObject({ minUpdateIndex: 7, maxUpdateIndex: 7 });
    // A tombstone may be newer.
    const logs: LogInput[] = [{ ref: 'x', kind: 'deletion', updateIndex: 99 }];
    expect(openV2(writeGit(REFS.slice(3), logs)).info.maxUpdateIndex).toBe(4);
  });

  test('keeps records of kinds that are not known, and passes over them', () => {
    const known = openV2(writeGit(branches(300), [update('a', 1)]));
    const sink = new BytesSink();
    const writer = new SstWriter(sink);
    const more = ['A', '`x', 'a', 'bb', 'd', 'zz'].map((key) => ({ key: new TextEncoder().encode(key), value: new Uint8Array(9), extra: 6 }));
    const strange = more.filter(({ key }) => ![0x61, 0x62, 0x63].includes(key[0]!));
    for (const { key, value, extra } of [...known.sst.records(), ...strange].sort((a, b) => compareBytes(a.key, b.key))) writer.put(key, value, extra);
    writer.finish(({ dataSize }) => {
      const metadata = known.sst.info.metadata.slice();
      putU32(metadata, 66, dataSize);
      return metadata;
    });
    const table = openV2(sink.bytes());
    expect(contentOf(table)).toEqual(contentOf(known));
    expect(table.refsByObject(oid(200))).toHaveLength(1);
    expect(table.getRef('refs/heads/b000007')).toEqual(known.getRef('refs/heads/b000007'));
    table.verify();
  });
});

describe('objects', () => {
  test('are recorded once refs take more than three blocks, in as few bytes as tell them apart', () => {
    expect(openV2(writeGit(branches(100))).tableCore.metadata.objectIdLength).toBe(0);
    expect(openV2(writeGit(branches(1000))).tableCore.metadata.objectIdLength).toBe(20);
    const spread = (i: number): string => oid((i * 2654435761) % 2 ** 32).slice(32) + oid(0).slice(8);
    const table = openV2(writeGit(branches(1000, spread)));
    expect(table.tableCore.metadata.objectIdLength).toBeLessThanOrEqual(4);
    for (const i of [0, 1, 500, 999]) expect(table.refsByObject(spread(i)).map(({ name }) => name)).toEqual([branches(1000)[i]!.name]);
    expect(table.refsByObject(oid(5))).toEqual([]);
    expect(openV2(writeGit(branches(1000), [], { indexObjects: false })).refsByObject(oid(5))).toHaveLength(1);
  });

  test.each([1, 300, 1000])('of which at most %i may be held come from refs that are given again, and are the same', (maxMentions) => {
    const refs = branches(1000, (i) => oid((i * 7919) % 2 ** 16).slice(36) + oid(i % 40).slice(4));
    const whole = writeGit(refs, [update('a', 1)]);
    const sink = new BytesSink();
    const writer = new GitTableWriter(sink, { maxMentions });
    for (const ref of refs) writer.addRef(ref);
    let times = 0;
    for (; atOnce(writer.endRefs()); times++) {
      const cursor = openV2(whole).refCursor();
      while (cursor.next() || cursor.load()) writer.repeatRef(cursor.record);
    }
    writer.addLog(update('a', 1));
    writer.finish();
    expect(sink.bytes()).toEqual(whole);
    expect(times > 0).toBe(maxMentions < 1000);
  });

  test.each<[string, (writer: GitTableWriter) => unknown]>([
    ['the end', (writer) => writer.finish()],
    ['a log entry', (writer) => writer.addLog(update('a', 1))],
  ])('that are to be repeated and were not: %s is a misuse', (_, act) => {
    const writer = new GitTableWriter(new BytesSink(), { maxMentions: 300 });
    for (const ref of branches(1000, (i) => oid(i).slice(36) + oid(i).slice(4))) writer.addRef(ref);
    expect(codeOf(() => act(writer))).toBe('REFS_NOT_REPEATED');
  });

  test('of GitStorage 2 have whole ids', () => {
    const table = openV2(writeGit(branches(1000, (i) => oid(i % 7)), [], { gitStorage: 2 }));
    expect([...table.sst.records({ prefix: 'b' })].map(({ key }) => key.length)).toEqual(new Array(7).fill(21));
    expect(table.refsByObject(oid(3))).toHaveLength(143);
    expect(table.refsByObject(oid(8))).toEqual([]);
    expect(openV2(writeGit(branches(50), [], { gitStorage: 2 })).refsByObject(oid(3))).toHaveLength(1);
  });

  test.each([true, false])('are found in any order, one after another and at once, between lookups by name: %s', async (indexObjects) => {
    const idOf = (i: number): string => oid((i * 7919) % 400);
    const bytes = writeGit(branches(1200, idOf), [], { indexObjects, blockSize: 512 });
    const later: BlockSource = { size: bytes.length, name: 'later', read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)), close: () => undefined };
    const namesOf = (id: string): string[] => branches(1200, idOf).flatMap((ref) => (ref.kind === 'direct' && ref.oid === id ? [ref.name as string] : []));
    const ids = Array.from({ length: 60 }, (_, i) => idOf(i * 17));
    const table = await openGitTable(later);
    const inMemory = openV2(bytes);
    const found = await Promise.all(ids.map(async (id, i) => [await table.refsByObject(id), await table.getRef(branches(1200)[i]!.name)] as const));
    for (const [i, [refs, ref]] of found.entries()) {
      expect(refs.map(({ name }) => name)).toEqual(namesOf(ids[i]!));
      expect(ref?.name).toBe(branches(1200)[i]!.name);
      expect(inMemory.refsByObject(ids[i]!)).toEqual(refs);
      expect(inMemory.getRef(ref!.name)).toEqual(ref);
    }
  });

  test('that are in too many blocks to list are looked for in all', () => {
    const table = openV2(writeGit(branches(1500, () => oid(1)), [], { blockSize: 64 }));
    const [record] = table.sst.records({ prefix: 'b' });
    expect(record!.value).toEqual(Uint8Array.of(0));
    expect(table.refsByObject(oid(1))).toHaveLength(1500);
  });
});

describe('GitStorage 2', () => {
  const ascending = (logs: readonly LogInput[]): LogInput[] =>
    logs
      .map((log) => ({ log, key: Buffer.concat([log.ref as Uint8Array, Uint8Array.of(0), Buffer.from((2n ** 64n - 1n - BigInt(log.updateIndex)).toString(16).padStart(16, '0'), 'hex')]) }))
      .sort((a, b) => compareBytes(a.key, b.key))
      .filter(({ key }, index, all) => index === 0 || compareBytes(key, all[index - 1]!.key) > 0)
      .map(({ log }) => log);

  test('has the logs of a longer name first, and shows them the other way', () => {
    const logs = [update('refs/heads/a', 5), update('refs/heads/a', 1), update('refs/heads/ab', 3), update('refs/heads/b', 4)];
    const table = openV2(writeGit([], logs, { gitStorage: 2 }));
    expect(Array.from(table.sst.records({ prefix: 'c' }), ({ key }) => Buffer.from(key).toString('latin1').slice(1, -8))).toEqual([
      'refs/heads/ab',
      'refs/heads/a',
      'refs/heads/a',
      'refs/heads/b',
    ]);
    expect([...table.logs()]).toEqual(logs);
    expect([...table.log('refs/heads/a', { from: 4 })]).toEqual([logs[1]]);
  });

  test('shows all logs as GitStorage 3 does, whatever their names', () => {
    const name = fc.uint8Array({ minLength: 1, maxLength: 5, min: 0xfc }).map((bytes) => bytes.map((byte) => (byte === 0xfd ? 1 : byte)));
    const index = fc.oneof(fc.nat(3).map(BigInt), fc.bigInt(0n, 2n ** 64n - 1n), fc.constantFrom(2n ** 64n - 1n, 2n ** 56n));
    const log = fc.tuple(name, index).map(([ref, updateIndex]): LogInput => ({ ref, updateIndex, kind: 'deletion' }));
    fc.assert(
      fc.property(fc.array(log, { maxLength: 60 }), fc.array(log, { maxLength: 8 }), (any, asked) => {
        const logs = ascending(any);
        const [two, three] = [openV2(writeGit([], logs, { gitStorage: 2, blockSize: 64 })), openV2(writeGit([], logs, { blockSize: 64 }))];
        expect(contentOf(two)).toEqual(contentOf(three));
        two.verify();
        for (const { ref, updateIndex } of [...asked, ...logs]) {
          const range = { from: updateIndex, tombstones: true };
          expect([...two.log(ref as Uint8Array, range)]).toEqual([...three.log(ref as Uint8Array, range)]);
        }
        const [cursor, other] = [two.logCursor({ tombstones: true }), three.logCursor({ tombstones: true })];
        for (const { ref } of asked) {
          cursor.seek(ref);
          other.seek(ref);
          for (let isThere = true; isThere; ) {
            isThere = cursor.next() || cursor.load();
            expect(isThere).toBe(other.next() || other.load());
            if (isThere) expect(keyOf(cursor.record)).toEqual(keyOf(other.record));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('refuses SHA-256, and names that take far more memory than the file', () => {
    expect(codeOf(() => new GitTableWriter(new BytesSink(), { gitStorage: 2, hash: 'sha256' }))).toBe('GIT_STORAGE');
    const logs = Array.from({ length: 300 }, (_, i): LogInput => ({ ref: 'n'.repeat(20_000 + i), kind: 'deletion', updateIndex: 1 }));
    const bytes = writeGit([], logs, { gitStorage: 2, codec: 'zlib', blockSize: 2 ** 20, restartInterval: 65535 });
    expect(bytes.length).toBeLessThan(60_000);
    expect(codeOf(() => [...openV2(bytes).logs()])).toBe('LOG_NAMES');
  });
});

function keyOf({ key, keyLength }: { readonly key: Uint8Array; readonly keyLength: number }): Uint8Array {
  return key.slice(0, keyLength);
}

describe('merged', () => {
  const older = writeTable({ refs: branches(500), logs: [update('refs/heads/b000003', 1)] }, { minUpdateIndex: 1, maxUpdateIndex: 1 });
  const newer = writeGit(
    [
      { name: 'refs/heads/b000003', kind: 'deletion', updateIndex: 2 },
      { name: 'refs/heads/b000004', kind: 'direct', oid: oid(1), updateIndex: 2 },
    ],
    [update('refs/heads/b000003', 2), { ref: 'refs/heads/b000003', kind: 'deletion', updateIndex: 1 }],
    { gitStorage: 2 },
  );

  test('with tables of Git\'s format, newer records hide older ones', async () => {
    const merged = new MergedTableSync([openV1(older), openV2(newer)]);
    expect([...merged.names()]).toHaveLength(499);
    expect(merged.getRef('refs/heads/b000003')).toBeUndefined();
    expect(merged.refsByObject(oid(1)).map(({ name }) => name)).toEqual(['refs/heads/b000001', 'refs/heads/b000004']);
    expect(merged.refsByObject(oid(4))).toEqual([]);
    expect(Array.from(merged.log('refs/heads/b000003'), ({ updateIndex }) => updateIndex)).toEqual([2]);
    const later = new MergedTable([await openTable(new BytesSource(older)), await openGitTable(new BytesSource(newer))]);
    expect(await all(later.refs())).toEqual([...merged.refs()]);
  });
});

describe('the writer refuses', () => {
  const writer = (): GitTableWriter => new GitTableWriter(new BytesSink(), { minUpdateIndex: 2, maxUpdateIndex: 5 });
  const ref = (name: string, updateIndex = 2): RefInput => ({ name, kind: 'deletion', updateIndex });
  test.each<[string, string, (table: GitTableWriter) => void]>([
    ['refs out of order', 'KEYS_NOT_ASCENDING', (table) => [ref('b'), ref('a')].forEach((one) => table.addRef(one))],
    ['a ref without a name', 'KEYS_NOT_ASCENDING', (table) => table.addRef(ref(''))],
    ['a ref after a log entry', 'REF_AFTER_LOG', (table) => [(): void => table.addLog(update('a', 2)), (): void => table.addRef(ref('b'))].forEach((call) => call())],
    ['a ref below the least update index', 'UPDATE_INDEX', (table) => table.addRef(ref('a', 1))],
    ['a log above the greatest', 'UPDATE_INDEX', (table) => table.addLog(update('a', 6))],
    ['an id of another hash', 'OBJECT_ID', (table) => table.addRef({ name: 'a', kind: 'direct', oid: oid(1, 32), updateIndex: 2 })],
    ['a message of two lines', 'LOG_MESSAGE', (table) => table.addLog(update('a', 2, 'a\nb\n'))],
    ['a log of no ref', 'KEYS_NOT_ASCENDING', (table) => table.addLog(update('', 2))],
    ['more after the end', 'WRITER_FINISHED', (table) => [(): unknown => table.finish(), (): void => table.addRef(ref('a'))].forEach((call) => call())],
    ['a second end', 'WRITER_FINISHED', (table) => [1, 2].forEach(() => table.finish())],
  ])('%s', (_, code, act) => {
    const table = writer();
    expect(codeOf(() => act(table))).toBe(code);
  });

  test('limits that contradict each other', () => {
    expect(codeOf(() => new GitTableWriter(new BytesSink(), { minUpdateIndex: 3, maxUpdateIndex: 2 }))).toBe('LIMITS');
    expect(codeOf(() => new GitTableWriter(new BytesSink(), { minUpdateIndex: -1 }))).toBe('NUMBER_RANGE');
    expect(codeOf(() => new GitTableWriter(new BytesSink(), { maxMentions: -1 }))).toBe('NUMBER_RANGE');
  });

  test('logs out of order, in GitStorage 2 as well', () => {
    const two = new GitTableWriter(new BytesSink(), { gitStorage: 2 });
    two.addLog(update('b', 2));
    expect(codeOf(() => two.addLog(update('a', 2)))).toBe('KEYS_NOT_ASCENDING');
    expect(codeOf(() => two.addLog(update('b', 2)))).toBe('KEYS_NOT_ASCENDING');
    two.addLog(update('b', 1));
  });
});

describe('metadata', () => {
  const sound: GitMetadata = {
    gitStorage: 3,
    hash: 'sha256',
    minUpdateIndex: 1n,
    maxUpdateIndex: 2n ** 64n - 1n,
    objectIdLength: 0,
    statistics: { refs: 0, refTombstones: 0, objects: 0, logs: 0, logTombstones: 0, dataSize: 0 },
  };
  const openWith = (metadata: Uint8Array): unknown => {
    const sink = new BytesSink();
    new SstWriter(sink).finish(metadata);
    return openV2(sink.bytes()).tableCore.metadata;
  };
  const patched = (offset: number, byte: number): Uint8Array => encodeMetadata(sound).with(offset, byte);

  test('may be longer than it is known to be', () => {
    expect(openWith(encodeMetadata(sound))).toEqual(sound);
    expect(openWith(Uint8Array.of(...encodeMetadata(sound), 1, 2, 3))).toEqual(sound);
  });

  test.each<[string, string, Uint8Array]>([
    ['none', 'METADATA', new Uint8Array(0)],
    ['too short', 'METADATA', encodeMetadata(sound).subarray(0, 69)],
    ['of GitStorage 2, too short', 'METADATA', encodeMetadata({ ...sound, gitStorage: 2 }).subarray(0, 16)],
    ['of a later version', 'GIT_STORAGE', patched(0, 4)],
    ['of a hash that is not known', 'HASH_ID', patched(17, 0x74)],
    ['with ids that are too long', 'OBJECT_ID_LENGTH', patched(21, 33)],
    ['with reversed limits', 'LIMITS', encodeMetadata({ ...sound, maxUpdateIndex: 0n })],
  ])('%s', (_, code, metadata) => {
    expect(codeOf(() => openWith(metadata))).toBe(code);
  });
});

async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of iterable) found.push(item);
  return found;
}

test('is read block by block by any driver', async () => {
  const table = await openGitTable(new BytesSource(writeGit(branches(2000))));
  const cursor = table.tableCore.refCursor();
  let count = 0;
  while (cursor.next() || (await run(cursor.load(), performRead))) count++;
  expect(count).toBe(2000);
});
