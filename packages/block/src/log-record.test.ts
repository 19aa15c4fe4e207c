import { compareBytes } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockCursor } from './block-cursor.js';
import { LOG_BLOCK } from './block-type.js';
import { blockOf, bytes, codeOf, record } from './block.testing.js';
import { decodeLog, encodeLog, isExistenceMarker, logNameLength, logUpdateIndex, putLogKey, type LogInput, type LogRecord, type LogUpdate } from './log-record.js';
import { textBytes } from './text.js';

const NULL_ID = '0'.repeat(40);
const update: LogUpdate = {
  ref: 'refs/heads/main',
  updateIndex: 7,
  kind: 'update',
  oldOid: '11'.repeat(20),
  newOid: '22'.repeat(20),
  name: 'A U Thor',
  email: 'a@example.invalid',
  time: 300,
  timeZone: -330,
  message: 'commit: x\n',
};

function keyOf(name: string | Uint8Array, updateIndex: number | bigint): Uint8Array {
  const writer = new ByteWriter();
  putLogKey(writer, name, updateIndex);
  return writer.view().slice();
}

function encoded(log: LogInput, idSize = 20): [number, Uint8Array] {
  const writer = new ByteWriter();
  const message = log.kind === 'deletion' ? bytes() : (log.messageBytes ?? textBytes(log.message));
  return [encodeLog(writer, log, message, idSize), writer.view().slice()];
}

function rawOf(log: LogInput, idSize = 20) {
  const [valueType, value] = encoded(log, idSize);
  return record(keyOf(log.refBytes ?? log.ref, log.updateIndexExact ?? log.updateIndex), value, valueType);
}

/** Log records written and read with one cursor: what it decodes last was decoded into a used one. */
function throughBlock(logs: readonly LogInput[], idSize = 20): LogRecord[] {
  const cursor = new BlockCursor(idSize);
  cursor.enter(blockOf(LOG_BLOCK, logs.map((log) => rawOf(log, idSize))));
  const out: LogRecord[] = [];
  while (cursor.next()) out.push(decodeLog(cursor, idSize));
  return out;
}

describe('the key', () => {
  test('name, zero, 2^64-1 less the update index', () => {
    expect(keyOf('HEAD', 1)).toEqual(bytes('HEAD', 0, new Uint8Array(7).fill(0xff), 0xfe));
    expect(keyOf('HEAD', 0)).toEqual(bytes('HEAD', 0, new Uint8Array(8).fill(0xff)));
    expect(keyOf('HEAD', 2n ** 64n - 1n)).toEqual(bytes('HEAD', 0, new Uint8Array(8)));
    expect(keyOf(bytes(0xff), 0x0102n)).toEqual(bytes(0xff, 0, new Uint8Array(6).fill(0xff), 0xfe, 0xfd));
  });

  test('of one name, the higher update index comes first', () => {
    expect(compareBytes(keyOf('x', 9), keyOf('x', 8))).toBeLessThan(0);
    expect(compareBytes(keyOf('x', 2n ** 64n - 1n), keyOf('x', 0))).toBeLessThan(0);
  });

  test('a name comes before one that goes on', () => {
    expect(compareBytes(keyOf('branch', 0), keyOf('branchname', 9))).toBeLessThan(0);
  });

  test('gives back name and update index', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.bigInt(0n, 2n ** 64n - 1n), (name, updateIndex) => {
        const cursor = new BlockCursor(20);
        cursor.enter(blockOf(LOG_BLOCK, [record(keyOf(name, updateIndex), bytes())]));
        cursor.next();
        expect(logNameLength(cursor)).toBe(textBytes(name).length);
        expect(logUpdateIndex(cursor)).toBe(updateIndex);
      }),
    );
  });

  test.each([
    ['too short', bytes('a', 0, 1, 2, 3)],
    ['without a name', bytes(0, new Uint8Array(8))],
    ['without a zero between name and update index', bytes('refs/heads/main', 1, new Uint8Array(8))],
  ])('%s: damage', (_, key) => {
    const cursor = new BlockCursor(20);
    cursor.enter(blockOf(LOG_BLOCK, [record(key, bytes())]));
    cursor.next();
    expect(codeOf(() => logNameLength(cursor))).toBe('LOG_KEY');
    expect(codeOf(() => decodeLog(cursor, 20))).toBe('LOG_KEY');
  });
});

describe('the value, byte by byte', () => {
  test('a tombstone: nothing', () => {
    expect(encoded({ ref: 'x', updateIndex: 1, kind: 'deletion' })).toEqual([0, bytes()]);
  });

  test('an update: ids, name, e-mail, time, zone, message', () => {
    const ids = bytes(new Uint8Array(20).fill(0x11), new Uint8Array(20).fill(0x22));
    expect(encoded(update)).toEqual([1, bytes(ids, 8, 'A U Thor', 17, 'a@example.invalid', 0x81, 0x2c, 0xfe, 0xb6, 10, 'commit: x\n')]);
  });

  test('the existence marker: no ids, nothing said', () => {
    const marker: LogUpdate = { ...update, oldOid: NULL_ID, newOid: NULL_ID, name: '', email: '', time: 0, timeZone: 0, message: '' };
    expect(encoded(marker)).toEqual([1, new Uint8Array(40 + 6)]);
    expect(isExistenceMarker(marker)).toBe(true);
  });
});

