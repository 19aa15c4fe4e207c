import { describe, expect, test } from 'vitest';
import { openTable, openTableSync, type Table, type TableSync } from './table.js';
import {
  all,
  branches,
  codeOf,
  CountingSource,
  deletion,
  direct,
  logDeletion,
  oid,
  open,
  patched,
  peeled,
  spreadOid,
  symbolic,
  update,
  write,
} from './table.testing.js';

const refs = [
  symbolic('HEAD', 'refs/heads/main'),
  direct('refs/heads/main', oid(1)),
  deletion('refs/heads/old'),
  peeled('refs/tags/v1', oid(9), oid(1)),
];
const logs = [
  update('HEAD', 9),
  update('HEAD', 7),
  logDeletion('HEAD', 5),
  update('HEAD', 2),
  update('refs/heads/main', 9),
  update('refs/heads/main2', 8),
  logDeletion('refs/heads/old', 3),
];
const bytes = write({ refs, logs }, { maxUpdateIndex: 9 });

/** Either face, asked alike. */
interface Face {
  getRef(name: string | Uint8Array): Promise<unknown>;
  refs(...range: Parameters<TableSync['refs']>): Promise<unknown[]>;
  names(...range: Parameters<TableSync['names']>): Promise<unknown[]>;
  log(...range: Parameters<TableSync['log']>): Promise<unknown[]>;
  logs(...range: Parameters<TableSync['logs']>): Promise<unknown[]>;
  refsByObject(id: string | Uint8Array): Promise<unknown>;
}

function syncFace(table: TableSync): Face {
  return {
    getRef: (name) => Promise.resolve(table.getRef(name)),
    refs: (...range) => Promise.resolve([...table.refs(...range)]),
    names: (...range) => Promise.resolve([...table.names(...range)]),
    log: (...range) => Promise.resolve([...table.log(...range)]),
    logs: (...range) => Promise.resolve([...table.logs(...range)]),
    refsByObject: (id) => Promise.resolve(table.refsByObject(id)),
  };
}

function asyncFace(table: Table): Face {
  return {
    getRef: (name) => table.getRef(name),
    refs: (...range) => all(table.refs(...range)),
    names: (...range) => all(table.names(...range)),
    log: (...range) => all(table.log(...range)),
    logs: (...range) => all(table.logs(...range)),
    refsByObject: (id) => table.refsByObject(id),
  };
}

describe.each([
  ['sync', (file: Uint8Array) => Promise.resolve(syncFace(openTableSync(new CountingSource(file))))],
  ['async', async (file: Uint8Array) => asyncFace(await openTable(new CountingSource(file)))],
])('%s', (_, opened) => {
  test('a ref by its name', async () => {
    const table = await opened(bytes);
    for (const ref of refs) expect(await table.getRef(ref.name)).toEqual(ref.kind === 'deletion' ? undefined : ref);
    expect(await table.getRef(new TextEncoder().encode('HEAD'))).toEqual(refs[0]);
  });

  test.each(['A', 'HEAD2', 'refs/heads/mai', 'refs/heads/main2', 'zzz', ''])('no ref is called %j', async (name) => {
    expect(await (await opened(bytes)).getRef(name)).toBeUndefined();
  });

  test('all refs, tombstones only if asked for', async () => {
    const table = await opened(bytes);
    expect(await table.refs()).toEqual(refs.filter(({ kind }) => kind !== 'deletion'));
    expect(await table.refs({ tombstones: true })).toEqual(refs);
    expect(await table.names({ tombstones: true })).toEqual(refs.map(({ name }) => name));
  });

  test('a log, newest first, tombstones only if asked for', async () => {
    const table = await opened(bytes);
    expect(await table.log('HEAD')).toEqual([logs[0], logs[1], logs[3]]);
    expect(await table.log('HEAD', { tombstones: true })).toEqual(logs.slice(0, 4));
    expect(await table.log('refs/heads/old')).toEqual([]);
    expect(await table.log('refs/heads/absent')).toEqual([]);
  });

  test('the log of a branch is not that of one whose name goes on', async () => {
    const table = await opened(bytes);
    expect(await table.log('refs/heads/main')).toEqual([logs[4]]);
    expect(await table.log('refs/heads/mai')).toEqual([]);
    expect(await table.log('refs/heads/main2')).toEqual([logs[5]]);
  });

  test.each([
    [0, []],
    [1, []],
    [2, [2]],
    [6, [2]],
    [7, [7, 2]],
    [8n, [7, 2]],
    [9, [9, 7, 2]],
    [2n ** 64n - 1n, [9, 7, 2]],
  ])('a log from update index %s on', async (from, indexes) => {
    const found = await (await opened(bytes)).log('HEAD', { from });
    expect(found.map((log) => (log as { updateIndex: number }).updateIndex)).toEqual(indexes);
  });

  test.each([-1, 1.5, NaN, 2n ** 64n])('from %s is no update index', async (from) => {
    const table = await opened(bytes);
    await expect((async () => table.log('HEAD', { from }))()).rejects.toMatchObject({ code: 'NUMBER_RANGE', kind: 'misuse' });
  });

  test('all logs', async () => {
    const table = await opened(bytes);
    expect(await table.logs({ tombstones: true })).toEqual(logs);
    expect(await table.logs()).toEqual(logs.filter(({ kind }) => kind === 'update'));
  });

  test('refs by object id, of value and of peeled value, by hex or bytes', async () => {
    const table = await opened(bytes);
    expect(await table.refsByObject(oid(1))).toEqual([refs[1], refs[3]]);
    expect(await table.refsByObject(oid(9))).toEqual([refs[3]]);
    expect(await table.refsByObject(new Uint8Array(Buffer.from(oid(9), 'hex')))).toEqual([refs[3]]);
    expect(await table.refsByObject(oid(8))).toEqual([]);
  });

  test('an id of another hash is refused', async () => {
    const table = await opened(bytes);
    await expect((async () => table.refsByObject(oid(1, 32)))()).rejects.toMatchObject({ code: 'OBJECT_ID', kind: 'misuse' });
  });

  test('blocks of more records than a batch holds', async () => {
    const many = branches(5000);
    for (const options of [{ blockSize: 1 << 20 }, { blockSize: 65_536, restartInterval: 64 }, { blockSize: 65_536, aligned: false }]) {
      const table = await opened(write({ refs: many, logs: many.map(({ name }) => update(name)) }, options));
      expect(await table.refs()).toEqual(many);
      expect(await table.names()).toEqual(many.map(({ name }) => name));
      expect(await table.logs()).toHaveLength(5000);
      expect(await table.refs({ from: 'refs/heads/branch-001500' })).toEqual(many.slice(1500));
    }
  });
});

