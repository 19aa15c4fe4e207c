import { expect, test } from 'vitest';
import type { SourceInfo } from './core.js';
import { ReadAhead } from './read-ahead.js';

const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index);
const source: SourceInfo = { size: bytes.length, name: undefined };

/** What comes of a read, and what it asked for. */
function read(file: ReadAhead, ...request: Parameters<ReadAhead['read']>) {
  const asked: [number, number][] = [];
  const core = file.read(...request);
  let step = core.next();
  while (step.done !== true) {
    asked.push([step.value.offset, step.value.length]);
    step.value.bytes = bytes.subarray(step.value.offset, step.value.offset + step.value.length);
    step = core.next();
  }
  return { asked, first: step.value[0], length: step.value.length };
}

test('asks for what is wanted, or for what a scan may read ahead, and not past the limit', () => {
  const file = new ReadAhead(source);
  expect(read(file, 10, 20, 0, 1000)).toEqual({ asked: [[10, 20]], first: 10, length: 20 });
  expect(read(file, 10, 20, 0, 15)).toEqual({ asked: [[10, 5]], first: 10, length: 5 });
  expect(read(file, 100, 20, 50, 1000)).toEqual({ asked: [[100, 50]], first: 100, length: 50 });
});

test('what was read ahead, or is known of the end, is not read again', () => {
  const file = new ReadAhead(source, bytes.subarray(900));
  expect(read(file, 950, 20, 0, 960)).toEqual({ asked: [], first: 950 % 256, length: 50 });
  read(file, 100, 20, 50, 1000);
  expect(read(file, 120, 30, 50, 1000)).toEqual({ asked: [], first: 120, length: 30 });
  expect(read(file, 121, 30, 0, 1000).asked).toEqual([[121, 30]]);
});

test('goes further while a scan goes on, up to a bound', () => {
  const steps = [0];
  for (let count = 0; count < 7; count++) steps.push(ReadAhead.next(steps.at(-1)!));
  expect(steps.map((size) => size >> 10)).toEqual([0, 16, 32, 64, 128, 256, 256, 256]);
});
