/*
 * Bytes that no writer wrote: whatever they are, a table ends in a typed error or gives well-formed records.
 * `hostile.testing.ts` asks and judges, `damage.testing.ts` does damage; here is what is damaged, and how.
 */
import { INDEX_BLOCK, LOG_BLOCK, OBJECT_BLOCK, REF_BLOCK, type LogInput, type RefInput } from '@reftable/block';
import { damagedTables } from '@reftable/conformance';
import { Random } from '@reftable/conformance/hostile';
import { BytesSource } from '@reftable/io';
import { encodeVarint, isReftableError, putU24, putU64 } from '@reftable/varint';
import { describe, expect, test, vi } from 'vitest';
import { mutate, putTogether, seal, takeApart } from './damage.testing.js';
import { footerSize } from './footer.js';
import { headerSize } from './header.js';
import { examine, questionsOf, type InflaterSwitch, type Questions } from './hostile.testing.js';
import type { TableOptions } from './options.js';
import { openTable, openTableSync } from './table.js';
import { writeTable } from './write-table.js';

interface Zlib {
  inflate(input: Uint8Array, start: number, front: Uint8Array, length: number): unknown;
}

const inflater = vi.hoisted((): InflaterSwitch => ({ current: 'zlib', calls: 0 }));

// Both inflaters in one process: which one works is switched from outside.
vi.mock('../../block/src/zlib.node.js', async (importOriginal) => {
  const zlib = await importOriginal<Zlib>();
  const plain: Zlib = await vi.importActual('../../block/src/zlib.js');
  const inflate: Zlib['inflate'] = (...args) => {
    inflater.calls++;
    return { zlib, plain }[inflater.current].inflate(...args);
  };
  return { ...zlib, inflate };
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
  unaligned: table(3, 2, { aligned: false, blockSize: 90 }),
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

});

