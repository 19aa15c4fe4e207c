/* Storages that can only be read, and stacks of tables in another format. */
import { BytesSource, ReadRequest } from '@reftable/io';
import { openTableCore, TableWriter } from '@reftable/table';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import type { Stack } from './stack.js';
import { contentOf, errorOf, faces, listed, namesIn, put, putEach, strays } from './stack-writes.testing.js';
import { tableOf, WatchedStorage } from './stack.testing.js';
import { reftableFormat, type TableFormat } from './table-format.js';

describe.each(faces)('a storage that can only be read (%s)', (_, open) => {
  test('is read and reloaded, and says what it is where something is to be written', async () => {
    const storage = new WatchedStorage({ a: tableOf(1, ['a']), b: tableOf(2, ['b']) });
    const stack = await open(storage as never);
    expect(await namesIn(stack)).toEqual(['a', 'b']);
    expect(await stack.reload()).toBe(false);
    const before = new Map(storage.files);
    const writes: ((one: Stack) => Promise<unknown>)[] = [(one) => put(one, 'c'), (one) => one.prepare(), (one) => one.compact(), (one) => one.clean()];
    for (const write of writes) {
      expect(await errorOf(() => write(stack))).toMatchObject({ kind: 'misuse', code: 'READ_ONLY', file: 'memory' });
      expect(storage.files).toEqual(before);
    }
    expect(await namesIn(stack)).toEqual(['a', 'b']);
    stack.close();
  });
});

/** Every byte the other way round. */
const turn = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);

/** Git's format, turned, in files of another ending. */
const turned: TableFormat = {
  ending: '.turned',
  overhead: (hash) => reftableFormat.overhead(hash),
  *open(source) {
    const read = new ReadRequest(source, 0, source.size);
    yield read;
    return yield* openTableCore(new BytesSource(turn(read.bytes), source.name));
  },
  createWriter: (sink, options) => new TableWriter({ write: (bytes) => sink.write(turn(bytes)) }, options),
};

describe.each(faces)('another table format (%s)', (_, open) => {
  test('makes no difference, but to the files', async () => {
    const storages = [new MemoryStorage(), new MemoryStorage()] as const;
    const stacks = [await open(storages[0], { format: turned }), await open(storages[1])] as const;
    for (const stack of stacks) {
      for (let round = 1; round < 8; round++) await put(stack, `refs/heads/${round % 5}`, round);
      await stack.transaction((transaction) => transaction.addRef({ name: 'refs/heads/1', kind: 'deletion' }));
      await stack.compact();
      await put(stack, 'refs/heads/x', 9);
    }
    expect(stacks[0].tables.map(({ size }) => size)).toEqual(stacks[1].tables.map(({ size }) => size));
    expect(await namesIn(stacks[0])).toEqual(await namesIn(stacks[1]));
    expect(strays(storages[0])).toEqual([]);
    expect(listed(storages[0]).every((name) => /^0x[0-9a-f]{12}-0x[0-9a-f]{12}-[0-9a-f]{8}\.turned$/.test(name))).toBe(true);
    const contents = storages.map((storage) => listed(storage).map((name) => contentOf(storage).get(name)!));
    expect(contents[0]!.map((text) => Buffer.from(turn(Buffer.from(text, 'latin1'))).toString('latin1'))).toEqual(contents[1]);
  });

  test('cleans up and reads its own; who takes it for another is told', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage, { format: turned });
    await put(stack, 'a');
    await put(stack, 'b');
    const stray = storage.createSync('0x000000000001-0x000000000001-00000000.turned');
    const { removed } = await stack.clean();
    expect(removed).toEqual([stray.name]);
    expect(await errorOf(() => open(storage))).toMatchObject({ kind: 'format', code: 'MAGIC' });
    const plain = new MemoryStorage();
    await putEach(open, plain, ['a']);
    expect(await errorOf(() => open(plain, { format: turned }))).toMatchObject({ kind: 'format' });
  });
});