test('batches hold a block or a part of it, in order', async () => {
  const many = branches(3000);
  const table = await openTable(new CountingSource(write({ refs: many })));
  const batches = await all(table.refBatches());
  expect(batches.flat()).toEqual(many);
  expect(batches.length).toBeGreaterThan(10);
  expect(batches.length).toBeLessThan(100);
});

test('a batch has a bound, however many records a block holds', async () => {
  const many = branches(5000);
  const table = await openTable(new CountingSource(write({ refs: many }, { blockSize: 1 << 20 })));
  const batches = await all(table.refBatches());
  expect(batches.flat()).toEqual(many);
  expect(batches.map(({ length }) => length)).toEqual([1024, 1024, 1024, 1024, 904]);
});

test('names that share much make smaller batches: a batch is bound in bytes too', async () => {
  const many = Array.from({ length: 2000 }, (_, i) => deletion(`${'x'.repeat(5000)}${String(i).padStart(4, '0')}`));
  const table = await openTable(new CountingSource(write({ refs: many }, { blockSize: 1 << 17, restartInterval: 2000 })));
  const batches = await all(table.refBatches({ tombstones: true }));
  expect(batches.flat()).toEqual(many);
  for (const batch of batches) expect(batch.length).toBeLessThan(100);
});

describe('damage on the way', () => {
  // The name of the 31st ref is made to sort before the one in front of it.
  const many = branches(50);
  const good = write({ refs: many });
  const at = good.indexOf('0'.charCodeAt(0), open(write({ refs: many.slice(0, 30) })).info.size - 68 - 5);
  const damaged = (() => {
    for (let offset = at - 40; offset < at + 40; offset++) {
      const file = patched(good, offset, 0x21);
      let count = 0;
      const outcome = codeOf(() => {
        const refs = open(file).refs();
        while (refs.next().done !== true) count++;
      });
      if (outcome === 'KEY_ORDER') return { file, count };
    }
    throw new Error('nothing found to damage');
  })();

  test('the records before it are handed out, on both faces, as refs and as names', async () => {
    const { file, count } = damaged;
    const expected = many.slice(0, count);
    expect(count).toBeGreaterThan(10);
    const found: unknown[][] = [[], [], [], []];
    const sync = openTableSync(new CountingSource(file));
    const async = await openTable(new CountingSource(file));
    expect(codeOf(() => collectSync(sync.refs(), found[0]!))).toBe('KEY_ORDER');
    expect(codeOf(() => collectSync(sync.names(), found[1]!))).toBe('KEY_ORDER');
    await expect(collect(async.refs(), found[2]!)).rejects.toMatchObject({ code: 'KEY_ORDER' });
    await expect(collect(async.names(), found[3]!)).rejects.toMatchObject({ code: 'KEY_ORDER' });
    expect(found[0]).toEqual(expected);
    expect(found[1]).toEqual(expected.map(({ name }) => name));
    expect(found[2]).toEqual(expected);
    expect(found[3]).toEqual(expected.map(({ name }) => name));
  });

  function collectSync(items: Iterable<unknown>, into: unknown[]): void {
    for (const item of items) into.push(item);
  }

  async function collect(items: AsyncIterable<unknown>, into: unknown[]): Promise<void> {
    for await (const item of items) into.push(item);
  }
});

