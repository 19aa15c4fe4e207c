import { damagedSstLogs, sstLogs } from '@reftable/conformance';
import { isReftableError } from '@reftable/varint';
import { BytesSource, runSync } from '@reftable/io';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { BLOCK_SIZE, findRecoverySync, LogWriterSync, MemoryLog, recover, recoverSync, truncateFinalPartialFrame, truncateFinalPartialFrameSync, type Recovery } from './index.js';
import { findEnd } from './log-end.js';
import { performSourceSync } from './source.js';
import { batchOf, coreAt, FirstBytes, readAll, texts } from './sst-log.testing.js';

const golden = (name: string) => sstLogs().find((log) => log.name === name)!;

/** Where each batch of a golden log ends. */
function ends(name: string): number[] {
  const writer = new LogWriterSync(new MemoryLog());
  return golden(name).batches.map((batch) => {
    writer.append(batchOf(batch));
    return writer.size;
  });
}

/** Where each frame starts that a change in the log may be about, and others in between: all would take too long. */
function offsetsAround(marks: readonly number[], size: number, distance: number): number[] {
  const offsets = new Set<number>();
  for (const mark of marks) for (let at = mark - distance; at <= mark + distance; at++) if (at >= 0 && at < size) offsets.add(at);
  return [...offsets].sort((a, b) => a - b);
}

describe('every truncation point', () => {
  test('of a small log: recovery leaves just the whole batches before it', () => {
    const { bytes, batches } = golden('small');
    const marks = ends('small');
    for (let size = 0; size <= bytes.length; size++) {
      const log = new MemoryLog(bytes.subarray(0, size));
      const whole = marks.filter((end) => end <= size).length;
      const keep = marks[whole - 1] ?? 0;
      expect(recoverSync(log)).toEqual({ batches: whole, entries: batches.slice(0, whole).flat().length, keep, size, tail: keep === size ? 'none' : 'incomplete' } satisfies Recovery);
      expect(texts(readAll(log.bytes()).entries)).toEqual(texts(batches.slice(0, whole).flat()));
    }
  });

  describe.each(['across-boundary', 'room-19', 'room-20', 'many-small'])('of a log of several blocks (%s)', (name) => {
    const { bytes, batches } = golden(name);
    const marks = ends(name);
    // A frame that a cut may go through is all alike in its middle; around the end of a block every single byte counts.
    const late = marks.filter((end) => end > BLOCK_SIZE - 80_000).slice(0, 12);
    const cuts = [...offsetsAround([BLOCK_SIZE, ...late.slice(0, 3), ...late.slice(-2)], bytes.length + 1, 24), ...late.map((end) => end - 1000)];

    test('recovery leaves whole batches only, and all of them', () => {
      for (const size of cuts) {
        const source = new BytesSource(bytes.subarray(0, size));
        const whole = marks.filter((end) => end <= size).length;
        const { keep, tail, batches: found } = findRecoverySync(source);
        // What comes before the boundary may be padding, which is sound, and stays.
        expect([found, keep, tail]).toEqual([whole, tail === 'none' ? size : (marks[whole - 1] ?? 0), tail]);
        if (tail === 'none' && keep !== (marks[whole - 1] ?? 0)) expect(bytes.subarray(marks[whole - 1], keep).every((byte) => byte === 0)).toBe(true);
      }
    });

    test('what is left reads to its end', () => {
      for (const size of cuts.filter((_, index) => index % 40 === 0)) {
        const log = new MemoryLog(bytes.subarray(0, size));
        recoverSync(log);
        const whole = marks.filter((end) => end <= size).length;
        const { entries, error } = readAll(log.bytes());
        expect(error).toBeUndefined();
        expect(texts(entries)).toEqual(texts(batches.slice(0, whole).flat()));
      }
    });
  });
});

describe('zeros to the end', () => {
  test.each([1, 19, 20, 100, 4096, 300_000, BLOCK_SIZE + 5])('%i of them are cut, and no batch with them', async (count) => {
    const { bytes, entries } = golden('small');
    const log = new MemoryLog(Buffer.concat([bytes, new Uint8Array(count)]));
    expect(await recover(log)).toEqual({ batches: 5, entries: 6, keep: bytes.length, size: bytes.length + count, tail: 'zeros' });
    expect(texts(readAll(log.bytes()).entries)).toEqual(texts(entries));
  });

  test('after a first part and in place of the second, too', () => {
    const { bytes } = golden('across-boundary');
    const cut = Buffer.concat([bytes.subarray(0, BLOCK_SIZE), new Uint8Array(5000)]);
    expect(findRecoverySync(new BytesSource(cut))).toMatchObject({ batches: 31, tail: 'incomplete', keep: ends('across-boundary')[30] });
  });

  test('but one other byte behind them is damage', () => {
    const { bytes } = golden('small');
    const log = Buffer.concat([bytes, new Uint8Array(300_000), Uint8Array.of(1)]);
    expect(() => findRecoverySync(new BytesSource(log))).toThrow(expect.objectContaining({ code: 'FRAME_PADDING', offset: bytes.length }));
  });
});

