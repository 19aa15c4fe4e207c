import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from './reader.js';
import { MAX_U64 } from './varint.js';
import { ByteWriter } from './writer.js';

/** One thing written, how it is read again, and how many bytes it takes. */
interface Item {
  readonly name: string;
  readonly size?: number;
  readonly write: (writer: ByteWriter) => void;
  readonly read: (reader: ByteReader) => unknown;
  readonly value: unknown;
}

const number = (name: 'u8' | 'u16' | 'u24' | 'u32', size: number) =>
  fc.integer({ min: 0, max: 256 ** size - 1 }).map((value): Item => ({
    name,
    size,
    write: (writer) => writer[name](value),
    read: (reader) => reader[name](),
    value,
  }));
const safe = fc.maxSafeNat();
const exact = fc.bigInt({ min: 0n, max: MAX_U64 });

const items = fc.oneof(
  number('u8', 1),
  number('u16', 2),
  number('u24', 3),
  number('u32', 4),
  safe.map((value): Item => ({ name: 'u64', size: 8, write: (w) => w.u64(value), read: (r) => r.u64(), value })),
  exact.map((value): Item => ({ name: 'bigU64', size: 8, write: (w) => w.u64(value), read: (r) => r.bigU64(), value })),
  safe.map((value): Item => ({ name: 'varint', write: (w) => w.varint(value), read: (r) => r.varint(), value })),
  exact.map((value): Item => ({ name: 'bigVarint', write: (w) => w.varint(value), read: (r) => r.bigVarint(), value })),
  fc.uint8Array({ maxLength: 40 }).map((value): Item => ({
    name: 'view',
    size: value.length,
    write: (w) => w.bytes(value),
    read: (r) => r.view(value.length),
    value,
  })),
);

test('the reader reads what the writer wrote, from whatever capacity it had to grow', () => {
  fc.assert(
    fc.property(fc.array(items, { maxLength: 30 }), fc.integer({ min: 0, max: 70 }), (list, capacity) => {
      const writer = new ByteWriter(capacity);
      for (const item of list) {
        const before = writer.length;
        item.write(writer);
        if (item.size !== undefined) expect(writer.length - before).toBe(item.size);
      }
      const reader = new ByteReader(writer.view());
      for (const item of list) expect(item.read(reader), item.name).toEqual(item.value);
      expect(reader.left).toBe(0);
    }),
  );
});

describe('ByteReader', () => {
  test('keeps to its bounds, and stays where it was when it would pass them', () => {
    const bytes = new Uint8Array(30).fill(0x11, 12);
    const reads: [number, (reader: ByteReader) => unknown][] = [
      [1, (r) => r.u8()],
      [2, (r) => r.u16()],
      [3, (r) => r.u24()],
      [4, (r) => r.u32()],
      [8, (r) => r.u64()],
      [8, (r) => r.bigU64()],
      [5, (r) => r.view(5)],
    ];
    for (const [size, read] of reads) {
      for (let left = 0; left < size; left++) {
        const reader = new ByteReader(bytes, 10, 10 + left);
        expect(() => read(reader)).toThrow(expect.objectContaining({ kind: 'format', code: 'INPUT_TRUNCATED', offset: 10 }));
        expect(reader.offset).toBe(10);
        expect(reader.left).toBe(left);
      }
      const reader = new ByteReader(bytes, 10, 10 + size);
      read(reader);
      expect(reader.left).toBe(0);
    }
  });

  test('a varint that runs into the bound, or is too large, is an error that leaves the offset', () => {
    const truncated = new ByteReader(Uint8Array.of(0x80, 0x80, 0x00), 0, 2);
    expect(() => truncated.varint()).toThrow(expect.objectContaining({ code: 'VARINT_TRUNCATED', offset: 0 }));
    expect(() => truncated.bigVarint()).toThrow(expect.objectContaining({ code: 'VARINT_TRUNCATED', offset: 0 }));
    const huge = new ByteWriter();
    huge.varint(MAX_U64);
    const reader = new ByteReader(huge.view());
    expect(() => reader.varint()).toThrow(expect.objectContaining({ kind: 'unsupported', code: 'NUMBER_UNSAFE' }));
    expect(reader.offset).toBe(0);
    expect(reader.bigVarint()).toBe(MAX_U64);
    expect(reader.left).toBe(0);
  });

  test('a length that is none can not be read', () => {
    for (const length of [-1, NaN, Infinity]) {
      const reader = new ByteReader(Uint8Array.of(1, 2, 3));
      expect(() => reader.view(length)).toThrow(expect.objectContaining({ code: 'INPUT_TRUNCATED' }));
      expect(reader.offset).toBe(0);
    }
  });

  test('an end past the bytes is that of the bytes; a start past the end leaves nothing', () => {
    expect(new ByteReader(new Uint8Array(4), 1, 100).left).toBe(3);
    expect(() => new ByteReader(new Uint8Array(4), 9).u8()).toThrow(expect.objectContaining({ code: 'INPUT_TRUNCATED' }));
  });

  test('a view is of the same memory', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const view = new ByteReader(bytes, 1).view(2);
    bytes[1] = 9;
    expect(view).toEqual(Uint8Array.of(9, 3));
  });
});

