import { ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { openStack } from './stack.js';
import { openStackSync, type StackSync } from './stack-sync.js';
import { oid } from './stack.testing.js';
import type { NewFile } from './storage.js';

const ref = (name: string) => ({ name, kind: 'direct' as const, oid: oid(1) });

function fill(stack: StackSync, names: readonly string[]): void {
  for (const name of names) {
    stack.transaction((transaction) => {
      transaction.addRef(ref(name));
    });
  }
}

function stackOf(names: readonly string[]): { readonly storage: MemoryStorage; readonly stack: StackSync } {
  const storage = new MemoryStorage();
  const stack = openStackSync(storage, { autoCompaction: false });
  fill(stack, names);
  return { storage, stack };
}

describe('a range of tables', () => {
  test('is not taken for another one that a transaction of the same stack has made of it', async () => {
    const { storage } = stackOf(['a', 'b', 'c']);
    const stack = await openStack(storage);
    const addition = await stack.prepare();
    const compaction = stack.compact({ tables: { first: 1, last: 2 } });
    await addition.addTable((transaction) => transaction.addRef(ref('d')));
    await addition.commit();
    expect(stack.tables).toHaveLength(1);
    await expect(compaction).rejects.toMatchObject({ code: 'STACK_OUTDATED' });
    expect(storage.listSync()).toHaveLength(2);
  });
});

/** Can't do some things. */
class FailingStorage extends MemoryStorage {
  /** The operation and the name that fail. */
  fails: (operation: string, name: string) => boolean = () => false;

  override discardSync(file: NewFile): void {
    this.#check('discard', file.name);
    super.discardSync(file);
  }

  override removeSync(name: string): void {
    this.#check('remove', name);
    super.removeSync(name);
  }

  override existsSync(name: string): boolean {
    this.#check('exists', name);
    return super.existsSync(name);
  }

  override syncNamesSync(): void {
    this.#check('syncNames', '');
  }

  #check(operation: string, name: string): void {
    if (this.fails(operation, name)) throw new ReftableError('io', 'FILE_REMOVE', `${operation} failed`, { file: name });
  }
}

describe('where a file can not be removed', () => {
  test('all locks of other tables are free, and the tables are merged', () => {
    const storage = new FailingStorage();
    const stack = openStackSync(storage, { autoCompaction: false });
    fill(stack, ['a', 'b', 'c']);
    const [, , newest] = stack.tables;
    storage.fails = (operation, name) => operation === 'discard' && name === `${newest!.name}.lock`;
    expect(stack.compact()).toBe(true);
    expect(storage.listSync().map(({ name }) => name).filter((name) => name.endsWith('.lock'))).toEqual([`${newest!.name}.lock`]);
  });

  test('the list is free', () => {
    const storage = new FailingStorage();
    const stack = openStackSync(storage, { autoCompaction: false });
    fill(stack, ['a']);
    storage.fails = (operation, name) => operation === 'syncNames' || (operation === 'remove' && name.endsWith('.ref'));
    expect(() => fill(stack, ['b'])).toThrow();
    storage.fails = () => false;
    fill(stack, ['c']);
    expect([...stack.names()]).toEqual(['a', 'c']);
  });
});

test('where it can not be seen whether a table is locked, a transaction fails without a trace', () => {
  const storage = new FailingStorage();
  const stack = openStackSync(storage, { lockTimeout: 0 });
  fill(stack, ['a']);
  const before = storage.listSync().map(({ name }) => name);
  storage.fails = (operation) => operation === 'exists';
  expect(() => fill(stack, ['b'])).toThrow(expect.objectContaining({ kind: 'io' }) as Error);
  expect(storage.listSync().map(({ name }) => name)).toEqual(before);
  storage.fails = () => false;
  fill(stack, ['b']);
  expect([...stack.names()]).toEqual(['a', 'b']);
});
