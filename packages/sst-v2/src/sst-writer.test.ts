import { BytesSink } from '@reftable/io';
import { expect, test } from 'vitest';
import { SstWriter } from './sst-writer.js';
import { bytes, codeOf, entry, many, open, write, writeWith } from './sst.testing.js';

test('an empty table is a footer', () => {
  const { bytes: table, statistics } = writeWith([], {}, bytes('meta'));
  expect(Buffer.from(table).toString('latin1')).toBe('SSTB\x01' + '\0'.repeat(11) + 'meta\0\x1eREFT' + Buffer.from(table.subarray(-4)).toString('latin1'));
  expect(statistics).toMatchObject({ size: 30, records: 0, dataBlocks: 0, indexBlocks: 0 });
});

test('a table of a single block is not padded, and says so', () => {
  const table = write(many(10));
  expect(open(table).info.blockSize).toBe(0);
  expect(table.length).toBeLessThan(500);
  expect(open(write(many(1000))).info.blockSize).toBe(4096);
  expect(open(write(many(1000), { aligned: false })).info.blockSize).toBe(0);
});

test('the padding is as much as it takes, and of zeros', () => {
  const { bytes: table, statistics } = writeWith(many(1000));
  let padding = 0;
  for (const { position, size, end } of open(table).blocks()) {
    expect(end === table.length - 26 || end % 4096 === 0).toBe(true);
    expect(table.subarray(position + size, end).every((byte) => byte === 0)).toBe(true);
    padding += end - position - size;
  }
  expect(padding).toBe(statistics.paddingSize);
  expect(padding).toBeGreaterThan(0);
});

test('a compressed block is not padded, and the stored one after the next is aligned again', () => {
  const entries = many(3000).map((record, index) => ({ ...record, key: bytes(index < 1500 ? 'a' : index < 1800 ? 'b' : 'c', record.key) }));
  const table = write(entries, { codec: (firstKey) => (firstKey[0] === 0x62 ? 'zlib' : 'stored') });
  const blocks = [...open(table).blocks()];
  expect(new Set(blocks.map(({ codec }) => codec)).size).toBe(2);
  for (const [index, { position, size, end, codec }] of blocks.entries()) {
    if (codec === 'zlib') expect(end).toBe(position + size);
    else if (index < blocks.length - 1) expect(end % 4096).toBe(0);
  }
});

test('a block that would not get smaller is stored', () => {
  const noise = Uint8Array.from({ length: 200 }, (_, index) => (index * index * 7919 + index * 31) >> 3);
  expect([...open(write([entry('k', noise)], { codec: 'zlib' })).blocks()][0]!.codec).toBe('stored');
  expect([...open(write([entry('k', new Uint8Array(200))], { codec: 'zlib' })).blocks()][0]!.codec).toBe('zlib');
});

test('the policy is asked with the first key of each data block', () => {
  const asked: string[] = [];
  const table = write(many(1000), {
    codec: (firstKey) => {
      asked.push(Buffer.from(firstKey).toString());
      return 'stored';
    },
  });
  const sst = open(table);
  const firsts = [...sst.blocks()].filter(({ level }) => level === 0).length;
  expect(asked.length).toBe(firsts);
  expect(asked[0]).toBe('key-00000');
  for (const key of asked) expect(sst.get(key)).toBeDefined();
});

test('each record knows the block that it is in', () => {
  const writer = new SstWriter(new BytesSink(), {});
  const positions = new Set<number>();
  for (const { key, value } of many(1000)) {
    writer.put(key, value);
    positions.add(writer.blockPosition);
  }
  const { dataBlocks } = writer.finish();
  expect([...positions]).toEqual(Array.from({ length: dataBlocks }, (_, index) => index * 4096));
});

test('the metadata may be made of what the records came to', () => {
  const sink = new BytesSink();
  const writer = new SstWriter(sink);
  for (const { key, value } of many(1000)) writer.put(key, value);
  const statistics = writer.finish(({ records, dataSize }) => bytes(`${records} ${dataSize}`));
  expect(Buffer.from(open(sink.bytes()).info.metadata).toString()).toBe(`1000 ${statistics.dataSize}`);
});

test('misuse is told, and nothing of the record is written', () => {
  const sink = new BytesSink();
  const writer = new SstWriter(sink);
  writer.put('b', '1');
  expect(codeOf(() => { writer.put('b', '2'); })).toBe('KEYS_NOT_ASCENDING');
  expect(codeOf(() => { writer.put('a', '2'); })).toBe('KEYS_NOT_ASCENDING');
  expect(codeOf(() => { writer.put('', '2'); })).toBe('KEYS_NOT_ASCENDING');
  expect(codeOf(() => { writer.put('c', '2', 8); })).toBe('NUMBER_RANGE');
  expect(codeOf(() => { writer.put('c', '2', -1); })).toBe('NUMBER_RANGE');
  expect(codeOf(() => { writer.put('c', '2', 0.5); })).toBe('NUMBER_RANGE');
  expect(codeOf(() => writer.finish(new Uint8Array(65_510)))).toBe('METADATA_SIZE');
  writer.put('c', '3');
  writer.finish(new Uint8Array(65_509));
  expect(codeOf(() => { writer.put('d', '4'); })).toBe('WRITER_FINISHED');
  expect(codeOf(() => writer.finish())).toBe('WRITER_FINISHED');
  const sst = open(sink.bytes());
  expect([...sst.records()].map(({ key }) => Buffer.from(key).toString())).toEqual(['b', 'c']);
  expect(sst.info.metadata.length).toBe(65_509);
  for (const options of [{ blockSize: 63 }, { blockSize: 2 ** 24 }, { blockSize: 64.5 }, { restartInterval: 0 }, { restartInterval: 65_536 }]) {
    expect(codeOf(() => new SstWriter(sink, options))).toBe(options.blockSize === 63 ? 'BLOCK_SIZE' : 'NUMBER_RANGE');
  }
});
