/* What every storage must do, whatever it is kept in: one suite for all, in both faces. */
import type { BlockSource, BlockSourceSync } from '@reftable/io';
import { describe, expect, test } from 'vitest';
import { errorOf, type AnyStorage } from './stack-writes.testing.js';
import type { StackStorage } from './storage.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A storage of which every method can be awaited, be it of one face or the other. */
function faceOf(storage: AnyStorage, isSync: boolean): StackStorage {
  if (!isSync) return storage;
  return new Proxy(storage, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property === 'name' ? property : `${String(property)}Sync`, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Tests a storage. @param make makes an empty one */
export function testStorage(make: () => AnyStorage): void {
  describe.each([
    ['async', false],
    ['sync', true],
  ])('a storage (%s)', (_, isSync) => {
    const empty = (): StackStorage => faceOf(make(), isSync);
    const code = (expected: string, file?: string) => expect.objectContaining({ code: expected, ...(file !== undefined && { file }) }) as unknown;

    async function write(storage: StackStorage, name: string, ...pieces: string[]): Promise<void> {
      const file = await storage.create(name);
      for (const piece of pieces) await storage.write(file, bytes(piece));
      await storage.close(file);
    }

    async function open(storage: StackStorage, name: string): Promise<BlockSource> {
      const source = await storage.open(name);
      if (!isSync) return source;
      const sync = source as unknown as BlockSourceSync;
      const read = (offset: number, length: number): Uint8Array => sync.readSync(offset, length);
      return { size: sync.size, name: sync.name, read, close: () => sync.closeSync() };
    }

    async function text(storage: StackStorage, name: string): Promise<string> {
      const source = await open(storage, name);
      const read = await source.read(0, source.size);
      await source.close();
      return new TextDecoder().decode(read);
    }

    const names = async (storage: StackStorage): Promise<string[]> => (await storage.list()).map(({ name }) => name).sort();

    test('has what was written, piece by piece', async () => {
      const storage = empty();
      await write(storage, 'a', 'one', '', 'two');
      await write(storage, 'b');
      expect([await text(storage, 'a'), await text(storage, 'b')]).toEqual(['onetwo', '']);
      expect([await storage.exists('a'), await storage.exists('c')]).toEqual([true, false]);
      const files = await storage.list();
      expect(files.map(({ name, size }) => `${name} ${size}`).sort()).toEqual(['a 6', 'b 0']);
      for (const { age } of files) expect(Math.abs(age)).toBeLessThan(60_000);
    });

    test('has pieces of any size', async () => {
      const storage = empty();
      const pieces = [1, 70_000, 3, 200_000].map((size, at) => String(at).repeat(size));
      await write(storage, 'a', ...pieces);
      expect(await text(storage, 'a')).toBe(pieces.join(''));
    });

    test('creates what is not there, and only that', async () => {
      const storage = empty();
      await write(storage, 'a', 'mine');
      expect(await errorOf(() => storage.create('a'))).toEqual(code('FILE_EXISTS', `${storage.name}/a`));
      expect(await text(storage, 'a')).toBe('mine');
    });

    test('says what is not there', async () => {
      const storage = empty();
      const notFound = code('FILE_NOT_FOUND', `${storage.name}/a`);
      expect(await errorOf(() => storage.open('a'))).toEqual(notFound);
      expect(await errorOf(() => storage.hold('a'))).toEqual(notFound);
      expect(await errorOf(() => storage.identify('a'))).toEqual(notFound);
      await storage.remove('a');
      expect(await names(storage)).toEqual([]);
    });

    test('renames to what is free', async () => {
      const storage = empty();
      await write(storage, 'a', 'A');
      await write(storage, 'b', 'B');
      expect(await errorOf(() => storage.rename('a', 'b'))).toEqual(code('FILE_EXISTS', `${storage.name}/b`));
      expect(await text(storage, 'b')).toBe('B');
      await storage.rename('a', 'c');
      expect([await names(storage), await text(storage, 'c')]).toEqual([['b', 'c'], 'A']);
      expect(await errorOf(() => storage.rename('a', 'd'))).toEqual(code('LOCK_LOST', `${storage.name}/a`));
    });

    test('keeps what is open readable when its name is gone', async () => {
      const storage = empty();
      await write(storage, 'a', 'A'.repeat(100_000));
      const source = await open(storage, 'a');
      await storage.remove('a');
      expect(await storage.exists('a')).toBe(false);
      expect(Buffer.from(await source.read(99_999, 1)).toString()).toBe('A');
      await source.close();
    });

    test('publishes in place of what was there', async () => {
      const storage = empty();
      await write(storage, 'list', 'old');
      const held = await storage.hold('list');
      expect([held.bytes, held.identity]).toEqual([bytes('old'), await storage.identify('list')]);

      const lock = await storage.create('list.lock');
      await storage.write(lock, bytes('new'));
      await storage.sync(lock);
      const published = await storage.publish(lock, 'list', []);
      await storage.syncNames();
      expect([await names(storage), await text(storage, 'list')]).toEqual([['list'], 'new']);
      expect(published.identity).toBe(await storage.identify('list'));
      expect(published.identity).not.toBe(held.identity);
      expect(held.bytes).toEqual(bytes('old'));
      for (const file of [held, published]) await storage.letGo(file);
    });

    test('publishes what is longer than it was, and also where nothing was', async () => {
      const storage = empty();
      for (const content of ['', 'a', 'a much longer one', '']) {
        const lock = await storage.create('list.lock');
        await storage.write(lock, bytes(content));
        await storage.letGo(await storage.publish(lock, 'list', []));
        expect([await names(storage), await text(storage, 'list')]).toEqual([['list'], content]);
      }
    });

    test('tells a list from all that came before it as long as those are held', async () => {
      const storage = empty();
      const held = [];
      for (let round = 0; round < 20; round++) {
        const lock = await storage.create('list.lock');
        await storage.write(lock, bytes('same'));
        held.push(await storage.publish(lock, 'list', []));
      }
      expect(new Set(held.map(({ identity }) => identity)).size).toBe(20);
      for (const file of held) await storage.letGo(file);
    });

    test('publishes and discards no lock that is another’s by now', async () => {
      const storage = empty();
      for (const isTaken of [false, true]) {
        for (const end of ['publish', 'discard'] as const) {
          const lock = await storage.create('list.lock');
          await storage.write(lock, bytes('mine'));
          await storage.remove('list.lock');
          if (isTaken) await write(storage, 'list.lock', 'theirs');
          if (end === 'publish') {
            expect(await errorOf(() => storage.publish(lock, 'list', []))).toEqual(code('LOCK_LOST', `${storage.name}/list.lock`));
          }
          await storage.discard(lock);
          expect(await names(storage)).toEqual(isTaken ? ['list.lock'] : []);
          await storage.remove('list.lock');
        }
      }
    });

    test('discards what was begun, closed or not', async () => {
      const storage = empty();
      const file = await storage.create('a');
      await storage.write(file, bytes('x'));
      await storage.discard(file);
      expect(await names(storage)).toEqual([]);
      const closed = await storage.create('a');
      await storage.close(closed);
      await storage.discard(closed);
      expect(await names(storage)).toEqual([]);
    });
  });
}
