import { ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { fsckStackSync } from './fsck.js';
import { MemoryStorage } from './memory-storage.js';
import { oid, tableOf } from './stack.testing.js';
import { openStackSync, type StackSync } from './stack-sync.js';

const names = (storage: MemoryStorage): string[] => storage.listSync().map(({ name }) => name).sort();

function put(storage: MemoryStorage, name: string, bytes: Uint8Array = new Uint8Array(0)): void {
  const file = storage.createSync(name);
  storage.writeSync(file, bytes);
  storage.closeSync();
}

function stackOf(transactions: number): { readonly storage: MemoryStorage; readonly stack: StackSync } {
  const storage = new MemoryStorage();
  const stack = openStackSync(storage, { lockTimeout: 0 });
  for (let index = 0; index < transactions; index++) {
    stack.transaction((transaction) => {
      transaction.addRef({ name: `refs/heads/${index}`, kind: 'direct', oid: oid(index) });
    });
  }
  return { storage, stack };
}

const OLD = '0x000000000001-0x000000000002-aaaaaaaa.ref';
const NEW = '0x000000000009-0x000000000009-aaaaaaaa.ref';
const TEMPORARY = '0x000000000001-0x000000000002-aaaaaaaa.temp.AbC12x';
const JGIT = '000000000001-000000000002-aaaaaaaa_123.ref';

describe('clean', () => {
  test('removes old tables that are not listed, and unfinished files', () => {
    const { storage, stack } = stackOf(3);
    const before = names(storage);
    put(storage, OLD, tableOf(2, ['a']));
    put(storage, '0x000000000001-0x000000000001-bbbbbbbb.ref', Uint8Array.of(1, 2));
    put(storage, TEMPORARY);
    expect(stack.clean()).toEqual({ removed: ['0x000000000001-0x000000000001-bbbbbbbb.ref', OLD, TEMPORARY], kept: [] });
    expect(names(storage)).toEqual(before);
    expect([...stack.names()]).toHaveLength(3);
  });

  test('keeps what is newer than the stack, what JGit may be writing, and what it does not know', () => {
    const { storage, stack } = stackOf(3);
    for (const name of [NEW, JGIT, 'notes.txt']) put(storage, name, tableOf(9, ['a']));
    // The name says one thing, the table another.
    put(storage, OLD, tableOf(9, ['a']));
    expect(stack.clean()).toEqual({ removed: [], kept: [JGIT, OLD, NEW, 'notes.txt'] });
  });

  test('keeps what only looks like a table, but has not the ending of one', () => {
    const { storage, stack } = stackOf(3);
    const others = [OLD.replace('.ref', '.bak'), '1-1.txt', '2-1.md', OLD.replace('.ref', '.sst')];
    for (const name of others) put(storage, name, tableOf(2, ['a']));
    expect(stack.clean()).toEqual({ removed: [], kept: others.sort() });
    expect(fsckStackSync(storage).filter(({ code }) => code === 'STRAY_TABLE')).toEqual([]);
  });

  test('keeps everything where there is no list, or nothing in it', () => {
    const { storage, stack } = stackOf(0);
    put(storage, OLD, tableOf(2, ['a']));
    expect(stack.clean()).toEqual({ removed: [], kept: [OLD] });
    put(storage, 'tables.list');
    expect(stack.clean()).toEqual({ removed: [], kept: [OLD] });
  });

  test('syncs the folder before it removes what only the list that was before may name', () => {
    const { storage, stack } = stackOf(3);
    put(storage, OLD, tableOf(2, ['a']));
    const calls: string[] = [];
    const remove = storage.removeSync.bind(storage);
    storage.syncNamesSync = () => calls.push('sync');
    storage.removeSync = (name) => {
      calls.push(name);
      remove(name);
    };
    stack.clean();
    expect(calls).toEqual(['sync', OLD]);
  });

  test('keeps unfinished files as long as somebody compacts', () => {
    const { storage, stack } = stackOf(3);
    const lock = `${stack.tables[0]!.name}.lock`;
    put(storage, TEMPORARY);
    put(storage, lock);
    expect(stack.clean()).toEqual({ removed: [], kept: [lock, TEMPORARY].sort() });
    storage.removeSync(lock);
    expect(stack.clean()).toEqual({ removed: [TEMPORARY], kept: [] });
  });

  test('says of what it can not remove that it is still there', () => {
    const { storage, stack } = stackOf(3);
    const stuck = 'x.lock';
    for (const name of [OLD, TEMPORARY, stuck]) put(storage, name, tableOf(2, ['a']));
    const remove = storage.removeSync.bind(storage);
    storage.removeSync = (name) => {
      if (name !== TEMPORARY && name !== stuck) throw new ReftableError('io', 'FILE_REMOVE', 'is open elsewhere');
      remove(name);
    };
    expect(stack.clean({ breakLocks: 'all' })).toEqual({ removed: [TEMPORARY, stuck], kept: [OLD] });
    storage.removeSync = remove;
    expect(stack.clean()).toEqual({ removed: [OLD], kept: [] });
  });

  test('waits for the list, unless it is told to break locks', () => {
    const { storage, stack } = stackOf(3);
    const table = `${stack.tables[0]!.name}.lock`;
    for (const lock of ['tables.list.lock', table]) put(storage, lock);
    const held = expect.objectContaining({ code: 'LOCK_HELD', file: 'memory/tables.list.lock' }) as Error;
    expect(() => stack.clean()).toThrow(held);
    expect(() => stack.clean({ breakLocks: 60_000 })).toThrow(held);
    expect(stack.clean({ breakLocks: 'all' })).toEqual({ removed: [table, 'tables.list.lock'], kept: [] });
    expect(stack.clean({ breakLocks: 0 })).toEqual({ removed: [], kept: [] });
  });
});
