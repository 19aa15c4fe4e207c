import { ReadRequest, runSync, type SourceInfo } from '@reftable/io';
import { isReftableError, type ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { disposalOfSync } from './disposal.js';
import { loadTables, type StackPlace } from './load-tables.js';
import { answerSync, CloseRequest, PauseRequest, RandomRequest, StorageRequest, type StackRequest } from './requests.js';
import { WatchedStorage, tableOf } from './stack.testing.js';
import type { ListedTable } from './stack-state.js';
import { reftableFormat } from './table-format.js';

const placeOf = (storage: WatchedStorage): StackPlace => ({ folder: storage.name, format: reftableFormat, hash: undefined, disposal: disposalOfSync(storage) });

/** Runs the core on `storage`, and closes the list; time passes only by its pauses, each as long as it may be, and is told to `onPause`. */
function load(storage: WatchedStorage, open: readonly ListedTable[] = [], onPause: (waited: number) => void = () => undefined): readonly ListedTable[] {
  let waited = 0;
  const { list, tables } = runSync(loadTables(placeOf(storage), open), (request: StackRequest) => {
    if (request instanceof PauseRequest) onPause((waited += request.milliseconds));
    else if (request instanceof RandomRequest) request.number = 2 ** 32 - 1;
    else answerSync(request, storage);
  });
  if (list.file !== undefined) storage.letGoSync(list.file);
  return tables;
}

/** The error of a load that must fail and leave nothing open. */
function failure(storage: WatchedStorage, onPause?: (waited: number) => void): ReftableError {
  try {
    load(storage, [], onPause);
  } catch (error) {
    if (!isReftableError(error)) throw error;
    expect(storage.stillOpen).toEqual([]);
    return error;
  }
  return expect.fail('it was loaded');
}

const three = () => ({ a: tableOf(1, ['a']), b: tableOf(2, ['b']), c: tableOf(3, ['c']) });

describe('a list that stays', () => {
  test('its tables, oldest first; only they stay open', () => {
    const storage = new WatchedStorage(three());
    expect(load(storage).map(({ name, core }) => [name, core.maxUpdateIndex])).toEqual([
      ['a', 1n],
      ['b', 2n],
      ['c', 3n],
    ]);
    expect(storage.stillOpen).toEqual(['a', 'b', 'c']);
  });

  test('none, and an empty one, are an empty stack', () => {
    const storage = new WatchedStorage();
    expect(load(storage)).toEqual([]);
    storage.files.delete('tables.list');
    expect(load(storage)).toEqual([]);
    expect(storage.stillOpen).toEqual([]);
  });

  test('open tables that are still listed are used again', () => {
    const storage = new WatchedStorage(three());
    const before = load(storage);
    storage.files.set('d', tableOf(4, ['d']));
    storage.setList(['b', 'c', 'd']);
    // Their files may be gone.
    storage.files.delete('b');
    const after = load(storage, before);
    expect(after.map(({ name }) => name)).toEqual(['b', 'c', 'd']);
    expect(after.slice(0, 2)).toEqual(before.slice(1));
    expect(after[0]).toBe(before[1]);
    expect(storage.opened.filter((name) => name === 'b')).toHaveLength(1);
  });

  test('a table that is missing is missing at once, and what was opened is closed', () => {
    const storage = new WatchedStorage(three());
    storage.files.delete('c');
    const error = failure(storage, () => expect.fail('it waited'));
    expect(error).toMatchObject({ kind: 'not-found', code: 'TABLE_MISSING', file: 'memory/c' });
    expect(error.message).toContain('memory/c');
    // The list was read once more, to see that it had not changed.
    expect(storage.opened).toEqual(['tables.list', 'a', 'b', 'c', 'tables.list']);
  });

  test('a failure leaves what was open before as it was', () => {
    const storage = new WatchedStorage(three());
    const before = load(storage);
    storage.files.set('x', new Uint8Array(10));
    storage.setList(['a', 'b', 'c', 'x']);
    expect(() => load(storage, before)).toThrow(expect.objectContaining({ code: 'FILE_TOO_SHORT', file: 'memory/x' }) as Error);
    expect(storage.stillOpen).toEqual(['a', 'b', 'c']);
  });
});

describe('a table that can not be used fails at once, by its name', () => {
  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'FILE_TOO_SHORT'],
    ['zeros', new Uint8Array(1000), 'MAGIC'],
    ['a table that is cut', tableOf(9, ['x']).slice(0, -1), 'FOOTER_CRC'],
    ['a table of another hash', tableOf(9, ['x'], { hash: 'sha256' }), 'TABLE_HASH'],
  ])('%s', (_, bytes, code) => {
    const storage = new WatchedStorage({ ...three(), x: bytes });
    const error = failure(storage, () => expect.fail('it waited'));
    expect(error).toMatchObject({ kind: 'format', file: 'memory/x' });
    expect(error.code).toBe(code);
  });

  test('a read that fails', () => {
    const storage = new WatchedStorage(three());
    const refusal = new Error('unplugged');
    const act = () =>
      runSync(loadTables(placeOf(storage), []), (request) => {
        if (request instanceof ReadRequest && request.source.name === 'memory/b') throw refusal;
        answerSync(request, storage);
      });
    expect(act).toThrow(refusal);
    expect(storage.stillOpen).toEqual([]);
  });
});

