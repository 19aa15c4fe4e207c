/* What a compaction asks of the storage at a time: by that, neither what is merged nor what is written is ever in memory as a whole. */
import { expect, test } from 'vitest';
import type { BlockSourceSync } from '@reftable/io';
import { fsckStackSync } from './fsck.js';
import { MemoryStorage } from './memory-storage.js';
import { openStackSync } from './stack-sync.js';
import { oid } from './stack.testing.js';
import type { NewFile } from './storage.js';

/** The most that is asked for at a time, in bytes: what a scan reads ahead, and what is collected before it is written, and a little. */
const MOST_READ = 256 << 10;
const MOST_WRITTEN = 128 << 10;

/** Notes how large the largest read and write are, but for those of the list and its like. */
class CountingStorage extends MemoryStorage {
  read = 0;
  written = 0;
  total = 0;

  override openSync(name: string): ReturnType<MemoryStorage['openSync']> {
    const source = super.openSync(name);
    return new Proxy(source, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (property !== 'readSync') return value;
        return (offset: number, length: number) => {
          this.read = Math.max(this.read, length);
          return (target as BlockSourceSync).readSync(offset, length);
        };
      },
    });
  }

  override writeSync(file: NewFile, bytes: Uint8Array): void {
    this.written = Math.max(this.written, bytes.length);
    this.total += bytes.length;
    super.writeSync(file, bytes);
  }
}

test('reads refs again where there are more object ids than are held, and finds all of them by these', () => {
  const storage = new MemoryStorage();
  const stack = openStackSync(storage, { autoCompaction: false });
  const count = 1_060_000;
  const idOf = (number: number): string => oid((number * 2_654_435_761) % 2 ** 32).slice(32) + oid(number).slice(8);
  stack.transaction((transaction) => {
    for (let number = 0; number < count; number++) {
      transaction.addRef({ name: `refs/tags/${String(number).padStart(7, '0')}`, kind: 'peeled', oid: idOf(number), peeled: idOf(number + count) });
    }
  });
  stack.transaction((transaction) => {
    for (let number = 0; number < 10; number++) transaction.addRef({ name: `refs/tags/${String(number).padStart(7, '0')}`, kind: 'deletion' });
  });
  const told: number[] = [];
  stack.compact({ onProgress: ({ bytes }) => told.push(bytes) });
  // It is told also while refs are only read again, and nothing is written.
  expect(told.filter((bytes, index) => bytes === told[index - 1]).length).toBeGreaterThan(10);
  const found = [0, 9, 10, 11, 77_777, count - 1, count, count + 9, count + 10, 2 * count - 1, 2 * count].map((number) => stack.refsByObject(idOf(number)).length);
  expect(found).toEqual([0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0]);
  // This compares all object records with all refs.
  expect(fsckStackSync(storage)).toEqual([]);
  stack.close();
});

test.each(['sha1', 'sha256'] as const)('reads and writes tables of %s piece by piece, refs, objects and logs', (hash) => {
  const storage = new CountingStorage();
  const stack = openStackSync(storage, { hash, autoCompaction: false });
  const size = hash === 'sha1' ? 20 : 32;
  for (let table = 0; table < 2; table++) {
    stack.transaction((transaction) => {
      for (let number = table; number < 60_000; number += 2) {
        const name = `refs/heads/${number}`;
        transaction.addRef({ name, kind: 'direct', oid: oid(number * 7919, size) });
        if (number % 10 < 2) {
          transaction.addLog({ ref: name, kind: 'update', oldOid: oid(0, size), newOid: oid(number, size), name: 'A', email: 'a@b', time: number, timeZone: 0, message: oid(number * 104_729) });
        }
      }
    });
  }
  storage.read = storage.written = storage.total = 0;
  stack.compact();
  const [table] = stack.tables;
  // The object section alone is larger than what is written at a time.
  expect(table!.size).toBeGreaterThan(10 * MOST_WRITTEN);
  expect(storage.total).toBeGreaterThan(table!.size);
  expect(storage.read).toBeGreaterThan(0);
  expect(storage.read).toBeLessThanOrEqual(MOST_READ);
  expect(storage.written).toBeLessThanOrEqual(MOST_WRITTEN);
  stack.close();
});
