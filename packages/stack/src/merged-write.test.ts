/*
 * A transaction whose table would be merged with all that is there, however large it is, is written merged. What comes of it must be what a
 * transaction and then a compaction make: the same tables, byte for byte, but for the random part of their names, and the same statistics.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import type { StackOptions } from './options.js';
import { openStackSync, type StackSync } from './stack-sync.js';
import type { Stack } from './stack.js';
import { oid } from './stack.testing.js';
import { contentOf, damagedStorage, direct, entry, errorOf, faces, listed, put, strays, watched, type Opener } from './stack-writes.testing.js';
import { reftableFormat, type TableFormat } from './table-format.js';
import type { Transaction } from './transaction.js';

const BYTES = new Uint8Array([0x72, 0xff, 0x80]);
const names = ['a', 'b', 'refs/heads', 'refs/heads/main', 'refs/heads/é', '\uFFFF', '😀', 'z'.repeat(40)];
const name = fc.constantFrom(...names);
/** Update indexes, counted from the transaction's: before it, no ref may be. */
const ahead = fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1, 3, -1);

const change = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fill' as const), name, count: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('set' as const), name, id: fc.nat(1000), ahead }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('log' as const), name, id: fc.nat(1000), ahead: fc.integer({ min: -4, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('odd' as const), name: fc.constantFrom('bytes', 'HEAD', 'tag'), id: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), name, ahead: fc.constantFrom(-1, 0, 0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), name, ahead: fc.integer({ min: -4, max: 0 }) }) },
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Records as they come. Where two have one key, and where one is older than it may be, the transaction fails. */
function add(transaction: Transaction, item: Change): void {
  const { updateIndex: now } = transaction;
  if (item.kind === 'fill') for (let at = 0; at < item.count; at++) transaction.addRef(direct(`${item.name}/${at}`, at));
  else if (item.kind === 'set') transaction.addRef({ ...direct(item.name, item.id), updateIndex: now + item.ahead });
  else if (item.kind === 'log') transaction.addLog({ ...entry(item.name, item.id + 1), updateIndex: Math.max(1, now + item.ahead) });
  else if (item.kind === 'delete') transaction.addRef({ name: item.name, kind: 'deletion', updateIndex: now + item.ahead });
  else if (item.kind === 'forget') transaction.addLog({ ref: item.name, kind: 'deletion', updateIndex: Math.max(1, now + item.ahead) });
  else if (item.name === 'bytes') transaction.addRef({ ...direct('', item.id), nameBytes: BYTES });
  else if (item.name === 'HEAD') transaction.addRef({ name: 'HEAD', kind: 'symbolic', target: `refs/heads/é${item.id}` });
  else transaction.addRef({ name: 'tag', kind: 'peeled', oid: oid(item.id), peeled: oid(1) });
}

const isAboutLog = ({ kind }: Change): boolean => kind === 'log' || kind === 'forget';

/** Mostly not two with the same key: so most transactions do not fail. */
const changes = fc.oneof(
  { weight: 9, arbitrary: fc.uniqueArray(change, { maxLength: 8, selector: (item) => `${isAboutLog(item)} ${item.kind === 'fill'} ${item.name}` }) },
  { weight: 1, arbitrary: fc.array(change, { maxLength: 8 }) },
);

/** Git's format, which tells of the tables that are begun. */
function counting(): { readonly format: TableFormat; begun: number } {
  const counter = {
    begun: 0,
    format: {
      ...reftableFormat,
      createWriter: (...args: Parameters<TableFormat['createWriter']>) => {
        counter.begun++;
        return reftableFormat.createWriter(...args);
      },
    },
  };
  return counter;
}

/** The list's tables: update indexes as their names have them, and content. */
function tablesOf(storage: MemoryStorage): string[][] {
  if (!storage.existsSync('tables.list')) return [];
  const content = contentOf(storage);
  return listed(storage).map((table) => [table.slice(0, -'12345678.ref'.length), content.get(table)!]);
}

describe('written merged or merged later', () => {
  test('it is the same', () => {
    let merged = 0;
    let failed = 0;
    const property = fc.property(fc.array(changes, { minLength: 1, maxLength: 10 }), fc.constantFrom(2, 5), (list, geometricFactor) => {
      const options: StackOptions = { geometricFactor, layout: { blockSize: 256 } };
      const run = (isAutomatic: boolean): { readonly outcomes: unknown[]; readonly begun: number } => {
        const storage = new MemoryStorage();
        const counter = counting();
        const stack = openStackSync(storage, { ...options, format: counter.format, autoCompaction: isAutomatic });
        const outcomes = list.map((items) => {
          const before = tablesOf(storage);
          const error = failureOf(stack, items);
          if (error !== undefined) {
            failed++;
            expect(tablesOf(storage)).toEqual(before);
          } else if (!isAutomatic && items.length > 0) stack.compactAutomatically();
          expect(strays(storage)).toEqual([]);
          const { attempts, entries, bytes, failures } = stack.compactions;
          return [error, tablesOf(storage), attempts, entries, bytes, failures];
        });
        return { outcomes, begun: counter.begun };
      };
      const [at, later] = [run(true), run(false)];
      expect(at.outcomes).toEqual(later.outcomes);
      merged += later.begun - at.begun;
    });
    fc.assert(property, { numRuns: 200 });
    // Both did happen.
    expect(merged).toBeGreaterThan(30);
    expect(failed).toBeGreaterThan(20);
  });
});