describe('every flipped byte', () => {
  /** Flips a byte in each way that a single bit can, and in one more. */
  function* flips(bytes: Uint8Array, offsets: Iterable<number>): Generator<[Uint8Array, number]> {
    const copy = bytes.slice();
    for (const offset of offsets) {
      const before = copy[offset]!;
      for (const mask of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
        copy[offset] = before ^ mask;
        yield [copy, offset];
      }
      copy[offset] = before;
    }
  }

  /** Reading notices it, hands out nothing but what was appended, and recovery cuts nothing for it. */
  function check(copy: Uint8Array, offset: number, expected: readonly string[]): void {
    const { entries, error } = readAll(copy);
    expect(error, `byte ${offset}`).toBeDefined();
    expect(texts(entries)).toEqual(expected.slice(0, entries.length));
    expect(() => findRecoverySync(new BytesSource(copy)), `byte ${offset}`).toThrow(expect.objectContaining({ kind: 'format' }));
  }

  test.each(['small', 'insert-one', 'del-one', 'dups', 'batch-mixed'])('of %s is noticed, and taken for damage, not for a torn end', (name) => {
    const { bytes, entries } = golden(name);
    const expected = texts(entries);
    for (const [copy, offset] of flips(bytes, bytes.keys())) check(copy, offset, expected);
  });

  test.each(['across-boundary', 'room-1', 'room-18', 'room-19', 'room-20'])('of %s around the boundary is noticed, padding included', (name) => {
    const { bytes } = golden(name);
    // What reads begins with the last batch but a few: see `truncation.test.ts`.
    const start = ends(name).findLast((end) => end < BLOCK_SIZE - 100) ?? 0;
    for (const [copy, offset] of flips(bytes, offsetsAround([BLOCK_SIZE, start + 20], bytes.length, 20))) {
      const core = coreAt(new FirstBytes(copy, copy.length), start);
      expect(() => runSync(findEnd(core, {}), performSourceSync), `byte ${offset}`).toThrow(expect.objectContaining({ kind: 'format' }));
      expect(core.end, `byte ${offset}`).toBeLessThanOrEqual(offset);
    }
  });
});

describe('damage', () => {
  test('is cut only when told where, and then with all that follows', () => {
    const { bytes } = golden('small');
    const damaged = bytes.slice();
    damaged[47]! ^= 1;
    const log = new MemoryLog(damaged);
    let offset: number | undefined;
    try {
      recoverSync(log);
    } catch (error) {
      expect(error).toMatchObject({ code: 'FRAME_CRC', offset: 24 });
      ({ offset } = error as { offset: number });
    }
    expect(() => recoverSync(log, { cutDamageAt: 25 })).toThrow(expect.objectContaining({ code: 'FRAME_CRC' }));
    expect(log.size).toBe(bytes.length);
    expect(recoverSync(log, { cutDamageAt: offset! })).toEqual({ batches: 1, entries: 1, keep: 24, size: 126, tail: 'damage' });
    expect(log.bytes()).toEqual(bytes.subarray(0, 24));
  });

  test('of an entry leaves none of its batch', () => {
    const { bytes } = damagedSstLogs().find(({ name }) => name === 'kv-second-entry-truncated')!;
    const log = new MemoryLog(bytes);
    expect(() => recoverSync(log)).toThrow(expect.objectContaining({ code: 'MESSAGE', offset: 22 }));
    expect(recoverSync(log, { cutDamageAt: 22 })).toMatchObject({ batches: 1, entries: 1, keep: 22 });
  });

  test('a frame that claims to go on past the end, with whole frames in what it claims, is no torn end', () => {
    const { bytes } = golden('small');
    const damaged = bytes.slice();
    damaged[26] = 0x7f;
    const log = new MemoryLog(damaged);
    expect(() => recoverSync(log)).toThrow(expect.objectContaining({ code: 'FRAME_SIZE', offset: 24 }));
    expect(recoverSync(log, { cutDamageAt: 24 })).toMatchObject({ batches: 1, keep: 24, tail: 'damage' });
  });

  test('what looks like a hundred thousand headers takes no longer for it', () => {
    const header = Uint8Array.from([0x50, 0xff, 0xff, 0x3f, 0x58, 1, 0x65, 0, 0, 0, 0]);
    const many = Buffer.concat(Array.from({ length: 90_000 }, () => header));
    const torn = Buffer.concat([Uint8Array.of(11), header, many]);
    expect(() => findRecoverySync(new BytesSource(torn))).toThrow(expect.objectContaining({ code: 'FRAME_SIZE', offset: 0 }));
  });
});

describe("truncateFinalPartialFrame says what the crate's says", () => {
  test.each(damagedSstLogs())('$name', async ({ bytes, outcome: { truncateFinalPartialFrame: said } }) => {
    const source = new BytesSource(bytes);
    if (typeof said === 'object' && said !== null) {
      expect(() => truncateFinalPartialFrameSync(source)).toThrow(expect.objectContaining({ kind: 'format' }));
    } else {
      expect(truncateFinalPartialFrameSync(source)).toBe(said ?? undefined);
      expect(await truncateFinalPartialFrame(source)).toBe(said ?? undefined);
    }
  });

  test.each(sstLogs())('$name: nothing', ({ bytes }) => {
    expect(truncateFinalPartialFrameSync(new BytesSource(bytes))).toBeUndefined();
  });
});

test('any bytes at all end in a format error, or in entries, and recovery in the one or in a shorter log', () => {
  const { bytes } = golden('small');
  const changed = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 6 }).map((changes) => {
    const copy = bytes.slice();
    for (const [offset, byte] of changes) copy[offset] = byte;
    return copy;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), changed), fc.boolean(), (input, isCrate) => {
      readAll(input, isCrate ? { compat: 'crate' } : {});
      const log = new MemoryLog(input);
      try {
        const { keep } = recoverSync(log);
        expect(keep).toBeLessThanOrEqual(input.length);
        expect(readAll(log.bytes()).error).toBeUndefined();
      } catch (error) {
        if (!isReftableError(error, 'format')) throw error;
      }
    }),
    { numRuns: 3000 },
  );
});

beforeAll(() => {
  // Made once, so that no test's time is spent on it.
  for (const log of sstLogs()) expect(log.bytes.length).toBeGreaterThanOrEqual(0);
});
