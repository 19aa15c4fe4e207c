/* Random batches around the boundary of blocks, against the layout worked out by other code. */
import { sstLogs } from '@reftable/conformance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLOCK_SIZE, LogReaderSync, LogWriterSync, MemoryLog, WriteBatch } from './index.js';
import { plain, readAll, texts } from './sst-log.testing.js';

/** A log that fills its first block up to `room` bytes from its end. */
function filledTo(room: number): { log: MemoryLog; writer: LogWriterSync } {
  const log = new MemoryLog();
  const writer = new LogWriterSync(log);
  const target = BLOCK_SIZE - room;
  const filler = new WriteBatch();
  while (filler.size < 900_000) filler.put('', 0, new Uint8Array(32_000).fill(7));
  writer.append(filler);
  // Frames of 49 bytes and more: the last ones make up for what is missing.
  while (target - writer.size > 40_000) writer.put('', 1, new Uint8Array(30_000));
  for (let missing = target - writer.size; missing > 0; missing = target - writer.size) {
    const length = [30, 28, 27, 26, 25, 24, 22, 20].map((overhead) => missing - overhead).find((value) => value >= 0 && value < 32_000 && frameSize(value) === missing);
    if (length === undefined) writer.del('', 2);
    else writer.put('', 3, new Uint8Array(length));
  }
  expect(writer.size).toBe(target);
  return { log, writer };
}

/** Bytes of a frame with one put with an empty key and a value of `length` bytes. */
function frameSize(length: number): number {
  const log = new LogWriterSync(new MemoryLog());
  log.put('', 3, new Uint8Array(length));
  return log.size;
}

const entry = fc.record({
  key: fc.uint8Array({ maxLength: 24 }),
  timestamp: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  value: fc.option(fc.uint8Array({ maxLength: 60 }), { nil: undefined }),
});
const batches = fc.array(fc.array(entry, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });

function toBatch(entries: readonly { key: Uint8Array; timestamp: bigint; value: Uint8Array | undefined }[]): WriteBatch {
  const batch = new WriteBatch();
  for (const { key, timestamp, value } of entries) {
    if (value === undefined) batch.del(key, timestamp);
    else batch.put(key, timestamp, value);
  }
  return batch;
}

describe('around the end of a block', () => {
  // No frame is smaller than 18 bytes, so that much less can not be left by filling up to it.
  const rooms = Array.from({ length: 132 }, (_, index) => index + 18);

  test('whatever room is left, a batch is read back as it was, and lies as the rules say', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rooms), batches, (room, list) => {
        const { log, writer } = filledTo(room);
        const before = writer.size;
        for (const entries of list) writer.append(toBatch(entries));
        writer.seal();
        const bytes = log.bytes();
        const { entries, error } = readAll(bytes);
        expect(error).toBeUndefined();
        expect(texts(entries.slice(-list.flat().length))).toEqual(texts(list.flat()));
        checkLayout(bytes, before, list.map((one) => toBatch(one).body.slice()));
      }),
      { numRuns: 60 },
    );
  });

  test.each(Array.from({ length: 22 }, (_, room) => room + 18))('%i bytes of room', (room) => {
    const { log, writer } = filledTo(room);
    const batch = new WriteBatch();
    batch.put('key', 4, new Uint8Array(100).fill(9));
    writer.append(batch);
    writer.seal();
    checkLayout(log.bytes(), BLOCK_SIZE - room, [batch.body]);
  });
});

/** Follows the rules of the specification from `offset` on, naively. */
function checkLayout(bytes: Uint8Array, offset: number, bodies: readonly Uint8Array[]): void {
  let at = offset;
  const header = (discriminant: number, size: number) => {
    const length = bytes[at]!;
    expect(length).toBe(size < 128 ? 9 : size < 16_384 ? 10 : 11);
    expect(bytes[at + length - 5]).toBe(discriminant);
    at += 1 + length;
  };
  const zeros = (count: number) => {
    expect(bytes.subarray(at, at + count).every((byte) => byte === 0)).toBe(true);
    at += count;
  };
  const content = (body: Uint8Array) => {
    expect(Buffer.compare(bytes.subarray(at, at + body.length), body)).toBe(0);
    at += body.length;
  };
  for (const body of bodies) {
    const whole = 1 + (body.length < 128 ? 9 : body.length < 16_384 ? 10 : 11) + body.length;
    const room = () => BLOCK_SIZE - (at % BLOCK_SIZE);
    if (whole > room() && room() <= 19) zeros(room());
    if (whole <= room()) {
      header(1, body.length);
      content(body);
      continue;
    }
    const first = room() - 19;
    header(2, first);
    content(body.subarray(0, first));
    zeros(room() % BLOCK_SIZE);
    header(3, body.length - first);
    content(body.subarray(first));
  }
  expect(at).toBe(bytes.length);
}

test('a reader holds what it reads in windows: no request is larger than a batch, or a window', () => {
  const sizes: number[] = [];
  const { bytes, entries } = sstLogs().find(({ name }) => name === 'many-small')!;
  const source = new (class extends MemoryLog {
    override readSync(offset: number, length: number): Uint8Array {
      sizes.push(length);
      return super.readSync(offset, length);
    }
  })(bytes);
  const found = [];
  for (const one of new LogReaderSync(source).entries()) found.push(plain(one));
  expect(texts(found)).toEqual(texts(entries));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1 << 18);
  expect(sizes.length).toBeLessThan(10);
});