describe('ByteWriter', () => {
  test.each<[keyof Pick<ByteWriter, 'u8' | 'u16' | 'u24' | 'u32'>, number]>([
    ['u8', 0xff],
    ['u16', 0xffff],
    ['u24', 0xff_ffff],
    ['u32', 0xffff_ffff],
  ])('%s takes up to its largest value, and writes nothing of a larger one', (name, max) => {
    const writer = new ByteWriter(0);
    writer[name](max);
    const { length } = writer;
    for (const value of [max + 1, -1, 0.5, NaN]) {
      expect(() => writer[name](value)).toThrow(expect.objectContaining({ kind: 'misuse', code: 'NUMBER_RANGE' }));
    }
    expect(writer.length).toBe(length);
    expect(writer.view().every((byte) => byte === 0xff)).toBe(true);
  });

  test('64-bit values too', () => {
    const writer = new ByteWriter(0);
    for (const value of [MAX_U64 + 1n, -1n, -1, 2 ** 53, 1.5]) {
      expect(() => writer.u64(value)).toThrow(expect.objectContaining({ code: 'NUMBER_RANGE' }));
      expect(() => writer.varint(value)).toThrow(expect.objectContaining({ code: 'NUMBER_RANGE' }));
    }
    expect(writer.length).toBe(0);
  });

  test('each method grows the buffer by itself', () => {
    const writes: ((writer: ByteWriter) => void)[] = [
      (w) => w.u8(0x11),
      (w) => w.u16(0x1111),
      (w) => w.u24(0x111111),
      (w) => w.u32(0x11111111),
      (w) => w.u64(0x1111111111111111n),
      (w) => w.varint(0x11),
      (w) => w.bytes(Uint8Array.of(0x11, 0x11)),
    ];
    for (const write of writes) {
      const writer = new ByteWriter(0);
      write(writer);
      expect(writer.view().length).toBeGreaterThan(0);
      expect(writer.view().every((byte) => byte === 0x11)).toBe(true);
    }
  });

  test('growth doubles, so that many small writes copy little', () => {
    const writer = new ByteWriter(1);
    let buffers = 0;
    let last: Uint8Array | undefined;
    for (let count = 0; count < 100_000; count++) {
      writer.u8(count & 255);
      if (writer.buffer !== last) buffers++;
      last = writer.buffer;
    }
    expect(buffers).toBeLessThanOrEqual(18);
    expect(writer.view().every((byte, index) => byte === (index & 255))).toBe(true);
  });

  test('a lower length takes back what came after', () => {
    const writer = new ByteWriter(8);
    writer.bytes(Uint8Array.of(1, 2, 3, 4));
    writer.length = 1;
    writer.u16(0);
    expect(writer.view()).toEqual(Uint8Array.of(1, 0, 0));
  });

  test('reserved bytes are counted, and filled in by the caller', () => {
    const writer = new ByteWriter(1);
    writer.u8(7);
    const start = writer.reserve(3);
    writer.buffer.set([8, 9, 10], start);
    expect(start).toBe(1);
    expect(writer.view()).toEqual(Uint8Array.of(7, 8, 9, 10));
  });
});