describe('cursors', () => {
  test('give the exact form of each record', () => {
    const cursor = open(bytes).refCursor({ tombstones: true });
    const found: unknown[] = [];
    while (cursor.next() || cursor.load()) {
      const { name, keyLength, isDeletion, updateIndex, updateIndexExact, key } = cursor.record;
      expect(new TextDecoder().decode(key.subarray(0, keyLength))).toBe(name);
      expect(updateIndexExact).toBe(BigInt(updateIndex));
      found.push([name, isDeletion, updateIndex]);
    }
    expect(found).toEqual(refs.map((ref) => [ref.name, ref.kind === 'deletion', 1]));
  });

  test('logs too', async () => {
    const cursor = (await openTable(new CountingSource(bytes))).logCursor({ tombstones: true });
    const found: unknown[] = [];
    while (cursor.next() || (await cursor.load())) {
      const { name, isDeletion, updateIndex, updateIndexExact } = cursor.record;
      expect(updateIndexExact).toBe(BigInt(updateIndex));
      expect(cursor.record.log()).toMatchObject({ ref: name, updateIndex });
      found.push([name, updateIndex, isDeletion]);
    }
    expect(found).toEqual(logs.map((log) => [log.ref, log.updateIndex, log.kind === 'deletion']));
  });

  test('seek, go on, and seek again after the end, on both faces', async () => {
    const many = branches(500);
    const file = write({ refs: many }, { blockSize: 512 });
    const sync = open(file).refCursor();
    const async = (await openTable(new CountingSource(file))).refCursor();
    for (const index of [499, 0, 250, 251, 17]) {
      sync.seek(many[index]!.name);
      await async.seek(many[index]!.name);
      for (let i = index; i < Math.min(index + 20, 500); i++) {
        expect(sync.next() || sync.load()).toBe(true);
        expect(async.next() || (await async.load())).toBe(true);
        expect(sync.record.ref()).toEqual(many[i]);
        expect(async.record.ref()).toEqual(many[i]);
      }
    }
    sync.seek('z');
    await async.seek('z');
    expect(sync.next() || sync.load()).toBe(false);
    expect(async.next() || (await async.load())).toBe(false);
    sync.seek('');
    await async.seek('');
    expect(sync.next() || sync.load()).toBe(true);
    expect(async.next() || (await async.load())).toBe(true);
    expect([sync.record.name, async.record.name]).toEqual([many[0]!.name, many[0]!.name]);
  });

  test('say how much a name shares with the one before it, over the end of blocks too', () => {
    const many = branches(300);
    const cursor = open(write({ refs: many }, { blockSize: 256 })).refCursor();
    let before = '';
    while (cursor.next() || cursor.load()) {
      const { name, shared } = cursor.record;
      let expected = 0;
      while (expected < name.length && name[expected] === before[expected]) expected++;
      expect(shared).toBe(expected);
      before = name;
    }
  });

  test('know whether a ref mentions an object', () => {
    const cursor = open(bytes).refCursor({ tombstones: true });
    const id = new Uint8Array(Buffer.from(oid(1), 'hex'));
    const mentioned: string[] = [];
    while (cursor.next() || cursor.load()) if (cursor.record.mentions(id)) mentioned.push(cursor.record.name);
    expect(mentioned).toEqual(['refs/heads/main', 'refs/tags/v1']);
  });
});

test('records are plain objects that outlive the table, and can be printed as JSON', () => {
  const table = open(bytes);
  const found = [...table.refs()];
  expect(JSON.parse(JSON.stringify(found))).toEqual(refs.filter(({ kind }) => kind !== 'deletion'));
  expect([...table.refs({ tombstones: true })]).toEqual(refs);
  expect(found).toEqual(refs.filter(({ kind }) => kind !== 'deletion'));
});

test('many lookups at once, each its own answer', async () => {
  const many = branches(2000, spreadOid);
  const table = await openTable(new CountingSource(write({ refs: many })), { cacheSize: 20_000 });
  const found = await Promise.all(many.map((ref) => table.getRef(ref.name)));
  expect(found).toEqual(many);
});
