/* What a compaction copies, leaves out, and tells of it. */
import { MAX_BLOCK_SIZE, type LogInput, type LogRecord, type Ref } from '@reftable/block';
import { writeTable } from '@reftable/table';
import { describe, expect, test } from 'vitest';
import type { LogExpiry } from './log-expiry.js';
import { MemoryStorage } from './memory-storage.js';
import type { Stack } from './stack.js';
import { append, contentOf, direct, entry, errorOf, faces, listed, put, putEach, strays, watched } from './stack-writes.testing.js';
import { oid, tableOf } from './stack.testing.js';

async function recordsOf(stack: Stack): Promise<{ refs: Ref[]; logs: LogRecord[] }> {
  const [refs, logs]: [Ref[], LogRecord[]] = [[], []];
  for await (const ref of stack.refs()) refs.push(ref);
  for await (const log of stack.logs()) logs.push(log);
  return { refs, logs };
}

const nobody = { name: '', email: '', time: 0, timeZone: 0, message: '' };

describe.each(faces)('records (%s)', (_, open) => {
  test('are copied as they are stored: names and texts that are no UTF-8, numbers beyond 2^53, all kinds', async () => {
    const storage = new MemoryStorage();
    const invalid = Uint8Array.of(0x72, 0xff, 0xfe, 0x2f, 0x80);
    const big = 2n ** 63n;
    const limits = (index: bigint) => ({ minUpdateIndex: index, maxUpdateIndex: index, exactLogMessages: true });
    append(
      storage,
      'a.ref',
      writeTable(
        {
          refs: [
            { name: 'symbolic', updateIndex: big, kind: 'symbolic', target: invalid },
            { name: invalid.slice(1), updateIndex: big, kind: 'peeled', oid: oid(1), peeled: oid(2) },
          ],
          logs: [{ ref: invalid, updateIndex: big, kind: 'update', oldOid: oid(0), newOid: oid(1), name: invalid, email: invalid, time: 2n ** 60n, timeZone: -32768, message: invalid }],
        },
        limits(big),
      ),
    );
    append(
      storage,
      'b.ref',
      writeTable(
        {
          refs: [{ name: 'a', updateIndex: big + 1n, kind: 'direct', oid: oid(3) }],
          // As JGit has them: no newline at its end, and two lines.
          logs: [
            { ref: 'a', updateIndex: big + 1n, kind: 'update', oldOid: oid(0), newOid: oid(1), ...nobody, message: 'no newline' },
            { ref: 'b', updateIndex: big + 1n, kind: 'update', oldOid: oid(0), newOid: oid(1), ...nobody, message: 'two\nlines' },
          ],
        },
        limits(big + 1n),
      ),
    );
    const stack = await open(storage);
    const before = await recordsOf(stack);
    expect(before.refs[2]).toMatchObject({ nameBytes: invalid.slice(1), updateIndexExact: big });
    expect(await stack.compact()).toBe(true);
    expect(stack.tables).toHaveLength(1);
    expect(await recordsOf(stack)).toEqual(before);
    const again = await open(storage);
    expect(await recordsOf(again)).toEqual(before);
  });

  test('of tables whose update indexes overlap or descend, as JGit may leave them', async () => {
    for (const order of [
      [5, 1, 3],
      [3, 3, 3],
      [9, 8, 7],
    ]) {
      const storage = new MemoryStorage();
      for (const [at, index] of order.entries()) append(storage, `${at}.ref`, tableOf(index, ['shared', `own/${at}`]));
      const stack = await open(storage);
      const before = await recordsOf(stack);
      expect(await stack.compact()).toBe(true);
      expect(stack.tables).toMatchObject([{ minUpdateIndex: Math.min(...order), maxUpdateIndex: Math.max(...order) }]);
      expect(await recordsOf(stack)).toEqual(before);
      expect(await stack.getRef('shared')).toMatchObject({ updateIndex: order[2] });
    }
  });

  test('too large for a block of ours come from who makes larger ones', async () => {
    const storage = new MemoryStorage();
    const long = { name: 'refs/heads/long', updateIndex: 1, kind: 'symbolic' as const, target: 'x'.repeat(20_000) };
    append(storage, 'a.ref', writeTable({ refs: [long] }, { minUpdateIndex: 1, maxUpdateIndex: 1, blockSize: 32_768 }));
    append(storage, 'b.ref', tableOf(2, ['b']));
    for (const blockSize of [256, 4096]) {
      const stack = await open(storage, { layout: { blockSize } });
      const before = await recordsOf(stack);
      await stack.compact({ expire: { before: 1 } });
      expect(await recordsOf(stack)).toEqual(before);
      expect(strays(storage)).toEqual([]);
    }
  });

  test('too large for any block at their new place are an error, and no endless loop', async () => {
    const storage = new MemoryStorage();
    const options = { minUpdateIndex: 1, maxUpdateIndex: 2, blockSize: MAX_BLOCK_SIZE, exactLogMessages: true };
    const log = (ref: string, size: number): LogInput => ({ ref, updateIndex: 1, kind: 'update', oldOid: oid(0), newOid: oid(1), ...nobody, message: 'x'.repeat(size) });
    // In a block of its own it just fits; behind the file's header it does not.
    const spare = 4 + 3 + 2 + 1 + 3 + 1 + 9 + 40 + 3 + 2 + 4;
    const table = (size: number): Uint8Array => writeTable({ refs: [], logs: [log('a', 100), log('b', size)] }, options);
    let size = MAX_BLOCK_SIZE - spare;
    for (; ; size--) {
      try {
        append(storage, 'a.ref', table(size));
        break;
      } catch (error) {
        expect(error).toMatchObject({ code: 'RECORD_TOO_LARGE' });
      }
    }
    const stack = await open(storage);
    const before = contentOf(storage);
    const error = await errorOf(() => stack.compact({ expire: { expires: ({ ref }) => ref === 'a' } }));
    expect(error).toMatchObject({ kind: 'misuse', code: 'RECORD_TOO_LARGE' });
    expect(contentOf(storage)).toEqual(before);
  });

  test('of SHA-256 stay so', async () => {
    const storage = new MemoryStorage();
    for (const index of [1, 2]) append(storage, `${index}.ref`, tableOf(index, [`${index}`], { hash: 'sha256' }));
    const stack = await open(storage);
    await stack.compact();
    expect([stack.hash, stack.tables.length]).toEqual(['sha256', 1]);
    expect(await stack.getRef('1')).toMatchObject({ oid: oid(1, 32) });
  });
});

