import { ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { openStackSync, type StackSync } from './stack-sync.js';
import { oid } from './stack.testing.js';
import type { HeldFile, NewFile } from './storage.js';

function add(stack: StackSync, name: string): void {
  stack.transaction((transaction) => {
    transaction.addRef({ name, kind: 'direct', oid: oid(1) });
  });
}

/** Publishes the list, and then says that it could not. */
class LyingStorage extends MemoryStorage {
  /** What happens between the two. */
  meanwhile: (() => void) | undefined;

  override publishSync(file: NewFile, to: string): HeldFile {
    const held = super.publishSync(file, to);
    const { meanwhile } = this;
    if (meanwhile === undefined) return held;
    this.meanwhile = undefined;
    meanwhile();
    throw new ReftableError('io', 'FILE_WRITE', 'connection lost', { file: to });
  }
}

describe('a list that was published though it seems to have failed', () => {
  test.each([
    ['nobody', () => undefined],
    ['another process, which adds to it', (stack: StackSync) => add(stack, 'other')],
    [
      'another process, which merges it',
      (stack: StackSync) => {
        add(stack, 'other');
        stack.compact();
      },
    ],
  ])('is found by %s', (_, act) => {
    const storage = new LyingStorage();
    const options = { autoCompaction: false };
    const stack = openStackSync(storage, options);
    add(stack, 'first');
    storage.meanwhile = () => act(openStackSync(storage, options));
    add(stack, 'second');
    stack.reload();
    const names = [...openStackSync(storage).names()];
    expect(names.filter((name) => name !== 'other')).toEqual(['first', 'second']);
    expect([...stack.names()]).toEqual(names);
    expect(storage.listSync()).toHaveLength(stack.tables.length + 1);
  });

  test('is let go of once', () => {
    const storage = new LyingStorage();
    const discarded: string[] = [];
    const discard = storage.discardSync.bind(storage);
    storage.discardSync = (file) => {
      discarded.push(file.name);
      discard(file);
    };
    storage.meanwhile = () => undefined;
    add(openStackSync(storage), 'first');
    expect(discarded).toEqual(['tables.list.lock']);
  });
});

test('a list that can not be read after it could not be published keeps its new tables, and is free', () => {
  const storage = new LyingStorage();
  const stack = openStackSync(storage, { autoCompaction: false });
  add(stack, 'first');
  const hold = storage.holdSync.bind(storage);
  storage.meanwhile = () => {
    storage.holdSync = () => {
      storage.holdSync = hold;
      throw new ReftableError('io', 'FILE_OPEN', 'connection lost', { file: 'tables.list' });
    };
  };
  expect(() => add(stack, 'second')).toThrow(expect.objectContaining({ kind: 'io' }) as Error);
  add(stack, 'third');
  expect([...openStackSync(storage).names()]).toEqual(['first', 'second', 'third']);
});
