import { compareBytes } from '@reftable/varint';
import { hasBytesAt } from '@reftable/varint/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryOfRecord, recordOfEntry, SortedEntries, versionedKey, versionPrefix, type LogEntry } from './index.js';

/** Keys of few different bytes, so that many are alike, or prefixes of each other: those that the encoding has a meaning for, and their neighbours. */
const key = fc.array(fc.constantFrom(0, 1, 254, 255), { maxLength: 5 }).map((bytes) => Uint8Array.from(bytes));
const timestamp = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.constantFrom(0n, 1n, 255n, 256n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 64n - 1n));

const sign = (number: number) => (number < 0 ? -1 : number > 0 ? 1 : 0);

describe('the order of versioned keys', () => {
  test('is that of the keys, and for each key newest first', () => {
    fc.assert(
      fc.property(key, timestamp, key, timestamp, (a, timeOfA, b, timeOfB) => {
        const expected = compareBytes(a, b) || (timeOfA > timeOfB ? -1 : timeOfA < timeOfB ? 1 : 0);
        expect(sign(compareBytes(versionedKey(a, timeOfA), versionedKey(b, timeOfB)))).toBe(sign(expected));
      }),
      { numRuns: 5000 },
    );
  });

  test('all versions of a key, and of no other, start with its prefix', () => {
    fc.assert(
      fc.property(key, key, timestamp, (a, b, time) => {
        const prefix = versionPrefix(a);
        expect(hasBytesAt(versionedKey(b, time), 0, prefix)).toBe(compareBytes(a, b) === 0);
      }),
      { numRuns: 5000 },
    );
  });
});

const entry: fc.Arbitrary<LogEntry> = fc
  .tuple(key, timestamp, fc.option(fc.uint8Array({ maxLength: 9 })))
  .map(([key, exact, value]) => {
    const base = exact <= Number.MAX_SAFE_INTEGER ? { key, timestamp: Number(exact) } : { key, timestamp: Number(exact), timestampExact: exact };
    return value === null ? { kind: 'del', ...base } : { kind: 'put', ...base, value };
  });

test('an entry comes back from its record', () => {
  fc.assert(
    fc.property(entry, (one) => {
      expect(entryOfRecord(recordOfEntry(one))).toEqual(one);
    }),
    { numRuns: 2000 },
  );
});

test('the example of the specification', () => {
  expect(Buffer.from(versionedKey(Uint8Array.of(0x61, 0, 0x62), 5)).toString('hex')).toBe('6100ff620000' + 'fffffffffffffffa');
});

describe('what is no versioned key', () => {
  test.each([
    ['too short', '00', 0, ''],
    ['without an end', '61ffffffffffffffffff', 0, ''],
    ['with an end too early', '0000ffffffffffffffff0000', 0, ''],
    ['with a zero that is not escaped', '61000100' + '00ffffffffffffffffff', 0, ''],
    ['with bits that mean nothing', '0000ffffffffffffffff', 2, ''],
    ['a delete with a value', '0000ffffffffffffffff', 1, '61'],
  ])('%s', (_, hex, extra, value) => {
    const record = { key: Uint8Array.from(Buffer.from(hex, 'hex')), extra, value: Uint8Array.from(Buffer.from(value, 'hex')) };
    expect(() => entryOfRecord(record)).toThrow(expect.objectContaining({ code: 'VERSIONED_KEY', kind: 'format' }));
  });

  test('any bytes are one, or are refused; and only those that the writer would write are one', () => {
    const bytes = fc.array(fc.constantFrom(0, 1, 255), { maxLength: 16 }).map((list) => Uint8Array.from(list));
    fc.assert(
      fc.property(bytes, (versioned) => {
        let back: LogEntry;
        try {
          back = entryOfRecord({ key: versioned, extra: 1, value: new Uint8Array(0) });
        } catch (error) {
          expect(error).toMatchObject({ code: 'VERSIONED_KEY' });
          return;
        }
        expect(recordOfEntry(back).key).toEqual(versioned);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a cursor over sorted entries', () => {
  test('comes to each in order, says what each shares with the one before, and seeks', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), key, timestamp, (entries, soughtKey, soughtTime) => {
        const cursor = new SortedEntries(entries).cursor();
        const found: Uint8Array[] = [];
        while (cursor.next()) {
          const { key: at, keyLength, shared } = cursor.record;
          const before = found.at(-1) ?? new Uint8Array(0);
          expect(keyLength).toBe(at.length);
          expect([hasBytesAt(at, 0, before, shared), shared < before.length && before[shared] === at[shared]]).toEqual([true, false]);
          found.push(at);
        }
        const expected = [...new Map(entries.map((one) => [Buffer.from(recordOfEntry(one).key).toString('hex'), one])).keys()].sort();
        expect(found.map((one) => Buffer.from(one).toString('hex'))).toEqual(expected);
        const sought = versionedKey(soughtKey, soughtTime);
        expect(cursor.seek(sought, sought.length)).toBe(true);
        const first = found.findIndex((one) => compareBytes(one, sought) >= 0);
        expect(cursor.next()).toBe(first >= 0);
        if (first >= 0) expect(cursor.record.key).toEqual(found[first]);
      }),
      { numRuns: 500 },
    );
  });

  test('of two entries alike the later one counts, as it would in tables', () => {
    const at = { key: Uint8Array.of(1), timestamp: 5 };
    const cursor = new SortedEntries([{ kind: 'put', ...at, value: Uint8Array.of(1) }, { kind: 'del', ...at }]).cursor();
    expect([cursor.next(), cursor.record.extra, cursor.next()]).toEqual([true, 1, false]);
  });
});
