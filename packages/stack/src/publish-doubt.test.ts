import { ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { openStackSync, type StackSync } from './stack-sync.js';
import { errorOf, faces, namesIn, put, putEach, strays, watched } from './stack-writes.testing.js';
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

/** A storage whose connection is lost while a list is published, and comes back once the list could not be read. */
function losing(storage: MemoryStorage): { readonly place: MemoryStorage; lose: (isDone: boolean, which?: number) => void } {
  let isDone = false;
  let left = Infinity;
  let isLost = false;
  const lost = (): never => {
    isLost = !isLost;
    throw new ReftableError('io', isLost ? 'FILE_WRITE' : 'FILE_OPEN', isLost ? 'connection lost' : 'connection still lost');
  };
  const place = watched(
    storage,
    ({ operation }) => {
      if (operation === 'publish' && --left === 0 && !isDone) lost();
      if (operation === 'hold' && isLost) lost();
    },
    ({ operation }) => {
      if (operation === 'publish' && left === 0 && isDone) lost();
    },
  );
  const lose = (done: boolean, which = 1): void => {
    isDone = done;
    left = which;
  };
  return { place, lose };
}

describe.each(faces)('a list that can not be read after it could not be published (%s)', (_, open) => {
  const cause = expect.objectContaining({ message: 'connection lost' }) as Error;
  const unknown = { kind: 'io', code: 'OUTCOME_UNKNOWN', file: 'memory/tables.list', cause };
  const namesNow = (storage: MemoryStorage): string[] => [...openStackSync(storage).names()];

  test.each([true, false])('leaves a transaction of which nobody knows whether it is there, its table, and no lock (it is there: %s)', async (isDone) => {
    const storage = new MemoryStorage();
    const { place, lose } = losing(storage);
    const stack = await open(place, { autoCompaction: false, lockTimeout: 0 });
    await put(stack, 'first');
    lose(isDone);
    expect(await errorOf(() => put(stack, 'second'))).toMatchObject(unknown);
    expect(storage.listSync()).toHaveLength(3);
    expect(namesNow(storage)).toEqual(isDone ? ['first', 'second'] : ['first']);
    expect(await stack.reload()).toBe(isDone);
    await put(stack, 'third');
    expect(namesNow(storage)).toEqual(isDone ? ['first', 'second', 'third'] : ['first', 'third']);
    await stack.clean();
    expect(strays(storage)).toEqual([]);
  });

  test.each([true, false])('leaves a compaction of which nobody knows whether it was done, and all tables (it was: %s)', async (isDone) => {
    const storage = new MemoryStorage();
    const { place, lose } = losing(storage);
    await putEach(open, storage, ['first', 'second']);
    const stack = await open(place, { lockTimeout: 0 });
    lose(isDone);
    expect(await errorOf(() => stack.compact())).toMatchObject(unknown);
    expect(storage.listSync()).toHaveLength(4);
    expect([await namesIn(stack), namesNow(storage)]).toEqual([['first', 'second'], ['first', 'second']]);
    expect(stack.compactions).toMatchObject({ attempts: 1, failures: 1 });
    await stack.reload();
    expect(stack.tables).toHaveLength(isDone ? 1 : 2);
    await stack.clean();
    expect(strays(storage)).toEqual([]);
  });

  test.each([true, false])('is no failure of a transaction where it was about the compaction that followed (it was done: %s)', async (isDone) => {
    const storage = new MemoryStorage();
    const { place, lose } = losing(storage);
    const stack = await open(place, { lockTimeout: 0 });
    // Too large to be merged before they are listed.
    const many = (prefix: string): Promise<void> => {
      return stack.transaction((transaction) => {
        for (let at = 0; at < 8000; at++) transaction.addRef({ name: `${prefix}${at}`, kind: 'direct', oid: oid(at, 20) });
      });
    };
    await many('a');
    lose(isDone, 2);
    await many('b');
    expect(stack.compactions).toMatchObject({ attempts: 1, failures: 1, lastError: unknown });
    expect(namesNow(storage)).toHaveLength(16_000);
    await stack.reload();
    expect(stack.tables).toHaveLength(isDone ? 1 : 2);
  });

  test('leaves no doubt where the lock was lost before', async () => {
    const storage = new MemoryStorage();
    let isBroken = false;
    const place = watched(storage, ({ operation }) => {
      if (operation === 'publish') {
        storage.removeSync('tables.list.lock');
        isBroken = true;
      } else if (operation === 'hold' && isBroken) throw new ReftableError('io', 'FILE_OPEN', 'connection lost');
    });
    const stack = await open(place);
    expect(await errorOf(() => put(stack, 'first'))).toMatchObject({ code: 'LOCK_LOST' });
    expect(storage.listSync()).toEqual([]);
  });
});