describe('round trips', () => {
  test('update, tombstone, and an update with empty fields, with one cursor', () => {
    const logs: LogInput[] = [
      update,
      { ref: update.ref, updateIndex: 6, kind: 'deletion' },
      { ...update, updateIndex: 5, name: '', email: '', time: 0, timeZone: 0, message: '' },
    ];
    expect(throughBlock(logs)).toEqual(logs);
  });

  test('SHA-256', () => {
    const log = { ...update, oldOid: '33'.repeat(32), newOid: '44'.repeat(32) };
    expect(throughBlock([log], 32)).toEqual([log]);
  });

  test.each([-32768, -1200, -330, -1, 0, 1, 1400, 32767])('time zone %i', (timeZone) => {
    expect(throughBlock([{ ...update, timeZone }])).toEqual([{ ...update, timeZone }]);
  });

  test('times up to 2^64-1, exactly', () => {
    for (const time of [0, 2 ** 32, Number.MAX_SAFE_INTEGER]) expect(throughBlock([{ ...update, time }])).toEqual([{ ...update, time }]);
    for (const timeExact of [2n ** 53n, 2n ** 64n - 1n]) {
      const [log] = throughBlock([{ ...update, time: timeExact }]);
      expect(log).toEqual({ ...update, time: Number.MAX_SAFE_INTEGER, timeExact });
      expect(throughBlock([log!])).toEqual([log]);
    }
  });

  test('texts that are not UTF-8 come with their bytes', () => {
    const odd = bytes('x', 0xff);
    const [log] = throughBlock([{ ...update, ref: odd, name: odd, email: odd, message: odd }]);
    const text = 'x\ufffd';
    expect(log).toEqual({ ...update, ref: text, refBytes: odd, name: text, nameBytes: odd, email: text, emailBytes: odd, message: text, messageBytes: odd });
    expect(throughBlock([log!])).toEqual([log]);
  });

  test('an update index over 2^53-1 comes as a bigint too', () => {
    const [log] = throughBlock([{ ref: 'x', updateIndex: 2n ** 60n, kind: 'deletion' }]);
    expect(log).toEqual({ ref: 'x', updateIndex: Number.MAX_SAFE_INTEGER, updateIndexExact: 2n ** 60n, kind: 'deletion' });
    expect(throughBlock([log!])).toEqual([log]);
  });
});

test('a time of more than 64 bits is damage', () => {
  const [, value] = encoded({ ...update, name: '', email: '', message: '' });
  const overflow = bytes(value.subarray(0, 42), new Uint8Array(9).fill(0xff), 0, value.subarray(44));
  const cursor = new BlockCursor(20);
  cursor.enter(blockOf(LOG_BLOCK, [record(keyOf('x', 1), overflow, 1)]));
  expect(cursor.next()).toBe(true);
  expect(codeOf(() => decodeLog(cursor, 20))).toBe('VARINT_OVERFLOW');
});

describe('what can not be written', () => {
  test.each<[string, string, Partial<Record<keyof LogUpdate, unknown>>]>([
    ['an entry of a ref without a name', 'KEYS_NOT_ASCENDING', { ref: '' }],
    ['an old id that is too short', 'OBJECT_ID', { oldOid: '11' }],
    ['a new id that is not hex', 'OBJECT_ID', { newOid: 'x'.repeat(40) }],
    ['a time before 1970', 'NUMBER_RANGE', { time: -1 }],
    ['a time that is no whole number', 'NUMBER_RANGE', { time: 1.5 }],
    ['a time over 2^64-1', 'NUMBER_RANGE', { time: 2n ** 64n }],
    ['a time zone of more than 16 bits', 'TIME_ZONE', { timeZone: 32768 }],
    ['a time zone of more than 16 bits, west', 'TIME_ZONE', { timeZone: -32769 }],
    ['a time zone that is no whole number', 'TIME_ZONE', { timeZone: 0.5 }],
  ])('%s', (_, code, fields) => {
    expect(codeOf(() => encoded({ ...update, ...fields } as LogInput))).toBe(code);
  });
});

test('the marker is what leads from no object to no object, whatever else it says', () => {
  expect(isExistenceMarker({ ...update, oldOid: NULL_ID, newOid: NULL_ID })).toBe(true);
  expect(isExistenceMarker({ ...update, oldOid: '0'.repeat(64), newOid: '0'.repeat(64) })).toBe(true);
  expect(isExistenceMarker({ ...update, oldOid: NULL_ID })).toBe(false);
  expect(isExistenceMarker({ ...update, newOid: NULL_ID })).toBe(false);
});
