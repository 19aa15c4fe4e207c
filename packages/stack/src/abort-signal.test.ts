import { describe, expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { contentOf, direct, errorOf, faces, piecewise, strays, watched } from './stack-writes.testing.js';

describe('an AbortSignal', () => {
  const [[, open]] = faces as [(typeof faces)[0]];
  const reason = new Error('enough');

  test('ends the wait for a lock', async () => {
    const storage = new MemoryStorage();
    storage.createSync('tables.list.lock');
    const stack = await open(storage, { lockTimeout: -1 });
    for (const act of [(signal: AbortSignal) => stack.transaction(() => undefined, { signal }), (signal: AbortSignal) => stack.prepare({ signal })]) {
      const controller = new AbortController();
      const result = errorOf(() => act(controller.signal));
      await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort(reason);
      expect(await result).toBe(reason);
    }
    expect(strays(storage)).toEqual(['tables.list.lock']);
  });

  test('ends an operation at any of its steps: all or nothing, and no trace', async () => {
    for (const work of ['transaction', 'transaction that merges', 'compaction']) {
      let steps = 0;
      for (let step = 0, isOver = false; !isOver; step++) {
        const storage = new MemoryStorage();
        const first = await open(storage, { autoCompaction: false, layout: { blockSize: 100 } });
        for (const from of ['a', 'b', 'c']) {
          await first.transaction((transaction) => {
            for (let at = 0; at < 20; at++) transaction.addRef(direct(`${from}${at}`, at));
          });
        }
        const before = contentOf(storage);
        const controller = new AbortController();
        // Counts from the end of the opening on.
        let calls = -Infinity;
        let isCommitted = false;
        const abort = (): void => {
          if (calls++ === step) controller.abort(reason);
        };
        const count = ({ operation }: { readonly operation: string }): void => {
          if (operation === 'publish') isCommitted = true;
          abort();
        };
        const stack = await open(piecewise(watched(storage, () => undefined, count), abort), { autoCompaction: work !== 'transaction', lockTimeout: 0 });
        calls = 0;
        const { signal } = controller;
        const write = (): Promise<unknown> =>
          work === 'compaction'
            ? stack.compact({ signal })
            : stack.transaction(
                (transaction) => {
                  transaction.addRef(direct('x', 1));
                  abort();
                },
                { signal },
              );
        let error: unknown;
        await write().catch((thrown: unknown) => (error = thrown));
        isOver = !controller.signal.aborted;
        steps = Math.max(steps, step);
        expect(strays(storage)).toEqual([]);
        if (error === undefined) expect(isCommitted).toBe(true);
        else {
          expect([error, isCommitted]).toEqual([reason, false]);
          expect(contentOf(storage)).toEqual(before);
        }
      }
      expect(steps).toBeGreaterThan(work === 'transaction' ? 10 : 20);
    }
  });
});
