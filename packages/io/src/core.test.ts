import { describe, expect, test } from 'vitest';
import { run, runSync, type Core } from './core.js';

/** A core that asks for each number's double and adds them up; `log` shows what happens in it. */
function* sum(numbers: readonly number[], log: string[] = []): Core<number, Ask> {
  let total = 0;
  try {
    for (const number of numbers) {
      const ask: Ask = { number, answer: 0 };
      try {
        yield ask;
        total += ask.answer;
      } catch (error) {
        log.push(`caught ${(error as Error).message}`);
        if (number < 0) throw error;
      }
    }
    return total;
  } finally {
    log.push('cleaned up');
  }
}

interface Ask {
  readonly number: number;
  answer: number;
}

function double(ask: Ask): void {
  if (ask.number % 2 !== 0) throw new Error(`odd ${ask.number}`);
  ask.answer = ask.number * 2;
}

async function later(ask: Ask): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  double(ask);
}

describe.each<[string, <T>(core: Core<T, Ask>) => Promise<T>]>([
  ['runSync', (core) => new Promise((resolve) => resolve(runSync(core, double)))],
  ['run, answered at once', (core) => run(core, double)],
  ['run, answered later', (core) => run(core, later)],
])('%s', (_, drive) => {
  test('answers each request in turn and returns what the core returns', async () => {
    expect(await drive(sum([2, 4, 6]))).toBe(24);
    expect(await drive(sum([]))).toBe(0);
  });

  test('throws what fails into the core, which may go on', async () => {
    const log: string[] = [];
    expect(await drive(sum([2, 3, 4, 5], log))).toBe(12);
    expect(log).toEqual(['caught odd 3', 'caught odd 5', 'cleaned up']);
  });

  test('runs the `finally` blocks of a core that does not handle it, and passes it on', async () => {
    const log: string[] = [];
    await expect(drive(sum([2, -3, 4], log))).rejects.toThrow('odd -3');
    expect(log).toEqual(['caught odd -3', 'cleaned up']);
  });

  test('passes on what a core throws by itself', async () => {
    // eslint-disable-next-line require-yield -- a core may fail before it asks for anything
    function* failing(): Core<number, Ask> {
      throw new Error('bad argument');
    }
    await expect(drive(failing())).rejects.toThrow('bad argument');
  });

  test('a request in a `finally` block is answered, too', async () => {
    const asked: Ask[] = [];
    function* cleaning(): Core<void, Ask> {
      try {
        yield { number: 1, answer: 0 };
      } finally {
        const ask: Ask = { number: 2, answer: 0 };
        asked.push(ask);
        yield ask;
      }
    }
    await expect(drive(cleaning())).rejects.toThrow('odd 1');
    expect(asked).toEqual([{ number: 2, answer: 4 }]);
  });
});

test('run does not wait where the answer is there at once', async () => {
  let finished = false;
  function* many(): Core<void, Ask> {
    for (let number = 0; number < 1000; number += 2) yield { number, answer: 0 };
    finished = true;
  }
  const running = run(many(), double);
  // No turn of the event loop has passed, and no microtask has run.
  expect(finished).toBe(true);
  await running;
});

test('run waits only for answers that are promises', async () => {
  const order: string[] = [];
  function* mixed(): Core<void, Ask> {
    for (const number of [2, 3, 4]) {
      yield { number, answer: 0 };
      order.push(`resumed after ${number}`);
    }
  }
  const running = run(mixed(), (ask) => (ask.number === 3 ? Promise.resolve() : undefined));
  order.push('run has returned');
  await running;
  expect(order).toEqual(['resumed after 2', 'run has returned', 'resumed after 3', 'resumed after 4']);
});
