/* What an iteration reads is let go of as soon as it is over, not only when nobody has it any more. */
import { describe, expect, test } from 'vitest';
import type { Stack } from './stack.js';
import { CountingStorage, faces, namesIn, putEach } from './stack-writes.testing.js';
import { oid } from './stack.testing.js';

const names = ['refs/heads/a', 'refs/heads/b', 'refs/heads/c'];

async function count(list: AsyncIterable<unknown>): Promise<number> {
  let found = 0;
  for await (const record of list) if (record !== undefined) found++;
  return found;
}

async function first(list: AsyncIterable<unknown>): Promise<number> {
  for await (const record of list) if (record !== undefined) return 1;
  return 0;
}

const iterations: readonly [what: string, found: number, iterate: (stack: Stack) => Promise<number>][] = [
  ['all refs', 3, (stack) => count(stack.refs())],
  ['refs of a prefix', 1, (stack) => count(stack.refs({ prefix: 'refs/heads/b' }))],
  ['no refs', 0, (stack) => count(stack.refs({ prefix: 'refs/tags/' }))],
  ['the first ref', 1, (stack) => first(stack.refs())],
  ['all names', 3, async (stack) => (await namesIn(stack)).length],
  ['the first name', 1, (stack) => first(stack.names())],
  ['a log', 1, (stack) => count(stack.log(names[0]!))],
  ['all logs', 3, (stack) => count(stack.logs())],
  ['the first log entry', 1, (stack) => first(stack.logs())],
  ['the refs of an object', 1, async (stack) => (await stack.refsByObject(oid(2))).length],
  ['a ref', 1, async (stack) => ((await stack.getRef(names[2]!)) === undefined ? 0 : 1)],
];

describe.each(faces)('an iteration (%s)', (_, open) => {
  test.each(iterations)('over %s closes the tables once it is over, where the stack has others by then', async (_what, found, iterate) => {
    const storage = new CountingStorage();
    await putEach(open, storage, names);
    const stack = await open(storage);
    expect(await iterate(stack)).toBe(found);
    expect(storage.sources).toBe(3);
    stack.close();
    expect(storage.sources).toBe(0);
  });

  test('goes on to its end when the stack is closed meanwhile, and then closes the tables', async () => {
    const storage = new CountingStorage();
    await putEach(open, storage, names);
    const stack = await open(storage);
    const found: string[] = [];
    for await (const name of stack.names()) {
      stack.close();
      found.push(name);
    }
    expect(found).toEqual(names);
    expect(storage.sources).toBe(0);
  });

  test('that was left is over', async () => {
    const storage = new CountingStorage();
    await putEach(open, storage, names);
    const stack = await open(storage);
    for (const list of [stack.refs(), stack.names(), stack.logs()] as AsyncGenerator[]) {
      await list.next();
      await list.return(undefined);
      expect(await list.next()).toEqual({ done: true, value: undefined });
      await list.return(undefined);
    }
    stack.close();
    expect(storage.sources).toBe(0);
  });
});