/** The code and text of what a transaction fails with, if it does. */
function failureOf(stack: StackSync, items: readonly Change[]): unknown {
  try {
    stack.transaction((transaction) => {
      for (const item of items) add(transaction, item);
    });
    return undefined;
  } catch (error) {
    const { code, message } = error as { readonly code: string; readonly message: string };
    return [code, message];
  }
}

/** Two small tables, older tombstones among their records. */
async function twoSmall(open: Opener, storage: MemoryStorage): Promise<void> {
  const stack = await open(storage, { autoCompaction: false });
  await put(stack, 'refs/a');
  await stack.transaction((transaction) => {
    transaction.addRef({ name: 'refs/a', kind: 'deletion' });
    transaction.addRef(direct('refs/b', 2));
    transaction.addLog({ ref: 'refs/a', kind: 'deletion', updateIndex: 1 });
    for (const updateIndex of [1, 2]) transaction.addLog({ ...entry('refs/b', updateIndex), updateIndex });
  });
  stack.close();
}

const many = Array.from({ length: 2000 }, (_, at) => `refs/heads/${String(at).padStart(40, '0')}`);

function large(stack: Stack): Promise<void> {
  return stack.transaction((transaction) => {
    for (const [at, ref] of many.entries()) transaction.addRef(direct(ref, at));
    for (const updateIndex of [3, 1]) transaction.addLog({ ...entry('refs/b', 10 + updateIndex), updateIndex });
  });
}

describe.each(faces)('a large transaction onto small tables (%s)', (_, open) => {
  const write = async (options: StackOptions = {}, prepare = twoSmall): Promise<{ calls: string[]; stack: Stack; storage: MemoryStorage }> => {
    const storage = new MemoryStorage();
    await prepare(open, storage);
    const calls: string[] = [];
    const stack = await open(watched(storage, ({ text }) => calls.push(text)), { lockTimeout: 0, ...options });
    calls.length = 0;
    await large(stack);
    return { calls: calls.filter((call) => /^(create|publish|rename)/.test(call)), stack, storage };
  };
  const ONCE = ['create tables.list.lock', 'create temporary', 'rename temporary table', 'publish tables.list.lock tables.list'];

  test('is written once, the records of the small ones in it', async () => {
    const { calls, stack, storage } = await write();
    expect(calls).toEqual(ONCE);
    expect(stack.tables).toMatchObject([{ minUpdateIndex: 1, maxUpdateIndex: 3 }]);
    expect(stack.compactions).toMatchObject({ attempts: 1, failures: 0, entries: 1 + many.length + 3, bytes: stack.tables[0]!.size });
    expect(await stack.getRef('refs/a')).toBeUndefined();
    expect(await stack.getRef('refs/b')).toMatchObject({ updateIndex: 2 });
    expect(await stack.getRef(many[1999]!)).toMatchObject({ updateIndex: 3 });
    const messages: unknown[] = [];
    for await (const log of stack.logs()) messages.push([log.ref, log.updateIndex, 'message' in log && log.message]);
    expect(messages).toEqual([
      ['refs/b', 3, 'change 13\n'],
      ['refs/b', 2, 'change 2\n'],
      ['refs/b', 1, 'change 11\n'],
    ]);
    expect(strays(storage)).toEqual([]);
  });

  test('is written twice where nobody can tell how small it may turn out', async () => {
    const format = { ...reftableFormat };
    delete format.leastSize;
    const { calls, stack } = await write({ format });
    expect(calls.filter((call) => call === 'create temporary')).toHaveLength(2);
    expect(stack.tables).toHaveLength(1);
  });

  test('leaves tables alone that others have locked', async () => {
    const { stack } = await write({}, async (opener, storage) => {
      await twoSmall(opener, storage);
      storage.createSync(`${listed(storage)[1]!}.lock`);
    });
    expect(stack.tables).toHaveLength(3);
    expect(stack.tables[2]).toMatchObject({ minUpdateIndex: 3, maxUpdateIndex: 3 });
  });

  test('that the writer refuses at its last record leaves nothing, and is no compaction', async () => {
    const storage = new MemoryStorage();
    await twoSmall(open, storage);
    const stack = await open(storage);
    const before = contentOf(storage);
    const error = await errorOf(() =>
      stack.transaction((transaction) => {
        for (const [at, ref] of many.entries()) transaction.addRef(direct(ref, at));
        transaction.addLog({ ...entry('refs/z', 1), message: 'two\nlines\n' } as never);
      }),
    );
    expect(error).toMatchObject({ kind: 'misuse', code: 'LOG_MESSAGE' });
    expect(contentOf(storage)).toEqual(before);
    expect(stack.compactions).toMatchObject({ attempts: 0, failures: 0 });
  });

  test('is written all the same where what is there can not be read', async () => {
    const { storage, table } = await damagedStorage(open);
    const stack = await open(storage);
    await large(stack);
    expect(listed(storage)).toEqual([table, expect.anything()]);
    expect(stack.compactions).toMatchObject({ attempts: 1, failures: 1, lastError: { kind: 'format', file: `memory/${table}` } });
    expect(await stack.getRef(many[0]!)).toBeDefined();
    expect(strays(storage)).toEqual([]);
  });
});
