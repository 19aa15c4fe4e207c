/*
 * A transaction that would at once be merged with what is there is written merged. What comes of it must be what a transaction and then a
 * compaction make: the same tables, byte for byte, but for the random part of their names.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import type { StackOptions } from './options.js';

import { openStackSync, type StackSync } from './stack-sync.js';
import { contentOf, damagedStorage, direct, entry, errorOf, faces, listed, put, strays, watched } from './stack-writes.testing.js';
import type { Transaction } from './transaction.js';

/** The list's tables: update indexes as their names have them, and content. */
function tablesOf(storage: MemoryStorage): string[][] {
  const content = contentOf(storage);
  return listed(storage).map((name) => [name.slice(0, -'12345678.ref'.length), content.get(name)!]);
}

const name = fc.constantFrom('a', 'b', 'refs/heads/main', 'refs/heads/é', 'z');

/** What a transaction does. */
const changes = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('set' as const), name, id: fc.nat(1000) }),
    fc.record({ kind: fc.constant('delete' as const), name }),
    fc.record({ kind: fc.constant('fill' as const), from: name, count: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ kind: fc.constant('forget' as const), name, updateIndex: fc.integer({ min: 1, max: 8 }) }),
  ),
  { maxLength: 5 },
);
type Changes = typeof changes extends fc.Arbitrary<infer T> ? T : never;

function fill(transaction: Transaction, list: Changes): void {
  const refs = new Map<string, Parameters<Transaction['addRef']>[0]>();
  const logs = new Map<string, Parameters<Transaction['addLog']>[0]>();
  for (const change of list) {
    if (change.kind === 'set') {
      refs.set(change.name, direct(change.name, change.id));
      logs.set(`${change.name} new`, entry(change.name, change.id + 1));
    } else if (change.kind === 'delete') refs.set(change.name, { name: change.name, kind: 'deletion' });
    else if (change.kind === 'forget') logs.set(`${change.name} ${change.updateIndex}`, { ref: change.name, kind: 'deletion', updateIndex: change.updateIndex });
    else for (let at = 0; at < change.count; at++) refs.set(`${change.from}/${at}`, direct(`${change.from}/${at}`, at));
  }
  for (const ref of refs.values()) transaction.addRef(ref);
  for (const log of logs.values()) if (log.updateIndex !== transaction.updateIndex) transaction.addLog(log);
}

/** One step: a transaction, and which tables others have locked while it is written, counted from the newest. */
const steps = fc.array(fc.record({ list: changes, locked: fc.option(fc.nat(3), { freq: 4 }), tables: fc.constantFrom(1, 1, 1, 2) }), { minLength: 1, maxLength: 12 });

describe('merged early or later', () => {
  test('it is the same', () => {
    let early = 0;
    const property = fc.property(steps, fc.constantFrom(2, 5), (list, geometricFactor) => {
      const options: StackOptions = { geometricFactor, lockTimeout: 0, layout: { blockSize: 256 } };
      const run = (isEarly: boolean): { readonly tables: string[][][]; readonly written: number } => {
        const storage = new MemoryStorage();
        let written = 0;
        const stack = openStackSync(
          watched(storage, ({ operation }) => {
            if (operation === 'publish') written++;
          }),
          { ...options, autoCompaction: isEarly },
        );
        const tables = list.map((step) => {
          const lock = step.locked === null ? undefined : stack.tables.at(-1 - step.locked)?.name;
          const held = lock === undefined ? undefined : storage.createSync(`${lock}.lock`);
          const before = written;
          write(stack, step);
          // Where nothing was added, nothing is compacted.
          if (!isEarly && written > before) stack.compactAutomatically();
          if (held !== undefined) storage.discardSync(held);
          expect(strays(storage)).toEqual([]);
          return storage.existsSync('tables.list') ? tablesOf(storage) : [];
        });
        return { tables, written };
      };
      const [at, later] = [run(true), run(false)];
      expect(at.tables).toEqual(later.tables);
      early += later.written - at.written;
    });
    fc.assert(property, { numRuns: 100 });
    // It did happen.
    expect(early).toBeGreaterThan(100);
  });
});

function write(stack: StackSync, { list, tables }: { readonly list: Changes; readonly tables: number }): void {
  const addition = stack.prepare();
  for (let index = 0; index < tables; index++) {
    addition.addTable((transaction) => {
      fill(transaction, index === 0 ? list : [{ kind: 'set', name: 'z', id: index }]);
    });
  }
  addition.commit();
}

describe.each(faces)('a transaction that is merged early (%s)', (_, open) => {
  test('replaces the list once, and asks for no lock but the list', async () => {
    const storage = new MemoryStorage();
    await put(await open(storage), 'a');
    const calls: string[] = [];
    const stack = await open(watched(storage, ({ text }) => calls.push(text)));
    calls.length = 0;
    await put(stack, 'b', 2);
    expect(calls.filter((call) => /^(create|publish|rename)/.test(call))).toEqual([
      'create tables.list.lock',
      'create temporary',
      'rename temporary table',
      'publish tables.list.lock tables.list',
    ]);
    expect(stack.tables).toMatchObject([{ minUpdateIndex: 1, maxUpdateIndex: 2 }]);
    expect(stack.compactions).toMatchObject({ attempts: 1, failures: 0, entries: 4 });
  });

  test('is not, where there is much to merge: nobody waits for that', async () => {
    const publishes = async (refs: number): Promise<number> => {
      const storage = new MemoryStorage();
      const writer = await open(storage);
      await writer.transaction((transaction) => {
        for (let at = 0; at < refs; at++) transaction.addRef(direct(`${at}`.padStart(6, '0'), at));
      });
      let count = 0;
      const stack = await open(
        watched(storage, ({ operation }) => {
          if (operation === 'publish') count++;
        }),
        { geometricFactor: 255 },
      );
      await stack.transaction((transaction) => {
        for (let at = 0; at < 1500; at++) transaction.addRef(direct(`x${`${at}`.padStart(6, '0')}`, at));
      });
      expect(stack.tables).toHaveLength(1);
      return count;
    };
    // About 24 bytes each, and an object section: 256 KiB are reached between the two.
    expect([await publishes(2000), await publishes(20_000)]).toEqual([1, 2]);
  });

  test('is written all the same where what is there can not be read', async () => {
    const { storage, table } = await damagedStorage(open);
    const stack = await open(storage, { geometricFactor: 255 });
    const before = listed(storage);
    await put(stack, 'b');
    expect(listed(storage)).toEqual([...before, expect.anything()]);
    expect(stack.compactions.failures).toBeGreaterThan(0);
    expect(stack.compactions.lastError).toMatchObject({ kind: 'format', file: `memory/${table}` });
    expect(await stack.getRef('b')).toBeDefined();
    expect(strays(storage)).toEqual([]);
    expect(await errorOf(() => stack.compact())).toMatchObject({ kind: 'format' });
  });
});
