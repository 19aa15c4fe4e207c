/* What a stack knows of the list, and how that is brought up to date. */
import { ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { CountingStorage, contentOf, direct, errorOf, faces, namesIn, put, putEach, setList, slow, watched } from './stack-writes.testing.js';
import { WatchedStorage, tableOf } from './stack.testing.js';

describe.each(faces)('reload (%s)', (_, open) => {
  test('brings in what others wrote, and says whether there was anything', async () => {
    const storage = new MemoryStorage();
    const [reader, writer] = [await open(storage), await open(storage)];
    expect(await reader.reload()).toBe(false);
    await put(writer, 'a');
    expect(await namesIn(reader)).toEqual([]);
    expect(await reader.reload()).toBe(true);
    expect(await namesIn(reader)).toEqual(['a']);
    expect(await reader.reload()).toBe(false);
    expect(reader.tables).toEqual(writer.tables);
  });

  test('costs one look at the identity where nothing has changed', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a', 'b']);
    const calls: string[] = [];
    const stack = await open(watched(storage, ({ text }) => calls.push(text)));
    calls.length = 0;
    for (let round = 0; round < 3; round++) expect(await stack.reload()).toBe(false);
    expect(calls).toEqual(['identify tables.list', 'identify tables.list', 'identify tables.list']);
  });

  test('costs no more after a write of its own', async () => {
    const calls: string[] = [];
    const stack = await open(watched(new MemoryStorage(), ({ text }) => calls.push(text)));
    await put(stack, 'a');
    calls.length = 0;
    expect(await stack.reload()).toBe(false);
    expect(calls).toEqual(['identify tables.list']);
  });

  test('compares the content where there is no identity, and closes what it has read', async () => {
    const storage = new WatchedStorage({ a: tableOf(1, ['a']) });
    const stack = await open(storage as never);
    for (let round = 0; round < 3; round++) expect(await stack.reload()).toBe(false);
    expect(storage.stillOpen).toEqual(['a', 'tables.list']);
    storage.files.set('b', tableOf(2, ['b']));
    storage.setList(['a', 'b']);
    expect(await stack.reload()).toBe(true);
    expect(await stack.getRef('b')).toBeDefined();
    expect(storage.opened.filter((name) => name === 'a')).toHaveLength(1);
    stack.close();
    await new Promise(setImmediate);
    expect(storage.stillOpen).toEqual([]);
  });

  test('compares the content where the identity is another, and from then on knows that one', async () => {
    const storage = new CountingStorage();
    await putEach(open, storage, ['a']);
    const calls: string[] = [];
    const stack = await open(watched(storage, ({ text }) => calls.push(text)));
    setList(storage, stack.tables.map(({ name }) => name));
    calls.length = 0;
    expect(await stack.reload()).toBe(false);
    expect(calls).toEqual(['identify tables.list', 'hold tables.list', 'letGo']);
    calls.length = 0;
    expect(await stack.reload()).toBe(false);
    expect(calls).toEqual(['identify tables.list']);
    stack.close();
    expect(storage.held).toBe(0);
  });

  test('opens what is new and closes what is gone, and nothing else', async () => {
    const storage = new CountingStorage();
    await putEach(open, storage, ['a', 'b', 'c']);
    const calls: string[] = [];
    const stack = await open(watched(storage, ({ operation, names }) => calls.push(operation === 'open' ? names.join() : operation)));
    const [, b, c] = stack.tables.map(({ name }) => name);
    calls.length = 0;
    await putEach(open, storage, ['d']);
    setList(storage, [b!, c!, contentOf(storage).get('tables.list')!.split('\n')[3]!]);
    expect(await stack.reload()).toBe(true);
    expect(calls.filter((call) => call.endsWith('.ref'))).toEqual([stack.tables[2]!.name]);
    expect(storage.sources).toBe(3);
    expect([await stack.getRef('a'), await stack.getRef('d')]).toEqual([undefined, expect.anything()]);
    stack.close();
    expect(storage.sources).toBe(0);
  });

  test('that fails leaves what was known as it was, and nothing open', async () => {
    const storage = new CountingStorage();
    await putEach(open, storage, ['a', 'b']);
    const stack = await open(storage);
    const names = stack.tables.map(({ name }) => name);
    for (const [list, code] of [
      [[names[1]!, 'missing.ref'], 'TABLE_MISSING'],
      [[names[1]!, names[1]!], 'LIST_DUPLICATE'],
      [['../x'], 'LIST_NAME'],
      [[names[0]!, 'tables.list'], 'FILE_TOO_SHORT'],
    ] as const) {
      setList(storage, list);
        for (let round = 0; round < 2; round++) {
        expect(await errorOf(() => stack.reload())).toMatchObject({ code });
        expect(stack.tables.map(({ name }) => name)).toEqual(names);
        expect(await stack.getRef('a')).toBeDefined();
        expect([storage.sources, storage.held]).toEqual([2, 1]);
      }
    }
    // And it comes back as soon as the list does.
    setList(storage, names.slice(0, 1));
    expect(await stack.reload()).toBe(true);
    expect(await stack.getRef('b')).toBeUndefined();
    stack.close();
    expect([storage.sources, storage.held]).toEqual([0, 0]);
  });

  test('leaves no list open for who still iterates over what was before', async () => {
    const storage = new CountingStorage();
    const stack = await open(storage);
    for (let at = 0; at < 20; at++) {
      await put(stack, `refs/heads/${at}`);
      await namesIn(stack);
      expect(storage.held).toBe(1);
    }
    stack.close();
    expect(storage.held).toBe(0);
  });

  test('tells of a storage that fails', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a']);
    for (const broken of ['identify', 'hold']) {
      const refusal = new ReftableError('io', 'FILE_OPEN', 'unplugged');
      let isBroken = false;
      const stack = await open(
        watched(storage, ({ operation }) => {
          if (isBroken && operation === broken) throw refusal;
        }),
      );
      await putEach(open, storage, [broken]);
      isBroken = true;
      expect(await errorOf(() => stack.reload())).toBe(refusal);
      isBroken = false;
      expect(await stack.reload()).toBe(true);
    }
  });

  test('of a list that is gone', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a']);
    const stack = await open(storage);
    storage.removeSync('tables.list');
    expect(await stack.reload()).toBe(true);
    expect(stack.tables).toEqual([]);
    expect(await stack.reload()).toBe(false);
  });

  test('of a list that JGit removes before it puts another in its place', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a']);
    const writer = await open(storage);
    const before = contentOf(storage).get('tables.list')!.trim();
    let looks = 0;
    const stack = await open(
      watched(storage, ({ operation }) => {
        if (operation === 'hold' && ++looks === 5) setList(storage, [before]);
      }),
    );
    looks = 0;
    storage.removeSync('tables.list');
    await stack.reload();
    expect(looks).toBe(5);
    expect(await namesIn(stack)).toEqual(['a']);
    writer.close();
  });
});

