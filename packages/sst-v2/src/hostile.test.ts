/*
 * Bytes that no writer wrote: whatever they are, a table ends in a typed error or gives well-formed records.
 * `hostile.testing.ts` asks and judges, `damage.testing.ts` does damage; here is what is damaged, and how.
 */
import { Random } from '@reftable/conformance/hostile';
import { BytesSink, BytesSource } from '@reftable/io';
import { putU32 } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { describe, expect, test, vi } from 'vitest';
import { assemble, block, blocksOf, footerStart, mutate, record, sealed } from './damage.testing.js';
import { examine, keysOf, type InflaterSwitch } from './hostile.testing.js';
import { encodeIndexValue } from './index-entry.js';
import { openSstSync } from './sst.js';
import { SstWriter } from './sst-writer.js';
import { bytes, codeOf, entry, many, open, write } from './sst.testing.js';

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
async function survive(table: Uint8Array, keys: readonly Uint8Array[], damage: string): Promise<string> {
  try {
    return await examine(table, keys, inflater);
  } catch (error) {
    throw new Error(`${damage}: ${(error as Error).message}\n${Buffer.from(table).toString('base64')}`, { cause: error });
  }
}

const entries = [
  entry('a', '1', 3),
  entry('ab', 'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz', 1),
  entry('abc', ''),
  entry('abd', '2', 7),
  entry('b', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'),
  entry('ba', '3'),
  entry('c', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'),
];

const SMALL = Object.entries({
  empty: write([], {}, bytes('meta')),
  'a single block': write(entries.slice(0, 4)),
  'several blocks, aligned': write(entries, { blockSize: 64, restartInterval: 2 }),
  'several blocks, not aligned': write(entries, { blockSize: 64, aligned: false }),
  'two levels of index': write(many(20, 8), { blockSize: 64, aligned: false }),
  compressed: write(entries, { blockSize: 64, codec: 'zlib' }),
  checksums: write(entries, { blockSize: 64, aligned: false, checksums: true }),
});

/** To what each byte is set: also what it is but for its lowest or highest bit. */
function valuesFor(byte: number): Set<number> {
  const values = new Set([0, 1, 2, 0x7f, 0x80, 0xff, byte ^ 1, byte ^ 0x80]);
  values.delete(byte);
  return values;
}

describe.each(SMALL)('a small table: %s', (name, table) => {
  const keys = keysOf(table, 1);
  const start = footerStart(table);

  test('as it is', async () => {
    expect(await survive(table, keys, 'no damage')).not.toContain('!');
  });

  test('each byte set to other values, with and without the right checksum', async () => {
    let unnoticed = 0;
    for (const [at, byte] of table.entries()) {
      for (const value of valuesFor(byte)) {
        const damaged = table.with(at, value);
        const answers = await survive(damaged, keys, `byte ${at} set to ${value}`);
        if (at >= start) {
          expect(answers).toMatch(/^open:\n!/);
          const last = damaged.length - 4;
          if (at < last) await survive(sealed(damaged, start), keys, `byte ${at} set to ${value}, sealed`);
        } else if (!answers.includes('!')) {
          unnoticed++;
        }
      }
    }
    // Nothing vouches for a block but its checksum, where it has one: that a verification of all would notice then, and just then.
    if (name === 'checksums' || name === 'empty') expect(unnoticed).toBe(0);
    else expect(unnoticed).toBeGreaterThan(0);
  });

  test('cut off at each byte, and with the footer again', async () => {
    for (let size = 0; size < table.length; size++) {
      const cut = table.subarray(0, size);
      expect(await survive(cut, keys, `cut at ${size}`)).toMatch(/^open:\n!/);
      if (size < start) await survive(bytes(cut, table.subarray(start)), keys, `cut at ${size}, with the footer`);
    }
  });

  test('without each byte of its front', async () => {
    for (let size = 1; size <= start; size++) await survive(table.subarray(size), keys, `without ${size} bytes`);
  });
});

test('random damage to larger tables', async () => {
  const policy = (firstKey: Uint8Array) => (firstKey.at(-1)! & 1 ? 'zlib' : 'stored');
  const tables = [
    write(many(300, 4), { blockSize: 256 }),
    write(many(200, 4), { blockSize: 128, aligned: false }),
    write(many(100, 30), { blockSize: 300, codec: policy, restartInterval: 4 }),
    write(many(60, 0), { blockSize: 64, restartInterval: 100 }),
    write(entries, { blockSize: 64 }),
  ].map((table) => ({ table, keys: keysOf(table, 2) }));
  let unharmed = 0;
  for (let seed = 0; seed < 1500; seed++) {
    const random = new Random(seed);
    const { table, keys } = random.pick(tables);
    const answers = await survive(mutate(table, random), keys, `seed ${seed}`);
    if (!answers.includes('\n!')) unharmed++;
  }
  // Damage that is always noticed at once would show nothing.
  expect(unharmed).toBeGreaterThan(30);
  expect(unharmed).toBeLessThan(1000);
});

describe('what damage must not cost', () => {
  /** The index over one data block. */
  const indexOver = (data: Uint8Array, key: string, position = 0): Uint8Array => block(0, [record(key, bytes(0, position, data.length))]);

  function tableOf(data: Uint8Array, key: string): Uint8Array {
    return assemble([data, indexOver(data, key)], data.length);
  }

  test('the tables that these tests put together are sound', async () => {
    for (const codec of [0, 1]) {
      const table = tableOf(block(codec, [record('a', bytes('1')), record('b', bytes('2'))]), 'b');
      const answers = await survive(table, [bytes('b')], 'none');
      expect(answers).not.toContain('!');
      expect(answers).toContain('get b:\n62 0 32\n');
    }
  });

  test('a body that promises 16 MiB in a file of a hundred bytes takes no such memory', async () => {
    const table = tableOf(block(1, [record('a', bytes('1'))], 0xff_fffb), 'a');
    expect(table.length).toBeLessThan(120);
    expect(await survive(table, [bytes('a')], 'promise')).toContain('records:\n! BLOCK_DEFLATE at 0');
  });

  test('a body of 4 GiB is more than a block can have', async () => {
    const table = tableOf(block(1, [record('a', bytes('1'))], 0xffff_ffff), 'a');
    expect(await survive(table, [bytes('a')], 'promise')).toContain('records:\n! BLOCK_DEFLATE at 0');
  });

  test.each([-1, 1])('a body that inflates to %d byte more than stated', async (more) => {
    const sound = block(1, [record('a', bytes('1'))]);
    const length = Buffer.from(sound).readUInt32BE(4);
    const damaged = sound.slice();
    putU32(damaged, 4, length - more);
    expect(await survive(tableOf(damaged, 'a'), [bytes('a')], 'length')).toContain('records:\n! BLOCK_DEFLATE at 0');
  });

  test('bytes between the stream and the end of the block', async () => {
    const sound = block(1, [record('a', bytes('1'))]);
    const longer = bytes(sound, 0);
    longer[3] = longer.length;
    expect(await survive(tableOf(longer, 'a'), [bytes('a')], 'rest')).toContain('records:\n! BLOCK_DEFLATE at 0');
  });

  test('an unknown codec is unsupported, and only when it is met', () => {
    const table = write(entries, { blockSize: 64 });
    const damaged = table.with(0, 2);
    const sst = open(damaged);
    expect(codeOf(() => sst.get('a'))).toBe('CODEC');
    expect(codeOf(() => [...sst.records()])).toBe('CODEC');
    expect(sst.get('c')).toBeDefined();
  });

  test('an index that points at itself, or beyond', () => {
    const data = block(0, [record('a', bytes('1'))]);
    for (const value of [bytes(1, data.length, 20), bytes(0, data.length, 20), bytes(0, 127, 20)]) {
      const table = assemble([data, block(0, [record('a', value)])], data.length);
      expect(codeOf(() => open(table).get('a'))).toBe('INDEX_POSITION');
      expect(codeOf(() => [...open(table).records()])).toBe('INDEX_POSITION');
      expect(codeOf(() => [...open(table).records({ reverse: true })])).toBe('INDEX_POSITION');
    }
  });

  test('an index of many records that all stand for one block, level upon level, is not walked again and again', () => {
    const letters = Array.from({ length: 16 }, (_, index) => String.fromCharCode(97 + index));
    const blocks = [block(0, letters.map((letter) => record(letter, bytes())))];
    let position = 0;
    for (let level = 0; level < 12; level++) {
      const below = blocks.at(-1)!;
      // Positions below 128 take one byte, those below 16,512 two.
      const at = position < 128 ? bytes(position) : bytes(0x80 + ((position - 128) >> 7), position & 127);
      const size = below.length < 128 ? bytes(below.length) : bytes(0x80 + ((below.length - 128) >> 7), below.length & 127);
      blocks.push(block(0, letters.map((letter) => record(letter, bytes(level, at, size)))));
      position += below.length;
    }
    const table = assemble(blocks, position);
    const started = process.cpuUsage().user;
    expect(codeOf(() => [...open(table).records({ reverse: true })])).toBe('INDEX_POSITION');
    expect(codeOf(() => open(table).verify())).toBe('INDEX_KEY');
    expect([...open(table).records()].length).toBe(16);
    expect(process.cpuUsage().user - started).toBeLessThan(500_000);
  });

  test('an index of blocks that overlap, one in the value of the other, is not walked', () => {
    const inner = block(0, [record('b', bytes('1'))]);
    const outer = block(0, [record('c', inner)]);
    const size = outer.length;
    // Behind a header of four bytes, and as many of a record in front of its value.
    const index = block(0, [record('b', bytes(0, 4 + 4, inner.length)), record('c', bytes(0, 0, size))]);
    expect(codeOf(() => [...open(assemble([outer, index], size)).records({ reverse: true })])).toBe('INDEX_POSITION');
    const sound = block(0, [record('c', bytes(0, 0, size))]);
    expect([...open(assemble([outer, sound], size)).records({ reverse: true })].length).toBe(1);
  });

  test('an index of 255 levels is one, of 256 it is not', () => {
    for (const levels of [255, 256]) {
      const blocks = [block(0, [record('a', bytes('1'))])];
      let position = 0;
      for (let level = 0; level < levels; level++) {
        const at = position < 128 ? bytes(position) : bytes(0x80 + ((position - 128) >> 7), position & 127);
        const { length } = blocks.at(-1)!;
        blocks.push(block(0, [record('a', bytes(level, at, length))]));
        position += length;
      }
      const table = open(assemble(blocks, position));
      if (levels === 255) expect(table.verify()).toMatchObject({ records: 1, indexLevels: 255 });
      else for (const act of [() => table.get('a'), () => [...table.records()], () => table.verify()]) expect(codeOf(act)).toBe('INDEX_LEVEL');
    }
  });

  test('keys that share nearly all, backwards, cost in proportion to what is stored', () => {
    // Each key is the one before and a byte more: to put each together by itself would be to copy 800 MB.
    const count = 40_000;
    const key = new Uint8Array(count).fill(7);
    const sink = new BytesSink();
    const writer = new SstWriter(sink, { blockSize: 2 ** 20, restartInterval: 65_535 });
    for (let length = 1; length <= count; length++) writer.putBytes(key, length, 0, key, 0);
    writer.finish();
    const table = sink.bytes();
    expect(table.length).toBeLessThan(500_000);
    const started = process.cpuUsage().user;
    const cursor = open(table).cursor({ reverse: true });
    for (let length = count; length > 0; length--) {
      expect(cursor.next() || cursor.load()).toBe(true);
      if (cursor.record.keyLength !== length) throw new Error(`key of ${cursor.record.keyLength} bytes instead of ${length}`);
    }
    expect(cursor.next() || cursor.load()).toBe(false);
    expect(process.cpuUsage().user - started).toBeLessThan(1_000_000);
  });
});

test('a version that is not known is unsupported, damage to it is damage', () => {
  const table = write(entries);
  const at = footerStart(table) + 4;
  for (const version of [0, 2, 127, 128, 130, 131, 255]) {
    expect(codeOf(() => open(table.with(at, version)))).toBe('FOOTER_CRC');
    expect(codeOf(() => open(sealed(table.with(at, version))))).toBe('VERSION');
  }
});

test('a root that is nowhere', () => {
  const table = write(entries);
  const at = footerStart(table) + 8;
  for (const [index, value] of [[0, 1], [6, 0xff]] as const) {
    expect(codeOf(() => open(sealed(table.with(at + index, value))))).toBe('ROOT_POSITION');
  }
  // Zero is that of a table without records.
  expect(codeOf(() => open(sealed(table.with(at + 7, 0))))).toBe('ROOT_POSITION');
  const empty = write([]);
  expect(codeOf(() => open(sealed(empty.with(15, 1))))).toBe('ROOT_POSITION');
});

test('what a verification alone notices', () => {
  const aligned = write(many(400), { blockSize: 1024 });
  const first = blocksOf(aligned)[0]!;
  expect(codeOf(() => open(aligned.with(first.size, 1)).verify())).toBe('PADDING');
  expect([...open(aligned.with(first.size, 1)).records()].length).toBe(400);

  // The last key of the first data block, in the index: one letter more.
  const records = [record('a', bytes('1')), record('b', bytes('2'))];
  const data = block(0, records);
  const index = block(0, [record('bb', bytes(0, 0, data.length))]);
  const table = assemble([data, index], data.length);
  expect(codeOf(() => open(table).verify())).toBe('INDEX_KEY');
  expect(open(table).get('b')).toBeDefined();

  // The longest key, and one of a byte more.
  for (const size of [2 ** 22, 2 ** 22 + 1]) {
    const long = (value: Uint8Array): Uint8Array => {
      const writer = new ByteWriter(size + 16);
      writer.varint(0);
      writer.varint(size * 8);
      writer.bytes(new Uint8Array(size));
      writer.varint(value.length);
      writer.bytes(value);
      return writer.view();
    };
    const only = block(0, [long(bytes())]);
    const entry = new ByteWriter(16);
    encodeIndexValue(entry, 0, 0, only.length);
    const huge = assemble([only, block(0, [long(entry.view())])], only.length);
    expect(codeOf(() => open(huge).verify())).toBe(size > 2 ** 22 ? 'KEY_SIZE' : undefined);
    expect([...open(huge).records()].length).toBe(1);
  }

  // A restart within the second record.
  const restart = data.slice();
  restart[restart.length - 3] = 4 + records[0]!.length + 1;
  const inside = assemble([restart, block(0, [record('b', bytes(0, 0, data.length))])], data.length);
  expect(codeOf(() => open(inside).verify())).toBe('RESTART_OFFSET');
  expect([...open(inside).records()].length).toBe(2);
});

test('checksums tell all damage to blocks, before anything else is looked at', () => {
  const table = write(entries, { blockSize: 64, checksums: true, codec: 'zlib' });
  const damaged = table.with(5, table[5]! ^ 1);
  expect(codeOf(() => [...openSstSync(new BytesSource(damaged)).records()])).toBe('BLOCK_CRC');
});