describe.each(faces)('of which nothing is left (%s)', (_, open) => {
  test('there is no table, and the list is empty', async () => {
    const storage = new MemoryStorage();
    const stack = await open(storage, { autoCompaction: false });
    await put(stack, 'a');
    await stack.transaction((transaction) => {
      transaction.addRef({ name: 'a', kind: 'deletion' });
      transaction.addLog({ ref: 'a', kind: 'deletion', updateIndex: 1 });
    });
    expect(await stack.compact()).toBe(true);
    expect([stack.tables, contentOf(storage)]).toEqual([[], new Map([['tables.list', '']])]);
    await put(stack, 'b');
    expect(stack.tables).toHaveLength(1);
  });

  test('the tables beside them stay', async () => {
    const storage = new MemoryStorage();
    append(storage, '1.ref', tableOf(1, ['a']));
    // JGit leaves empty tables.
    for (const index of [2, 3]) append(storage, `${index}.ref`, tableOf(index, []));
    append(storage, '4.ref', tableOf(4, ['b']));
    const stack = await open(storage);
    expect(await stack.compact({ tables: { first: 1, last: 2 } })).toBe(true);
    expect(listed(storage)).toEqual(['1.ref', '4.ref']);
    expect(strays(storage)).toEqual([]);
  });
});