describe('what is done at once on one async stack', () => {
  const [[, open]] = faces as [(typeof faces)[0]];

  test('reloads and commits: each sees whole states, the last is the newest, and all else is closed', async () => {
    const storage = new CountingStorage();
    const stack = await open(slow(storage), { lockTimeout: -1 });
    const other = await open(slow(storage), { lockTimeout: -1 });
    const names = Array.from({ length: 12 }, (_, at) => `refs/heads/${String.fromCharCode(97 + at)}`);
    const work: Promise<unknown>[] = [];
    for (const [at, name] of names.entries()) {
      work.push(put(at % 2 === 0 ? stack : other, name, at + 1), stack.reload(), other.reload());
      work.push(namesIn(stack).then((seen) => expect(names).toEqual(expect.arrayContaining(seen))));
      if (at % 5 === 4) work.push(stack.compact().catch((error: unknown) => expect(error).toMatchObject({ code: 'LOCK_HELD' })));
    }
    await Promise.all(work);
    for (const one of [stack, other]) {
      await one.reload();
      expect(await namesIn(one)).toEqual(names);
      const indexes = one.tables.map(({ maxUpdateIndex }) => maxUpdateIndex);
      expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
      expect(indexes.at(-1)).toBe(12);
    }
    stack.close();
    other.close();
    await new Promise(setImmediate);
    expect(storage.held).toBe(0);
  });

  test('transactions wait for one another', async () => {
    const stack = await open(slow(new MemoryStorage()), { lockTimeout: -1 });
    const indexes = await Promise.all(
      Array.from({ length: 5 }, (_, at) =>
        stack.transaction((transaction) => {
          transaction.addRef(direct(`refs/heads/${at}`, at + 1));
          return transaction.updateIndex;
        }),
      ),
    );
    expect(indexes.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(await namesIn(stack)).toHaveLength(5);
  });

  test('a reload that was overtaken by a commit does not bring back what was before', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a']);
    let halt: Promise<void> | undefined;
    let go = (): void => undefined;
    const gate = new Proxy(storage, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        if (property !== 'hold') return value.bind(target) as unknown;
        return async (name: string) => {
          const file = target.holdSync(name);
          const wait = halt;
          halt = undefined;
          await wait;
          return file;
        };
      },
    });
    const stack = await open(gate);
    await putEach(open, storage, ['b']);
    halt = new Promise((resolve) => (go = resolve));
    const reload = stack.reload();
    await new Promise(setImmediate);
    await put(stack, 'c', 3);
    go();
    await reload;
    expect(await namesIn(stack)).toEqual(['a', 'b', 'c']);
  });

  test('a stack that is closed meanwhile stays closed', async () => {
    const storage = new CountingStorage();
    await putEach(open, storage, ['a']);
    for (const operation of [(stack: Awaited<ReturnType<typeof open>>) => stack.reload(), (stack: Awaited<ReturnType<typeof open>>) => stack.compact()]) {
      const stack = await open(slow(storage));
      await putEach(open, storage, ['b']);
      const result = errorOf(() => operation(stack));
      await new Promise(setImmediate);
      stack.close();
      expect(await result).toMatchObject({ kind: 'misuse', code: 'STACK_CLOSED' });
      await new Promise(setImmediate);
      expect([storage.sources, storage.held]).toEqual([0, 0]);
      expect([...contentOf(storage).keys()].filter((name) => name.endsWith('.lock'))).toEqual([]);
    }
  });
});
