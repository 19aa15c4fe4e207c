/*
 * Bytes that no writer wrote: whatever they are, a table ends in a typed error or gives well-formed records.
 * `hostile.testing.ts` asks and judges, `damage.testing.ts` does damage; here is what is damaged, and how.
 */
import { encodeVarint, putU24 } from '@reftable/varint';
import { LOG_BLOCK, type LogInput, type RefInput } from '@reftable/block';
import { describe, expect, test, vi } from 'vitest';
import { mutate, putTogether, Random, seal, takeApart } from './damage.testing.js';
import { footerSize } from './footer.js';
import { headerSize } from './header.js';
import { examine, questionsOf, type InflaterSwitch, type Questions } from './hostile.testing.js';
import type { TableOptions } from './options.js';
import { writeTable } from './write-table.js';

interface Zlib {
  inflateInto(input: Uint8Array, start: number, out: Uint8Array): number;
}

const inflater = vi.hoisted((): InflaterSwitch => ({ current: 'zlib', calls: 0 }));

// Both inflaters in one process: which one works is switched from outside.
vi.mock('../../block/src/zlib.node.js', async (importOriginal) => {
  const zlib = (await importOriginal()) as Zlib;
  const plain: Zlib = await vi.importActual('../../block/src/zlib.js');
  const inflateInto: Zlib['inflateInto'] = (...args) => {
    inflater.calls++;
    return { zlib, plain }[inflater.current].inflateInto(...args);
  };
  return { ...zlib, inflateInto };
});

/** Examines a damaged table. What is wrong with the answers is told together with the damage. */
async function survive(bytes: Uint8Array, questions: Questions, damage: string): Promise<string> {
  try {
    return await examine(bytes, questions, inflater);
  } catch (error) {
    throw new Error(`${damage}: ${(error as Error).message}\n${Buffer.from(bytes).toString('base64')}`, { cause: error });
  }
}

function oid(number: number, size: number): string {
  return Buffer.alloc(size, String(number * 7919)).toString('hex');
}

/** Refs of all kinds. */
function refs(count: number, size: number): RefInput[] {
  return Array.from({ length: count }, (_, index): RefInput => {
    const base = { name: `r/${index % 3}/${index}`, updateIndex: 1 + (index % 3) };
    if (index % 5 === 1) return { ...base, kind: 'symbolic', target: 'r/0/0' };
    if (index % 5 === 2) return { ...base, kind: 'peeled', oid: oid(index, size), peeled: oid(index + 1, size) };
    if (index % 5 === 3) return { ...base, kind: 'deletion' };
    return { ...base, kind: 'direct', oid: oid(index % 70, size) };
  });
}

/** Entries of several logs, of both kinds. */
function logs(count: number, size: number): LogInput[] {
  return Array.from({ length: count }, (_, index): LogInput => {
    const base = { ref: `r/${index % 2}/${index % 20}`, updateIndex: 1 + (index >> 1) };
    if (index % 4 === 3) return { ...base, kind: 'deletion' };
    const who = { name: 'A', email: 'a@b', time: 1_700_000_000 + index, timeZone: -330, message: `m ${index}\n` };
    return { ...base, kind: 'update', oldOid: oid(index, size), newOid: oid(index + 1, size), ...who };
  });
}

function table(refCount: number, logCount: number, options: Partial<TableOptions> = {}): Uint8Array {
  const size = options.hash === 'sha256' ? 32 : 20;
  const limits = { minUpdateIndex: 1, maxUpdateIndex: 1 + Math.max(2, logCount >> 1) };
  return writeTable({ refs: refs(refCount, size), logs: logs(logCount, size) }, { ...limits, ...options });
}

const SMALL = Object.entries({
  refs: table(5, 0),
  'refs and logs': table(2, 3),
  logs: table(0, 4),
  'index and objects': table(10, 0, { blockSize: 74 }),
  'SHA-256': table(2, 2, { hash: 'sha256', blockSize: 128 }),
  unaligned: table(3, 3, { aligned: false, blockSize: 90 }),
});

/** To what each byte is set: also what it is but for its lowest or highest bit, and the types of blocks. */
function valuesFor(byte: number): Set<number> {
  const values = new Set([0, 1, 0x7f, 0x80, 0xff, byte ^ 1, byte ^ 0x80, ...Buffer.from('rogi')]);
  values.delete(byte);
  return values;
}

describe.each(SMALL)('a small table: %s', (_, bytes) => {
  const questions = questionsOf(bytes, 1);
  const version = bytes[4] === 2 ? 2 : 1;
  const footerStart = bytes.length - footerSize(version);

  test('as it is', async () => {
    expect(await survive(bytes, questions, 'no damage')).not.toContain('!');
  });

  test('each byte set to other values', async () => {
    for (const [at, byte] of bytes.entries()) {
      for (const value of valuesFor(byte)) {
        const damaged = bytes.with(at, value);
        const damage = `byte ${at} set to ${value}`;
        await survive(damaged, questions, damage);
        // Behind a checksum that is right, too.
        const isHeader = at < headerSize(version);
        if (isHeader || at >= footerStart) await survive(seal(damaged, isHeader), questions, `${damage}, sealed`);
      }
    }
  });

  test('cut off at each byte, and with a footer again', async () => {
    for (let size = 0; size < bytes.length; size++) {
      const cut = bytes.subarray(0, size);
      expect(await survive(cut, questions, `cut at ${size}`)).toMatch(/^open:\n!/);
      if (size < footerStart) await survive(Buffer.concat([cut, bytes.subarray(footerStart)]), questions, `cut at ${size}, with a footer`);
    }
  });

  const parts = takeApart(bytes);
  test.runIf(parts.pieces.some(({ type }) => type === LOG_BLOCK))('each byte of a log block, deflated again', async () => {
    const index = parts.pieces.findIndex(({ type }) => type === LOG_BLOCK);
    const piece = parts.pieces[index]!;
    for (let at = piece.headerOffset + 4; at < piece.bytes.length; at++) {
      for (const value of valuesFor(piece.bytes[at]!)) {
        const changed = { ...piece, bytes: piece.bytes.with(at, value), stored: undefined };
        const damaged = seal(putTogether({ ...parts, pieces: parts.pieces.with(index, changed) }), false);
        await survive(damaged, questions, `byte ${at} of the log block set to ${value}`);
      }
    }
  });
});

test('random damage to larger tables', async () => {
  const tables = [
    table(400, 0, { blockSize: 256 }),
    table(60, 150, { blockSize: 300 }),
    table(0, 80, { blockSize: 512, aligned: false }),
    table(200, 30, { hash: 'sha256', restartInterval: 2 }),
    ...SMALL.map(([, bytes]) => bytes),
  ].map((bytes) => ({ parts: takeApart(bytes), questions: questionsOf(bytes, 3) }));
  let unharmed = 0;
  for (let seed = 0; seed < 1500; seed++) {
    const random = new Random(seed);
    const { parts, questions } = random.pick(tables);
    const answers = await survive(mutate(parts, random.pick(tables).parts, random), questions, `seed ${seed}`);
    if (!answers.includes('\n!')) unharmed++;
  }
  // Damage that is always noticed at once would show nothing.
  expect(unharmed).toBeGreaterThan(100);
  expect(unharmed).toBeLessThan(750);
});
test('sizes', () => {
  for (const [name, bytes] of SMALL) console.log(name, bytes.length, takeApart(bytes).pieces.map((p) => String.fromCharCode(p.type)).join(''));
});