describe.each(SMALL.filter(([name]) => name.includes('log') || name === 'SHA-256'))('the first log block of a small table: %s', (_, bytes) => {
  const questions = questionsOf(bytes, 1);
  const parts = takeApart(bytes);
  const index = parts.pieces.findIndex(({ type }) => type === LOG_BLOCK);
  const piece = parts.pieces[index]!;

  test('each byte set to other values, and deflated again', async () => {
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
  for (let seed = 0; seed < 1000; seed++) {
    const random = new Random(seed);
    const { parts, questions } = random.pick(tables);
    const answers = await survive(mutate(parts, random.pick(tables).parts, random), questions, `seed ${seed}`);
    if (!answers.includes('\n!')) unharmed++;
  }
  // Damage that is always noticed at once would show nothing.
  expect(unharmed).toBeGreaterThan(100);
  expect(unharmed).toBeLessThan(500);
});

test('the damaged tables of the golden data', async () => {
  const questions: Questions = { names: ['refs/heads/main', 'refs/heads/branch-08', 'HEAD'], ids: [new Uint8Array(32).fill(9)] };
  for (const { name, bytes } of damagedTables()) await survive(bytes, questions, name);
});

describe('what damage must not cost', () => {
  test('a log block that promises 16 MiB in a file of 200 bytes takes no such memory', async () => {
    const bytes = table(0, 4);
    const damaged = bytes.slice();
    putU24(damaged, headerSize(1) + 1, 0xff_ffff);
    const answers = await survive(damaged, questionsOf(bytes, 1), 'promise');
    expect(damaged.length).toBeLessThan(200);
    expect(answers).toContain('logs:\n! LOG_DEFLATE at 0');
  });

  test('an index block inside of the block that it stands for', () => {
    // Else each of many blocks, nested so, would be read and checked to the end for a single seek.
    const bytes = table(3, 0, { aligned: false, indexObjects: false });
    const refEnd = bytes.length - footerSize(1);
    const inner = block(INDEX_BLOCK, record('z', 0, encodeVarint(refEnd)));
    const outer = block(INDEX_BLOCK, record('z', 0, encodeVarint(0)), record('zz', 0, encodeVarint(0), inner));
    const innerStart = refEnd + Buffer.from(outer).indexOf(inner);
    const damaged = insertBeforeFooter(bytes, outer, { fromEnd: 44, field: BigInt(innerStart) });
    expect(codeOf(() => openTableSync(new BytesSource(damaged)).getRef('r/0/0'))).toBe('INDEX_POSITION');
  });

  test('a ref block inside of another, both named by one object record', () => {
    // Else refs would come twice, out of order, and many blocks nested so cost far more than the file has.
    const id = oid(1, 20);
    const inner = table(1, 0).subarray(headerSize(1), -footerSize(1)).slice();
    // Lengths and restarts of a block count from its start, but of the first from the header's.
    putU24(inner, 1, inner.length);
    putU24(inner, inner.length - 5, 4);
    const target = inner;
    const refs: RefInput[] = [
      { name: 'a', kind: 'direct', oid: id, updateIndex: 1 },
      { name: 'b', kind: 'symbolic', target, updateIndex: 1 },
    ];
    const bytes = writeTable({ refs }, { aligned: false, minUpdateIndex: 1, maxUpdateIndex: 1 });
    const refEnd = bytes.length - footerSize(1);
    const key = Buffer.from(id, 'hex').subarray(0, 2).toString('latin1');
    const positions = Buffer.concat([encodeVarint(0), encodeVarint(Buffer.from(bytes).indexOf(inner))]);
    const damaged = insertBeforeFooter(bytes, block(OBJECT_BLOCK, record(key, 2, positions)), { fromEnd: 36, field: (BigInt(refEnd) << 5n) | 2n });
    expect(codeOf(() => openTableSync(new BytesSource(damaged)).refsByObject(id))).toBe('OBJECT_POSITION');
  });

  test('long names that share nearly all, in batches', async () => {
    const refs = Array.from({ length: 64 }, (_, index): RefInput => {
      return { name: `${'n'.repeat(30_000)}${String(index).padStart(2, '0')}`, kind: 'deletion', updateIndex: 1 };
    });
    const bytes = writeTable({ refs }, { blockSize: 1 << 16, restartInterval: 64, minUpdateIndex: 1, maxUpdateIndex: 1 });
    let count = 0;
    for await (const batch of (await openTable(new BytesSource(bytes))).refBatches({ tombstones: true })) {
      expect(batch.reduce((size, { name }) => size + name.length, 0)).toBeLessThan(300_000);
      count += batch.length;
    }
    expect(count).toBe(64);
  });
});

test('a block in the midst of a section that passes for one of its index does not end the section', () => {
  const bytes = table(40, 0, { blockSize: 128 });
  const middle = bytes.with(5 * 128, INDEX_BLOCK);
  expect(bytes[5 * 128]).toBe(REF_BLOCK);
  expect(codeOf(() => [...openTableSync(new BytesSource(middle)).refs()])).toBe('VALUE_TYPE');
});

describe('the key of a log record', () => {
  const bytes = writeTable(
    { logs: [{ ref: 'a-b', updateIndex: 1, kind: 'deletion' }, { ref: 'c', updateIndex: 1, kind: 'deletion' }] },
    { minUpdateIndex: 1, maxUpdateIndex: 1 },
  );
  const parts = takeApart(bytes);
  const [piece] = parts.pieces;

  function withKeyByte(at: number, value: number): ReturnType<typeof openTableSync> {
    const changed = { ...piece!, bytes: piece!.bytes.with(headerSize(1) + 4 + at, value), stored: undefined };
    return openTableSync(new BytesSource(putTogether({ ...parts, pieces: [changed] })));
  }

  test('a zero byte in the name: it is no entry of another log', () => {
    const damaged = withKeyByte(3, 0);
    expect(codeOf(() => [...damaged.log('a', { tombstones: true })])).toBe('LOG_KEY');
    expect(codeOf(() => [...damaged.logs({ tombstones: true })])).toBe('LOG_KEY');
  });

  test('too short for an update index, also where no more is asked for', () => {
    // The first key: prefix, suffix length << 3, "a-b", and nine bytes. Two bytes of it are left, and the rest is another key.
    const cursor = withKeyByte(1, 2 << 3).logCursor({ tombstones: true });
    expect(cursor.next() || cursor.load()).toBe(true);
    expect(codeOf(() => cursor.record.updateIndexExact)).toBe('LOG_KEY');
    expect(codeOf(() => cursor.record.updateIndex)).toBe('LOG_KEY');
    expect(codeOf(() => cursor.record.name)).toBe('LOG_KEY');
  });

  test.each(['a\0b', Uint8Array.of(0x61, 0)])('a writer takes no name with a zero byte: %j', (ref) => {
    const logs: LogInput[] = [{ ref, updateIndex: 1, kind: 'deletion' }];
    expect(codeOf(() => writeTable({ logs }, { minUpdateIndex: 1, maxUpdateIndex: 1 }))).toBe('LOG_KEY');
  });
});

/** A record of a block, with its key stored whole. */
function record(key: string, valueType: number, value: Uint8Array, moreOfKey: Uint8Array = new Uint8Array(0)): Uint8Array {
  const suffix = Buffer.concat([Buffer.from(key, 'latin1'), moreOfKey]);
  return Buffer.concat([Buffer.of(0), encodeVarint((suffix.length << 3) | valueType), suffix, value]);
}

/** A block with one restart. */
function block(type: number, ...records: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.concat([Buffer.of(type, 0, 0, 0), ...records, Buffer.of(0, 0, 4, 0, 1)]);
  putU24(bytes, 1, bytes.length);
  return bytes;
}

/** Puts a block between the last one and the footer, one field of which is set. */
function insertBeforeFooter(bytes: Uint8Array, inserted: Uint8Array, { fromEnd, field }: { fromEnd: number; field: bigint }): Uint8Array {
  const footer = bytes.slice(-footerSize(1));
  putU64(footer, footer.length - fromEnd, field);
  return seal(Buffer.concat([bytes.subarray(0, -footer.length), inserted, footer]), false);
}

/** The code of the error that `act` throws, or what it returns: no other error is caught. */
function codeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    if (isReftableError(error)) return error.code;
    throw error;
  }
}