describe('a list that changes while its tables are opened', () => {
  test('is read again, and the new tables are taken', () => {
    const storage = new WatchedStorage(three());
    // A compaction, between the list and the second table.
    storage.onOpen = (name) => {
      if (name !== 'b') return;
      storage.files.set('abc', tableOf(3, ['a', 'b', 'c']));
      storage.setList(['abc']);
      for (const old of ['a', 'b', 'c']) storage.files.delete(old);
      storage.onOpen = () => undefined;
    };
    const pauses: number[] = [];
    expect(load(storage, [], (waited) => pauses.push(waited)).map(({ name }) => name)).toEqual(['abc']);
    expect(storage.stillOpen).toEqual(['abc']);
    expect(pauses).toEqual([expect.closeTo(2, 5)]);
  });

  test('may also become missing, or damaged', () => {
    const storage = new WatchedStorage(three());
    storage.onOpen = (name) => {
      if (name === 'b') storage.files.clear();
    };
    expect(load(storage)).toEqual([]);
    const damaged = new WatchedStorage(three());
    damaged.onOpen = (name) => {
      if (name !== 'b') return;
      damaged.files.delete('b');
      damaged.files.set('tables.list', Uint8Array.of(0x61));
    };
    expect(failure(damaged).code).toBe('LIST_UNFINISHED');
  });

  /** Each time its table is opened, it has been compacted into the next. */
  function restless(): WatchedStorage {
    const storage = new WatchedStorage({ t0: tableOf(1, ['x']) });
    let number = 0;
    storage.onOpen = (name) => {
      if (name === 'tables.list') return;
      storage.files.delete(name);
      storage.files.set(`t${++number}`, tableOf(1, ['x']));
      storage.setList([`t${number}`]);
    };
    return storage;
  }

  test('is given up when it does so for three seconds of waiting', () => {
    const storage = restless();
    const times: number[] = [];
    const error = failure(storage, (waited) => times.push(waited));
    expect(error).toMatchObject({ kind: 'outdated', code: 'STACK_UNSETTLED', file: 'memory/tables.list' });
    expect(error.cause).toMatchObject({ code: 'FILE_NOT_FOUND' });
    const waits = times.map((time, at) => time - (times[at - 1] ?? 0));
    expect(times.at(-1)).toBeGreaterThanOrEqual(3000);
    expect(times.at(-2)).toBeLessThan(3000);
    // Each wait is as long as the last one or longer, and none is longer than a tenth of a second.
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(Math.max(...waits)).toBeLessThanOrEqual(101);
  });

  test('is taken if it comes to rest just before', () => {
    const storage = restless();
    const tables = load(storage, [], (waited) => {
      if (waited > 2800) storage.onOpen = () => undefined;
    });
    expect(tables).toHaveLength(1);
    expect(storage.stillOpen).toEqual([tables[0]?.name]);
  });
});

test('what it asks for: the list, then each table once, opened and read', () => {
  const storage = new WatchedStorage({ a: tableOf(1, ['a']) });
  const asked: string[] = [];
  const nameOf = ({ name }: SourceInfo) => String(name).replace('memory/', '');
  runSync(loadTables(placeOf(storage), []), (request: StackRequest) => {
    if (request instanceof StorageRequest) asked.push([request.operation, ...request.args].join(' '));
    else if (request instanceof CloseRequest) asked.push(`close ${nameOf(request.source)}`);
    else if (request instanceof ReadRequest) asked.push(`read ${nameOf(request.source)}`);
    answerSync(request, storage);
  });
  expect(asked).toEqual(['hold tables.list', 'open a', 'read a', 'read a']);
});
