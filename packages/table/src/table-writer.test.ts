import { BlockCursor, decodeIndexPosition, INDEX_BLOCK, LOG_BLOCK, OBJECT_BLOCK, objectIdBytes, type Block, type LogUpdate } from '@reftable/block';
import { atOnce, BytesSink } from '@reftable/io';
import { isReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { RecordTooLargeError } from './errors.js';
import type { TableOptions } from './options.js';
import { TableWriter } from './table-writer.js';
import type { TableSync } from './table.js';
import {
  blocksOf,
  branches,
  codeOf,
  contentOf,
  deletion,
  direct,
  LIMITS,
  logDeletion,
  oid,
  open,
  peeled,
  spreadOid,
  symbolic,
  update,
  withFooter,
  write,
  writeRaw,
} from './table.testing.js';

const count = (table: TableSync, type: string): number => blocksOf(table).filter((block) => block.type === type).length;

function writer(options: Partial<TableOptions> = {}): TableWriter {
  return new TableWriter(new BytesSink(), { ...LIMITS, ...options });
}

/** The error that says that a record fits no block. */
function tooLarge(act: () => unknown): RecordTooLargeError {
  try {
    act();
  } catch (error) {
    if (error instanceof RecordTooLargeError && isReftableError(error, 'RECORD_TOO_LARGE')) return error;
    throw error;
  }
  throw new Error('it fitted');
}

describe('an empty table', () => {
  const written = writeRaw({});

  test('is a header and a footer: 92 bytes, in version 2 100', () => {
    expect(written.bytes.length).toBe(92);
    expect(writeRaw({}, { hash: 'sha256' }).bytes.length).toBe(100);
    expect(writeRaw({}, { aligned: false }).bytes.length).toBe(92);
  });

  test('the writer says so', () => {
    const nothing = { records: 0, restarts: 0, blocks: 0, position: 0, indexBlocks: 0, indexLevels: 0, indexPosition: 0 };
    expect(written).toEqual({ refs: nothing, objects: nothing, logs: nothing, objectIdLength: 0, size: 92, bytes: written.bytes });
  });

  test('a reader finds nothing in it', () => {
    const table = open(written.bytes);
    expect(contentOf(table)).toEqual({ refs: [], logs: [] });
    expect([...table.refs({ prefix: 'refs/' })]).toEqual([]);
    expect([...table.log('refs/heads/main')]).toEqual([]);
    expect(table.getRef('HEAD')).toBeUndefined();
    expect(table.refsByObject(oid(1))).toEqual([]);
    expect(blocksOf(table)).toEqual([]);
  });
});

describe('a table of one record is as long as its parts', () => {
  const around = 24 + 4 + 5 + 68;
  const short = 'HEAD'; // 15 bytes of name or fewer: two lengths and the update index
  const long = 'refs/heads/master'; // from 16 on: a byte more
  test.each([
    ['object id', direct(short), 3 + short.length + 20],
    ['object id, long name', direct(long), 4 + long.length + 20],
    ['tag', peeled(long, oid(1), oid(2)), 4 + long.length + 40],
    ['symbolic ref', symbolic(short, long), 3 + short.length + 1 + long.length],
    ['tombstone', deletion(long), 4 + long.length],
    ['name of 15 bytes', deletion('x'.repeat(15)), 3 + 15],
    ['name of 16 bytes', deletion('x'.repeat(16)), 4 + 16],
  ])('%s', (_, ref, record) => {
    const { bytes, size, refs } = writeRaw({ refs: [ref] });
    expect(bytes.length).toBe(around + record);
    expect(size).toBe(bytes.length);
    expect(refs).toMatchObject({ records: 1, restarts: 1, blocks: 1, indexLevels: 0 });
    expect(contentOf(open(bytes)).refs).toEqual([ref]);
  });

  test('in version 2 header and footer are 4 bytes longer, and ids 12', () => {
    expect(writeRaw({ refs: [direct(short, oid(1, 32))] }, { hash: 'sha256' }).bytes.length).toBe(around + 8 + 3 + short.length + 32);
  });
});

test('5,670 refs, one index level and no object section: 147,861 bytes, a byte more than JGit, whose restarts come a record earlier', () => {
  const refs = Array.from({ length: 5670 }, (_, i) => direct(`refs/heads/${String(i + 1).padStart(4, '0')}`, oid(i + 1)));
  const { bytes, refs: statistics } = writeRaw({ refs }, { indexObjects: false });
  expect(statistics).toMatchObject({ records: 5670, blocks: 36, indexLevels: 1, indexBlocks: 1 });
  const index = 337; // with 3 restarts; JGit's, over blocks that end elsewhere, has 336 bytes
  expect(bytes.length).toBe(36 * 4096 + index + 68);
});

test('500 refs of one id: blocks of 158, 159, 159 and 24 records, an index of 4, one object record', () => {
  const refs = Array.from({ length: 500 }, (_, i) => direct(`refs/heads/branch-${String(i).padStart(3, '0')}`, oid(0)));
  const { bytes, ...statistics } = writeRaw({ refs });
  const table = open(bytes);
  const inBlocks: Record<string, [number, number][]> = {};
  for (const block of table.blocks()) {
    const cursor = new BlockCursor(20);
    cursor.enter(block);
    let records = 0;
    while (cursor.next()) records++;
    (inBlocks[String.fromCharCode(block.type)] ??= []).push([records, block.restartCount]);
  }
  expect(inBlocks).toEqual({ r: [[158, 10], [159, 10], [159, 10], [24, 2]], i: [[4, 1]], o: [[1, 1]] });
  expect(statistics).toMatchObject({
    refs: { records: 500, restarts: 32, blocks: 4, position: 0, indexBlocks: 1, indexLevels: 1, indexPosition: 4 * 4096 },
    objects: { records: 1, restarts: 1, blocks: 1, position: 5 * 4096, indexLevels: 0 },
    objectIdLength: 2,
  });
});

describe.each(['sha1', 'sha256'] as const)('50 refs in blocks of 256 bytes, %s', (hash) => {
  const size = hash === 'sha1' ? 20 : 32;
  const refs = branches(50, (i) => spreadOid(i, size));
  const bytes = write({ refs }, { hash, blockSize: 256 });

  test('a scan gives all', () => {
    expect(contentOf(open(bytes)).refs).toEqual(refs);
  });

  test('each is found through the index', () => {
    const table = open(bytes);
    for (const ref of refs) expect(table.getRef(ref.name)).toEqual(ref);
  });

  test('each is found without it', () => {
    const table = open(withFooter(bytes, { refIndex: 0 }));
    for (const ref of refs) expect(table.getRef(ref.name)).toEqual(ref);
  });

  test('a seek past the last is at the end', () => {
    expect([...open(bytes).refs({ from: 'refs/heads/z' })]).toEqual([]);
    expect(open(bytes).getRef('refs/heads/z')).toBeUndefined();
  });
});

describe('padding', () => {
  test('blocks of refs, objects and indexes begin at multiples of the block size; what is last before logs or footer is not padded', () => {
    const refs = branches(100);
    const logs = refs.map((ref) => update(ref.name, 1));
    const table = open(write({ refs, logs }, { blockSize: 256 }));
    const blocks = blocksOf(table);
    const firstLog = blocks.findIndex(({ type }) => type === 'g');
    for (const { position } of blocks.slice(0, firstLog)) expect(position % 256).toBe(0);
    expect(blocks[firstLog]!.position).toBe(blocks[firstLog - 1]!.position + blocks[firstLog - 1]!.size);
    const logIndex = blocks.slice(firstLog).filter(({ type }) => type === 'i');
    expect(logIndex.length).toBeGreaterThan(2);
    for (const [i, { position }] of logIndex.entries()) expect(position).toBe(logIndex[0]!.position + 256 * i);
    const last = blocks.at(-1)!;
    expect(last.position + last.size).toBe(table.info.size - 68);
  });

  test('log blocks follow one another without any', () => {
    const blocks = blocksOf(open(write({ logs: branches(60).map(({ name }) => update(name)) }, { blockSize: 256 }))).filter(({ type }) => type === 'g');
    expect(blocks.length).toBeGreaterThan(10);
    for (const [i, block] of blocks.entries()) {
      if (i > 0) expect(block.position).toBe(blocks[i - 1]!.position + blocks[i - 1]!.size);
    }
  });

  test('a table that is not aligned has none, and says block size 0', () => {
    const bytes = write({ refs: branches(100), logs: [update('HEAD')] }, { blockSize: 256, aligned: false });
    const table = open(bytes);
    expect(table.info.blockSize).toBe(0);
    let end = 0;
    for (const { position, size } of blocksOf(table)) {
      expect(position).toBe(end);
      end += size;
    }
    expect(end).toBe(bytes.length - 68);
  });
});

describe('index', () => {
  /** One ref a block: names of 100 bytes in blocks of 160. */
  const large = (n: number) => Array.from({ length: n }, (_, i) => direct(`${String(i).padStart(5, '0')}${'x'.repeat(95)}`));

  test.each([
    [1, 0],
    [3, 0],
    [4, 1],
  ])('aligned, %i blocks have %i levels of it', (blocks, indexLevels) => {
    expect(writeRaw({ refs: large(blocks) }, { blockSize: 160 }).refs).toMatchObject({ blocks, indexLevels });
  });

  test.each([
    [1, 0],
    [2, 1],
  ])('not aligned, %i blocks have %i levels of it', (blocks, indexLevels) => {
    const { refs } = writeRaw({ refs: large(blocks) }, { blockSize: 160, aligned: false });
    expect(refs.blocks).toBe(blocks);
    expect(refs.indexLevels > 0).toBe(indexLevels > 0);
  });

  test('200 refs in blocks of 100: more than one level, and the last ref is found', () => {
    const refs = branches(200);
    const { bytes, refs: statistics } = writeRaw({ refs }, { blockSize: 100 });
    expect(statistics.indexLevels).toBeGreaterThan(1);
    const table = open(bytes);
    for (const ref of [...refs].reverse()) expect(table.getRef(ref.name)).toEqual(ref);
  });

  test('thousands of blocks: three levels, every ref is found, and the top level is 1 to 3 blocks', () => {
    const refs = branches(6000);
    const { bytes, refs: statistics } = writeRaw({ refs }, { blockSize: 128 });
    expect(statistics.blocks).toBeGreaterThan(1000);
    expect(statistics.indexLevels).toBe(3);
    const table = open(bytes);
    for (const ref of refs) expect(table.getRef(ref.name), ref.name).toEqual(ref);
    const { objects, refIndex } = table.tableCore.positions;
    const top = blocksOf(table).filter(({ type, position }) => type === 'i' && position >= refIndex && position < objects);
    expect(top.length).toBeGreaterThanOrEqual(1);
    expect(top.length).toBeLessThanOrEqual(3);
  });

  test('each entry is the last key of its block, in every section', () => {
    const refs = branches(300);
    const table = open(write({ refs, logs: refs.map(({ name }) => update(name)) }, { blockSize: 300 }));
    const blocks = new Map(Array.from(table.blocks(), (block) => [block.position, block]));
    const lastKey = (block: Block): Uint8Array => {
      const cursor = new BlockCursor(20);
      cursor.enter(block);
      while (cursor.next());
      return cursor.key.slice(0, cursor.keyLength);
    };
    const pointedAt = new Set<number>();
    for (const block of blocks.values()) {
      if (block.type !== INDEX_BLOCK) continue;
      const cursor = new BlockCursor(20);
      cursor.enter(block);
      while (cursor.next()) {
        const position = decodeIndexPosition(cursor);
        expect(cursor.key.slice(0, cursor.keyLength)).toEqual(lastKey(blocks.get(position)!));
        pointedAt.add(position);
      }
    }
    // Every block but those of the topmost levels is pointed at, once.
    for (const { type, position } of blocks.values()) if (type !== INDEX_BLOCK) expect(pointedAt.has(position)).toBe(true);
  });

  test('100 refs and 100 logs in blocks of 100: three indexes, and a log is found through its own', () => {
    const refs = branches(100);
    const logs = refs.map(({ name }) => update(name, 1, { message: '' }));
    const { bytes, ...statistics } = writeRaw({ refs, logs }, { blockSize: 150 });
    for (const section of [statistics.refs, statistics.objects, statistics.logs]) expect(section.indexLevels).toBeGreaterThan(0);
    const table = open(bytes);
    for (const { name } of refs) expect(Array.from(table.log(name), (log) => log.ref)).toEqual([name]);
  });

  test('names longer than half a block get one level, which can not shorten', () => {
    const refs = large(9);
    const { bytes, refs: statistics } = writeRaw({ refs }, { blockSize: 160 });
    expect(statistics).toMatchObject({ blocks: 9, indexLevels: 1, indexBlocks: 9 });
    const table = open(bytes);
    for (const ref of refs) expect(table.getRef(ref.name)).toEqual(ref);
    expect(contentOf(table).refs).toEqual(refs);
  });

  test('names that fill a block as tombstones leave no room for a position: no index, and all are found', () => {
    const refs = Array.from({ length: 30 }, (_, i) => deletion(`${String(i).padStart(2, '0')}${'x'.repeat(i === 0 ? 10 : 49)}`));
    for (const aligned of [true, false]) {
      const { bytes, refs: statistics } = writeRaw({ refs }, { blockSize: 64, aligned });
      expect(statistics).toMatchObject({ blocks: 30, indexLevels: 0, indexPosition: 0 });
      expect(contentOf(open(bytes)).refs).toEqual(refs);
      for (const { name } of refs) expect([...open(bytes).refs({ prefix: name, tombstones: true })]).toHaveLength(1);
    }
  });
});

describe('object section', () => {
  test('only where refs have an index, and only if it is wanted', () => {
    expect(count(open(write({ refs: branches(3) })), 'o')).toBe(0);
    expect(count(open(write({ refs: branches(500) })), 'o')).toBeGreaterThan(0);
    expect(count(open(write({ refs: branches(500) }, { indexObjects: false })), 'o')).toBe(0);
  });

  test('50 refs of 80 bytes in blocks of 256: the same answer with it and without, of value and peeled value', () => {
    const refs = Array.from({ length: 50 }, (_, i) => {
      const name = `refs/heads/${'x'.repeat(66)}${String(i).padStart(3, '0')}`;
      return i % 2 === 0 ? direct(name, spreadOid(i % 5)) : peeled(name, spreadOid(100 + i), spreadOid(i % 5));
    });
    const [withIt, without] = [true, false].map((indexObjects) => open(write({ refs }, { blockSize: 256, indexObjects })));
    expect(count(withIt!, 'o')).toBeGreaterThan(0);
    for (const id of [...Array.from({ length: 5 }, (_, i) => spreadOid(i)), spreadOid(101), spreadOid(999)]) {
      const expected = refs.filter((ref) => JSON.stringify(ref).includes(id));
      expect(withIt!.refsByObject(id)).toEqual(expected);
      expect(without!.refsByObject(id)).toEqual(expected);
      expect(withIt!.refsByObject(objectIdBytes(id, 20))).toEqual(expected);
    }
  });

  test('256 refs of one id: an object id length of 2', () => {
    const refs = branches(256, () => oid(7));
    const written = writeRaw({ refs }, { blockSize: 1024 });
    expect(written).toMatchObject({ objectIdLength: 2, objects: { records: 1 } });
    expect(open(written.bytes).refsByObject(oid(7))).toHaveLength(256);
  });

  test.each([
    [2, 3],
    [14, 15],
    [15, 16],
    [18, 19],
    [19, 20],
  ])('ids alike in %i bytes: a length of %i', (alike, length) => {
    const refs = branches(256, (i) => 'ab'.repeat(alike) + i.toString(16).padStart(2, '0') + '00'.repeat(19 - alike));
    const written = writeRaw({ refs }, { blockSize: 1024 });
    expect(written).toMatchObject({ objectIdLength: length, objects: { records: 256 } });
    const table = open(written.bytes);
    for (const ref of refs) expect(table.refsByObject(ref.oid)).toEqual([ref]);
  });

  test('ids of SHA-256 alike in 30 bytes: a length of 31, the longest; alike in 31: no section, since no footer can tell', () => {
    const ids = (alike: number) => (i: number) => 'ab'.repeat(alike) + i.toString(16).padStart(2, '0') + '00'.repeat(31 - alike);
    for (const [alike, length] of [
      [30, 31],
      [31, 0],
    ] as const) {
      const refs = branches(256, ids(alike));
      const written = writeRaw({ refs }, { blockSize: 1024, hash: 'sha256' });
      expect(written.objectIdLength).toBe(length);
      expect(written.objects.records).toBe(length === 0 ? 0 : 256);
      const table = open(written.bytes);
      expect(table.tableCore.positions.objects > 0).toBe(length > 0);
      for (const ref of refs.slice(0, 20)) expect(table.refsByObject(ref.oid)).toEqual([ref]);
    }
  });

  test('an id in so many blocks that they do not fit one: no positions, which means look everywhere', () => {
    const refs = branches(300, (i) => (i % 2 === 0 ? oid(7) : spreadOid(i)));
    const written = writeRaw({ refs }, { blockSize: 128 });
    const table = open(written.bytes);
    // The id of zeros and a 7 is the first of all.
    const cursor = new BlockCursor(20);
    cursor.enter([...table.blocks()].find(({ type }) => type === OBJECT_BLOCK)!);
    expect(cursor.next()).toBe(true);
    expect(cursor.key.slice(0, cursor.keyLength)).toEqual(new Uint8Array(written.objectIdLength));
    expect([cursor.valueType, cursor.bytes[cursor.valueStart]]).toEqual([0, 0]);
    expect(table.refsByObject(oid(7))).toHaveLength(150);
  });

  test('refs without ids have no section, though the footer tells the length that it would have', () => {
    const refs = branches(200).map(({ name }) => symbolic(name, 'refs/heads/main'));
    const written = writeRaw({ refs }, { blockSize: 256 });
    expect(written).toMatchObject({ objectIdLength: 2, objects: { records: 0, position: 0 } });
    expect(open(written.bytes).refsByObject(oid(1))).toEqual([]);
  });

  describe('with at most so many mentions held', () => {
    const refs = branches(500).map(({ name }, i) => {
      const [id, other] = [spreadOid((i * 7) % 120), spreadOid(i % 40)];
      return [peeled(name, id, other), direct(name, id), symbolic(name, 'HEAD'), deletion(name), direct(name, other)][i % 5]!;
    });
    const logs = [update('HEAD')];
    const whole = write({ refs, logs }, { blockSize: 256 });

    /** Adds all refs, and repeats those that may not be left out as long as that is asked for: so often. */
    const repeatRefs = (to: TableWriter): number => {
      for (const ref of refs) to.addRef(ref);
      let times = 0;
      for (; atOnce(to.endRefs()); times++) {
        const cursor = open(whole).refCursor({ tombstones: times % 2 === 0 });
        while (cursor.next() || cursor.load()) to.repeatRef(cursor.record);
      }
      return times;
    };

    test.each([0, 1, 70, 399, 400, 401])('%d of 400: the same bytes, and refs are asked for again where there are more', (maxMentions) => {
      const sink = new BytesSink();
      const bounded = new TableWriter(sink, { ...LIMITS, blockSize: 256, maxMentions });
      const times = repeatRefs(bounded);
      for (const log of logs) bounded.addLog(log);
      bounded.finish();
      expect(sink.bytes()).toEqual(whole);
      expect(times > 0).toBe(maxMentions < 400);
    });

    test.each<[string, (bounded: TableWriter) => unknown]>([
      ['the end', (bounded) => bounded.finish()],
      ['a log entry', (bounded) => bounded.addLog(update('HEAD'))],
      ['the end of the refs', (bounded) => atOnce(bounded.endRefs()) && atOnce(bounded.endRefs())],
    ])('%s, where refs are to be repeated and were not, is a misuse', (_, act) => {
      const bounded = writer({ blockSize: 256, maxMentions: 70 });
      for (const ref of refs) bounded.addRef(ref);
      expect(codeOf(() => act(bounded))).toBe('REFS_NOT_REPEATED');
    });
  });

  test('a tag that peels to itself counts once', () => {
    const refs = branches(300).map(({ name }) => peeled(name, oid(3), oid(3)));
    expect(open(write({ refs }, { blockSize: 512 })).refsByObject(oid(3))).toEqual(refs);
  });
});

describe('logs', () => {
  test('ids that do not deflate make a stream larger than the block: it is written, and read', () => {
    const logs = Array.from({ length: 30 }, (_, i) =>
      update(spreadOid(i, 40), 1, { oldOid: spreadOid(i * 2), newOid: spreadOid(i * 2 + 1), name: '', email: '', message: spreadOid(i, 60) }),
    ).sort((a, b) => (a.ref < b.ref ? -1 : 1));
    const bytes = write({ logs }, { blockSize: 512, exactLogMessages: true });
    expect(contentOf(open(bytes)).logs).toEqual(logs);
  });

  test('a message of 255 bytes does not fit a block of 256; the error says what would do', () => {
    const log = update('refs/heads/master', 1, { message: 'x'.repeat(255) });
    const { minimumBlockSize, kind } = tooLarge(() => writeRaw({ logs: [log] }, { blockSize: 256 }));
    expect(kind).toBe('misuse');
    expect(codeOf(() => writeRaw({ logs: [log] }, { blockSize: minimumBlockSize - 1 }))).toBe('RECORD_TOO_LARGE');
    expect(contentOf(open(write({ logs: [log] }, { blockSize: minimumBlockSize }))).logs).toEqual([{ ...log, message: `${'x'.repeat(255)}\n` }]);
  });

  test('update indexes below the minimum are fine, for expiry writes old entries again; above the maximum only those of tombstones', () => {
    const limits = { minUpdateIndex: 5, maxUpdateIndex: 9 };
    const logs = [logDeletion('a', 99), update('a', 9), update('a', 1), logDeletion('a', 0)];
    const table = open(writeRaw({ logs }, limits).bytes);
    expect(contentOf(table).logs).toEqual(logs);
    expect(codeOf(() => writeRaw({ logs: [update('a', 10)] }, limits))).toBe('UPDATE_INDEX');
  });

  test('messages are one line, ended by a newline, unless they are to be exact', () => {
    const logs = ['one', 'two\n', '', 'four\n\n'].map((message, i) => update(String(i), 1, { message }));
    expect(contentOf(open(write({ logs }))).logs.map((log) => log.kind === 'update' && log.message)).toEqual(['one\n', 'two\n', '\n', 'four\n']);
    expect(contentOf(open(write({ logs }, { exactLogMessages: true }))).logs).toEqual(logs);
    const lines = [update('a', 1, { message: 'a\nb\n' })];
    expect(codeOf(() => write({ logs: lines }))).toBe('LOG_MESSAGE');
    expect(contentOf(open(write({ logs: lines }, { exactLogMessages: true }))).logs).toEqual(lines);
  });

  test('the existence marker is written as Git writes it, with no message, whether messages are exact or not', () => {
    const marker = update('refs/heads/main', 1, { oldOid: oid(0), newOid: oid(0), name: '', email: '', time: 0, timeZone: 0, message: '' });
    for (const exactLogMessages of [true, false]) expect(contentOf(open(write({ logs: [marker] }, { exactLogMessages }))).logs).toEqual([marker]);
  });

  test('a log-only table: the log block holds the file header, and the footer says 0', () => {
    const table = open(write({ logs: [update('HEAD')] }));
    expect(table.tableCore.positions).toMatchObject({ logs: 0, logIndex: 0 });
    const [block] = table.blocks();
    expect(block).toMatchObject({ type: LOG_BLOCK, position: 0, recordsStart: 28 });
    expect([...table.refs()]).toEqual([]);
  });

  test('logs behind a ref block that is full are not taken for refs', () => {
    for (let length = 4000; length < 4038; length++) {
      const refs = [direct('x'.repeat(length))];
      expect(contentOf(open(write({ refs, logs: [update('HEAD')] })))).toEqual({ refs, logs: [update('HEAD')] });
    }
  });
});

describe('limits', () => {
  const limits = { minUpdateIndex: 5, maxUpdateIndex: 9 };

  test.each([4, 10, 0, 2n ** 60n])('a ref of update index %s is outside of 5 to 9', (updateIndex) => {
    expect(codeOf(() => writer(limits).addRef({ ...direct('a'), updateIndex }))).toBe('UPDATE_INDEX');
  });

  test.each([5, 9, 5n, 9n])('a ref of %s is inside', (updateIndex) => {
    const table = open(write({ refs: [{ ...direct('a'), updateIndex }] }, limits));
    expect(table.getRef('a')!.updateIndex).toBe(Number(updateIndex));
  });

  test.each([-1, 1.5, NaN, 2 ** 53, 2n ** 64n])('%s is no update index at all', (updateIndex) => {
    const limits = { minUpdateIndex: 0, maxUpdateIndex: 2n ** 64n - 1n };
    expect(codeOf(() => writer(limits).addRef({ ...direct('a'), updateIndex }))).toBe('NUMBER_RANGE');
    expect(codeOf(() => writer(limits).addLog({ ...update('a'), updateIndex }))).toBe('NUMBER_RANGE');
    expect(codeOf(() => writer(limits).addLog({ ...logDeletion('a'), updateIndex }))).toBe('NUMBER_RANGE');
  });

  test('up to 2^64-1, exactly', () => {
    const limits = { minUpdateIndex: 2n ** 53n, maxUpdateIndex: 2n ** 64n - 1n };
    const exact = [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n];
    const table = open(write({ refs: exact.map((updateIndex, i) => ({ ...direct(String(i)), updateIndex })) }, limits));
    expect(Array.from(table.refs(), (ref) => ref.updateIndexExact)).toEqual(exact);
    expect(table.info).toMatchObject({ minUpdateIndex: Number.MAX_SAFE_INTEGER, minUpdateIndexExact: 2n ** 53n, maxUpdateIndexExact: 2n ** 64n - 1n });
  });

  test('are the same in header and footer, with thousands of refs and logs', () => {
    const refs = branches(5000);
    const limits = { minUpdateIndex: 1, maxUpdateIndex: 77 };
    const logs = refs.map(({ name }) => update(name, 77));
    const table = open(write({ refs, logs }, limits));
    expect(table.info).toMatchObject(limits);
    expect(contentOf(table)).toEqual({ refs, logs });
  });
});

describe('order', () => {
  test.each([
    ['the same ref twice', ['a', 'a']],
    ['refs that descend', ['b', 'a']],
    ['a ref and the start of its name', ['ab', 'a']],
    ['a ref without a name', ['']],
    ['bytes are unsigned', [Uint8Array.of(0x80), Uint8Array.of(0x7f)]],
  ])('%s: refused', (_, names) => {
    expect(codeOf(() => writeRaw({ refs: names.map((name) => ({ ...direct('x'), name })) }))).toBe('KEYS_NOT_ASCENDING');
  });

  test.each([
    ['the same entry twice', [update('a', 1), update('a', 1)]],
    ['an entry and its tombstone', [update('a', 1), logDeletion('a', 1)]],
    ['update indexes that ascend', [update('a', 1), update('a', 2)]],
    ['names that descend', [update('b', 1), update('a', 1)]],
    ['an entry of a ref without a name', [update('', 1)]],
  ])('in logs, %s: refused', (_, logs) => {
    expect(codeOf(() => writeRaw({ logs }, { maxUpdateIndex: 2 }))).toBe('KEYS_NOT_ASCENDING');
  });

  test('the error names both keys as they were given', () => {
    const add = (...logs: readonly LogUpdate[]): void => {
      const table = writer({ maxUpdateIndex: 2 ** 50 });
      for (const log of logs) table.addLog(log);
    };
    expect(() => add(update('b', 3), update('b', 4))).toThrow('key "b" at update index 4 after "b" at update index 3');
    expect(() => add(update('b', 2 ** 40), update('a', 1))).toThrow(`key "a" at update index 1 after "b" at update index ${2 ** 40}`);
    expect(() => writeRaw({ refs: [direct('b'), direct('a')] })).toThrow('key "a" after "b"');
    expect(() => writeRaw({ refs: [direct('')] })).toThrow('key "" after none');
    expect(() => writeRaw({ logs: [update('a', 1, { message: 'x'.repeat(300) })] }, { blockSize: 128 })).toThrow('record of "a" at update index 1 needs');
  });

  test('a refused record leaves the table as it was', () => {
    const sink = new BytesSink();
    const table = new TableWriter(sink, LIMITS);
    table.addRef(direct('b'));
    expect(codeOf(() => table.addRef(direct('a')))).toBe('KEYS_NOT_ASCENDING');
    expect(codeOf(() => table.addRef(direct('c', 'no hex')))).toBe('OBJECT_ID');
    expect(codeOf(() => table.addRef(direct('c', oid(1), 2)))).toBe('UPDATE_INDEX');
    table.addRef(direct('c'));
    table.addLog(update('c'));
    expect(codeOf(() => table.addLog(update('b')))).toBe('KEYS_NOT_ASCENDING');
    expect(codeOf(() => table.addLog(update('d', 1, { timeZone: 99_999 })))).toBe('TIME_ZONE');
    table.finish();
    expect(sink.bytes()).toEqual(write({ refs: [direct('b'), direct('c')], logs: [update('c')] }));
  });

  test('refs come before logs, and nothing after the end', () => {
    const table = writer();
    table.addLog(update('a'));
    expect(codeOf(() => table.addRef(direct('b')))).toBe('REF_AFTER_LOG');
    table.finish();
    for (const act of [() => table.addRef(direct('b')), () => table.addLog(update('b')), () => table.finish()]) {
      expect(codeOf(act)).toBe('WRITER_FINISHED');
    }
  });
});

describe('a record too large for a block', () => {
  test('the error names the smallest block size that would do: 85 for a name of 28 bytes', () => {
    const ref = direct('refs/heads/i-am-not-a-teapot');
    const error = tooLarge(() => writer({ blockSize: 64 }).addRef(ref));
    expect(error.minimumBlockSize).toBe(85);
    expect(error.message).toContain('refs/heads/i-am-not-a-teapot');
    expect(tooLarge(() => writer({ blockSize: 84 }).addRef(ref)).minimumBlockSize).toBe(85);
    expect(open(write({ refs: [ref] }, { blockSize: 85 })).getRef(ref.name)).toEqual(ref);
  });

  test('the longest name in blocks of 4096 has 4038 bytes, alone; 24 more behind another ref', () => {
    const fits = (refs: ReturnType<typeof direct>[]): unknown => codeOf(() => contentOf(open(write({ refs }))).refs.length);
    expect(fits([direct('x'.repeat(4038))])).toBe(1);
    expect(fits([direct('x'.repeat(4039))])).toBe('RECORD_TOO_LARGE');
    expect(fits([direct('a'), direct('x'.repeat(4062))])).toBe(2);
    expect(fits([direct('a'), direct('x'.repeat(4063))])).toBe('RECORD_TOO_LARGE');
  });

  test('nothing of it is written, and others may follow', () => {
    const sink = new BytesSink();
    const table = new TableWriter(sink, { ...LIMITS, blockSize: 200 });
    table.addRef(direct('a'));
    expect(tooLarge(() => table.addRef(direct('b'.repeat(300)))).minimumBlockSize).toBe(4 + 1 + 2 + 300 + 1 + 20 + 5);
    expect(sink.bytes().length).toBe(0);
    table.addRef(direct('c'));
    table.addLog(update('a', 1, { message: '' }));
    tooLarge(() => table.addLog(update('b', 1, { message: 'x'.repeat(200) })));
    table.addLog(update('c', 1, { message: '' }));
    table.finish();
    expect(sink.bytes()).toEqual(
      write({ refs: [direct('a'), direct('c')], logs: [update('a', 1, { message: '' }), update('c', 1, { message: '' })] }, { blockSize: 200 }),
    );
  });
});

test('an error of the sink comes out as it is, and is not taken for a full block', () => {
  const full = new Error('no space left');
  let room = 3;
  const sink = {
    write(): void {
      if (room-- === 0) throw full;
    },
  };
  const table = new TableWriter(sink, { ...LIMITS, blockSize: 100 });
  expect(() => {
    for (const ref of branches(100)) table.addRef(ref);
  }).toThrow(full);
});

describe('options', () => {
  const refs = branches(300);
  const logs = refs.map(({ name }) => update(name, 1));
  test.each([1, 2, 16, 64, 65_535])('restart interval %i', (restartInterval) => {
    const table = open(write({ refs, logs }, { restartInterval, blockSize: 1000 }));
    expect(contentOf(table)).toEqual({ refs, logs });
    for (const ref of refs) expect(table.getRef(ref.name)).toEqual(ref);
  });

  test.each([150, 256, 1000, 4096, 65_536, 2 ** 24 - 1])('block size %i', (blockSize) => {
    const table = open(write({ refs, logs }, { blockSize }));
    expect(table.info.blockSize).toBe(blockSize);
    expect(contentOf(table)).toEqual({ refs, logs });
    for (const { type, size } of blocksOf(table)) if (type !== 'g') expect(size).toBeLessThanOrEqual(blockSize);
    for (const block of table.blocks()) expect(block.bytes.length).toBeLessThanOrEqual(blockSize);
  });
});
