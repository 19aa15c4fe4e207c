/* Damage to Git tables: whatever it is, a question ends in a typed error or in well-formed records. What the container makes of damage is tested beside it. */
import { Random } from '@reftable/conformance/hostile';
import type { LogInput, RefInput } from '@reftable/block';
import { BytesSink, BytesSource } from '@reftable/io';
import { compareBytes, isReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { mutate, sealed } from '../damage.testing.js';
import { SstWriter } from '../sst-writer.js';
import { bytes, codeOf } from '../sst.testing.js';
import { openGitTableSync } from './git-table.js';
import { oid, openV2, update, writeGit } from './git.testing.js';

const refs: readonly RefInput[] = [
  { name: 'HEAD', kind: 'symbolic', target: 'refs/heads/main', updateIndex: 1 },
  { name: 'refs/heads/gone', kind: 'deletion', updateIndex: 300 },
  { name: 'refs/heads/main', kind: 'direct', oid: oid(7), updateIndex: 2 },
  { name: 'refs/heads/more', kind: 'direct', oid: oid(9), updateIndex: 2 },
  { name: 'refs/tags/v1', kind: 'peeled', oid: oid(8), peeled: oid(7), updateIndex: 4 },
];
const logs: readonly LogInput[] = [
  update('refs/heads/m', 3),
  update('refs/heads/main', 300),
  { ref: 'refs/heads/main', kind: 'deletion', updateIndex: 2 },
  update('refs/heads/main', 1),
];

const TABLES = Object.entries({
  'GitStorage 3': writeGit(refs, logs, { blockSize: 64 }),
  'GitStorage 3, stored': writeGit(refs, logs, { blockSize: 96, codec: 'stored', aligned: false }),
  'GitStorage 2': writeGit(refs, logs, { blockSize: 64, gitStorage: 2, codec: 'stored' }),
});

/** Asks a table all that a Git table can be asked. @returns whether it met no damage */
function survive(table: Uint8Array, damage: string): boolean {
  let isSound = true;
  const ask = (question: string, act: () => void): boolean => {
    try {
      act();
      return true;
    } catch (error) {
      isSound = false;
      if (isReftableError(error, 'format', 'unsupported')) return false;
      throw new Error(`${damage}: ${question}: ${String(error)}\n${Buffer.from(table).toString('base64')}`, { cause: error });
    }
  };
  const open = () => openGitTableSync(new BytesSource(table));
  if (!ask('open', open)) return false;
  const git = open();
  ask('refs', () => {
    let last = new Uint8Array(0);
    const cursor = git.refCursor({ tombstones: true });
    while (cursor.next() || cursor.load()) {
      const key = cursor.record.key.slice(0, cursor.record.keyLength);
      if (compareBytes(key, last) <= 0) throw new Error('out of order');
      last = key;
      judge(cursor.record.ref());
    }
  });
  ask('logs', () => {
    let last = new Uint8Array(0);
    const cursor = git.logCursor({ tombstones: true });
    while (cursor.next() || cursor.load()) {
      const key = cursor.record.key.slice(0, cursor.record.keyLength);
      if (compareBytes(key, last) <= 0) throw new Error('out of order');
      last = key;
      judge(cursor.record.log());
    }
  });
  for (const name of ['HEAD', 'refs/heads/main', 'refs/none']) {
    ask(`ref ${name}`, () => judge(git.getRef(name) ?? {}));
    ask(`log ${name}`, () => {
      for (const log of git.log(name, { tombstones: true })) {
        judge(log);
        if (log.ref !== name) throw new Error(`log of ${log.ref}`);
      }
    });
  }
  for (const id of [7, 8, 10]) {
    ask(`object ${id}`, () => {
      for (const ref of git.refsByObject(oid(id))) judge(ref);
    });
  }
  ask('verify', () => void git.verify());
  return isSound;
}

/** Object ids are whole, numbers are numbers. */
function judge(record: object): void {
  for (const [key, value] of Object.entries(record) as [string, unknown][]) {
    const isId = /oid|peeled/i.test(key);
    if (isId && !/^[0-9a-f]{40}$/.test(value as string)) throw new Error(`${key} ${String(value)}`);
    if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new Error(`${key} ${value}`);
    if (value === undefined) throw new Error(key);
  }
}

describe.each(TABLES)('a table of %s', (_, table) => {
  test('as it is', () => expect(survive(table, 'none')).toBe(true));

  test('each byte set to other values, with the right checksum', () => {
    let noticed = 0;
    for (const [at, byte] of table.entries()) {
      for (const value of new Set([0, 1, 2, 0x7f, 0x80, 0xff, byte ^ 1, byte ^ 8, byte ^ 0x80])) {
        if (!survive(sealed(table.with(at, value)), `byte ${at} set to ${value}`)) noticed++;
      }
    }
    expect(noticed).toBeGreaterThan(table.length);
  });

  test('random damage', () => {
    let unharmed = 0;
    for (let seed = 0; seed < 3000; seed++) if (survive(mutate(table, new Random(seed)), `seed ${seed}`)) unharmed++;
    expect(unharmed).toBeGreaterThan(5);
    expect(unharmed).toBeLessThan(2000);
  });
});

describe('a record is damaged', () => {
  const metadata = openV2(writeGit([])).sst.info.metadata;
  const two = openV2(writeGit([], [], { gitStorage: 2 })).sst.info.metadata;
  const tableOf = (key: Uint8Array, extra: number, value: Uint8Array, meta = metadata): Uint8Array => {
    const sink = new BytesSink();
    const writer = new SstWriter(sink);
    writer.put(key, value, extra);
    writer.finish(meta);
    return sink.bytes();
  };
  const id = new Uint8Array(20);
  const log = bytes('crefs/x', 0, new Uint8Array(8).fill(255));

  test.each<[string, string, Uint8Array, number, Uint8Array]>([
    ['a ref without a name', 'KEY_ORDER', bytes('a'), 0, bytes(1)],
    ['a ref of a type that there is not', 'VALUE_TYPE', bytes('ax'), 4, bytes(1)],
    ['a ref without a value', 'VALUE_LENGTH', bytes('ax'), 0, bytes()],
    ['a tombstone that goes on', 'VALUE_LENGTH', bytes('ax'), 0, bytes(1, 2)],
    ['an id cut off', 'VALUE_LENGTH', bytes('ax'), 1, bytes(1, id.subarray(1))],
    ['an id and a byte', 'VALUE_LENGTH', bytes('ax'), 1, bytes(1, id, 0)],
    ['two ids cut off', 'VALUE_LENGTH', bytes('ax'), 2, bytes(1, id, id.subarray(1))],
    ['a target cut off', 'VALUE_LENGTH', bytes('ax'), 3, bytes(1, 5, 'refs')],
    ['a target of endless length', 'VALUE_LENGTH', bytes('ax'), 3, bytes(1, new Uint8Array(9).fill(255), 127)],
    ['an update index cut off', 'VALUE_LENGTH', bytes('ax'), 0, bytes(0x80)],
    ['an update index beyond 64 bits', 'VARINT_OVERFLOW', bytes('ax'), 0, bytes(new Uint8Array(9).fill(255), 127)],
    ['a log of a type that there is not', 'VALUE_TYPE', log, 2, bytes()],
    ['a log tombstone with a value', 'VALUE_LENGTH', log, 0, bytes(0)],
    ['a log cut off', 'VALUE_LENGTH', log, 1, bytes(id, id, 1, 'n', 1, 'e', 0, 0, 0, 9, 'm')],
    ['a log that goes on', 'VALUE_LENGTH', log, 1, bytes(id, id, 1, 'n', 1, 'e', 0, 0, 0, 1, 'm', 0)],
    ['a log without a name', 'LOG_KEY', bytes('c', 0, new Uint8Array(8)), 0, bytes()],
    ['a log without a zero byte', 'LOG_KEY', bytes('crefs/x', new Uint8Array(8).fill(255)), 0, bytes()],
  ])('%s', (_, code, key, extra, value) => {
    expect(codeOf(() => openV2(tableOf(key, extra, value)).verify())).toBe(code);
  });

  test('logs of GitStorage 2 with too little of a key, or a zero byte in the name', () => {
    for (const key of [bytes('c', new Uint8Array(8)), bytes('cx'), bytes('cx', 0, 'y', new Uint8Array(8).fill(255))]) {
      expect(codeOf(() => [...openV2(tableOf(key, 0, bytes(), two)).logs()])).toBe('LOG_KEY');
    }
  });

  test.each<[string, string, Uint8Array, number, Uint8Array]>([
    ['an object without a count', 'VALUE_LENGTH', bytes('b', id), 0, bytes()],
    ['an object of endless positions', 'VALUE_LENGTH', bytes('b', id), 0, bytes(new Uint8Array(9).fill(255), 127)],
    ['an object with fewer positions than it says', 'VALUE_LENGTH', bytes('b', id), 3, bytes(0, 1)],
    ['an object with more', 'VALUE_LENGTH', bytes('b', id), 1, bytes(0, 1)],
    ['an object whose positions do not ascend', 'OBJECT_POSITION', bytes('b', id), 2, bytes(0, 0)],
    ['an object beyond the data', 'OBJECT_POSITION', bytes('b', id), 1, bytes(0x80, 0x80, 0)],
    ['an object of a shorter id', 'OBJECT_ID_LENGTH', bytes('b', id.subarray(1)), 1, bytes(0)],
  ])('%s', (_, code, key, extra, value) => {
    const table = openV2(tableOf(key, extra, value, two));
    // The shorter one is passed over: it comes before what is looked for.
    if (code !== 'OBJECT_ID_LENGTH') expect(codeOf(() => table.refsByObject('0'.repeat(40)))).toBe(code);
    expect(codeOf(() => table.verify())).toBe(code);
  });

  test('an object that points behind the data, to where the index is', () => {
    const tableWith = (position: number): Uint8Array => {
      const sink = new BytesSink();
      const writer = new SstWriter(sink, { blockSize: 128, codec: 'stored' });
      const beyond = position - 16_512;
      writer.put(bytes('b', id), bytes(0x80 + (beyond >> 14), 0x80 + ((beyond >> 7) & 127), beyond & 127), 1);
      for (let name = 0; name < 1000; name++) writer.put(bytes(`z${String(name).padStart(100, '0')}`), bytes());
      writer.finish(two);
      return sink.bytes();
    };
    const { end } = [...openV2(tableWith(20_000)).sst.blocks()].findLast(({ level }) => level === 0)!;
    const table = tableWith(end + 100);
    // Far from the end of the file, which has been read.
    expect(table.length - end).toBeGreaterThan(10_000);
    expect(codeOf(() => openV2(table).refsByObject('0'.repeat(40)))).toBe('OBJECT_POSITION');
    expect(codeOf(() => openV2(table).verify())).toBe('OBJECT_POSITION');
  });

  test('an object that points into a block', () => {
    const table = tableOf(bytes('b', id), 1, bytes(3), two);
    expect(codeOf(() => openV2(table).refsByObject('0'.repeat(40)))).toBeDefined();
  });
});