describe.each(faces)('log expiry (%s)', (_, open) => {
  const marker = { ref: 'marked', kind: 'update' as const, oldOid: oid(0), newOid: oid(0), ...nobody };

  /** What is left of the logs of a stack of five entries of `a`, at the times 1001 to 1005, and a log that only exists. */
  async function expire(expiry: LogExpiry): Promise<number[]> {
    const storage = new MemoryStorage();
    const stack = await open(storage, { autoCompaction: false });
    for (let id = 1; id <= 5; id++) {
      await stack.transaction((transaction) => {
        transaction.addRef(direct('a', id));
        transaction.addLog(entry('a', id, 1000 + id));
        if (id === 1) transaction.addLog(marker);
      });
    }
    await stack.compact({ expire: expiry });
    const left: number[] = [];
    for await (const { updateIndex } of stack.log('a')) left.push(updateIndex);
    const markers: string[] = [];
    for await (const { ref } of stack.log('marked')) markers.push(ref);
    expect(markers).toEqual(['marked']);
    expect(await stack.getRef('a')).toMatchObject({ updateIndex: 5, oid: oid(5) });
    expect([stack.tables.length, strays(storage)]).toEqual([1, []]);
    return left;
  }

  test.each<[string, LogExpiry, number[]]>([
    ['of nothing', {}, [5, 4, 3, 2, 1]],
    ['by time', { before: 1003 }, [5, 4, 3]],
    ['by time, of all', { before: Infinity }, []],
    ['by update index', { minUpdateIndex: 4 }, [5, 4]],
    ['by update index, exact', { minUpdateIndex: 5n }, [5]],
    ['by the caller', { expires: ({ updateIndex }) => updateIndex % 2 === 0 }, [5, 3, 1]],
    ['by any of them', { before: 1002, minUpdateIndex: 3, expires: ({ updateIndex }) => updateIndex === 5 }, [4, 3]],
  ])('%s', async (_name, expiry, left) => {
    expect(await expire(expiry)).toEqual(left);
  });

  test('of a range needs the oldest table: what hides there must not come back', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a', 'b', 'c']);
    const before = contentOf(storage);
    const stack = await open(storage);
    const expiry = { expire: { before: Infinity } };
    expect(await errorOf(() => stack.compact({ tables: { first: 1, last: 2 }, ...expiry }))).toMatchObject({ kind: 'misuse', code: 'TABLE_RANGE' });
    expect(contentOf(storage)).toEqual(before);
    expect(await stack.compact({ tables: { first: 0, last: 1 }, ...expiry })).toBe(true);
    expect((await recordsOf(stack)).logs.map(({ ref }) => ref)).toEqual(['c']);
    expect(stack.tables).toHaveLength(2);
    // Of the oldest one alone, too.
    expect(await stack.compact({ tables: { first: 0, last: 0 }, ...expiry })).toBe(true);
  });

  test('a predicate that throws ends it without a trace', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a', 'b']);
    const before = contentOf(storage);
    const refusal = new Error('not that one');
    const stack = await open(storage);
    const expires = (): boolean => {
      throw refusal;
    };
    expect(await errorOf(() => stack.compact({ expire: { expires } }))).toBe(refusal);
    expect(contentOf(storage)).toEqual(before);
  });
});

describe.each(faces)('what is told (%s)', (_, open) => {
  test('attempts, failures, bytes and records', async () => {
    const storage = new MemoryStorage();
    await putEach(open, storage, ['a', 'b', 'c']);
    const stack = await open(storage, { autoCompaction: false });
    expect(stack.compactions).toEqual({ attempts: 0, failures: 0, bytes: 0, entries: 0, lastError: undefined });
    await stack.compact();
    const { size } = stack.tables[0]!;
    expect(stack.compactions).toEqual({ attempts: 1, failures: 0, bytes: size, entries: 6, lastError: undefined });
    await put(stack, 'd');
    await stack.compact({ expire: { expires: () => true } });
    expect(stack.compactions).toEqual({ attempts: 2, failures: 0, bytes: size + stack.tables[0]!.size, entries: 10, lastError: undefined });
  });

  test('progress, of what is large; who throws there ends it without a trace', async () => {
    const storage = new MemoryStorage();
    const writer = await open(storage, { autoCompaction: false });
    for (const from of ['a', 'b']) {
      await writer.transaction((transaction) => {
        for (let at = 0; at < 3000; at++) transaction.addRef(direct(`${from}/${at.toString(36).repeat(8)}`, at));
      });
    }
    const steps: number[][] = [];
    const before = contentOf(storage);
    const enough = new Error('enough');
    const onProgress = ({ entries, bytes }: { readonly entries: number; readonly bytes: number }): void => {
      steps.push([entries, bytes]);
      if (steps.length === 2) throw enough;
    };
    let written = 0;
    const stack = await open(
      watched(storage, ({ operation }) => {
        if (operation === 'write') written++;
      }),
    );
    expect(await errorOf(() => stack.compact({ onProgress }))).toBe(enough);
    expect([written, contentOf(storage)]).toEqual([2, before]);
    expect(await stack.compact({ onProgress })).toBe(true);
    steps.splice(0, 2);
    expect(steps.length).toBeGreaterThan(2);
    expect(steps).toEqual([...steps].sort(([a], [b]) => a! - b!));
    expect(steps.at(-1)![0]).toBeLessThanOrEqual(6000);
    expect(steps.at(-1)![1]).toBeLessThanOrEqual(stack.tables[0]!.size);
  });
});
