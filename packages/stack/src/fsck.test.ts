import { readFileSync } from 'node:fs';
import { damagedStacks, gitStacks, jgitStacks } from '@reftable/conformance';
import { ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { fsckStack, fsckStackSync, SEVERITIES, type StackFinding } from './fsck.js';
import { MemoryStorage } from './memory-storage.js';
import { oid, tableOf } from './stack.testing.js';
import { openStackSync } from './stack-sync.js';
import { formatTableList, MAX_LIST_SIZE } from './table-list.js';

function put(storage: MemoryStorage, name: string, bytes: Uint8Array = new Uint8Array(0)): void {
  storage.writeSync(storage.createSync(name), bytes);
}

/** Tables by name, listed in this order. */
function storageOf(tables: Readonly<Record<string, Uint8Array>>, list = formatTableList(Object.keys(tables))): MemoryStorage {
  const storage = new MemoryStorage();
  for (const [name, bytes] of Object.entries(tables)) put(storage, name, bytes);
  put(storage, 'tables.list', list);
  return storage;
}

const table = (min: number, max = min): string => `0x${min.toString(16).padStart(12, '0')}-0x${max.toString(16).padStart(12, '0')}-00000001.ref`;
const short = (findings: readonly StackFinding[]): string[] => findings.map(({ code, file }) => `${code} ${file}`);
const fsck = (storage: MemoryStorage): string[] => short(fsckStackSync(storage));
const names = (...all: string[]): Uint8Array => formatTableList(all);

describe('nothing is wrong', () => {
  test('with a stack that this library wrote', async () => {
    const storage = new MemoryStorage();
    const stack = openStackSync(storage);
    for (let index = 0; index < 20; index++) {
      stack.transaction((transaction) => {
        transaction.addRef({ name: `refs/heads/${index}`, kind: 'direct', oid: oid(index + 1) });
      });
    }
    expect(fsck(storage)).toEqual([]);
    expect(await fsckStack(storage)).toEqual([]);
  });

  test.each(gitStacks().map((stack) => [`${stack.group}/${stack.name}`, stack] as const))('with what Git wrote: %s', (_, { tables }) => {
    const storage = storageOf(Object.fromEntries(tables.map(({ name, bytes }) => [name, bytes])));
    expect(fsckStackSync(storage).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test.each(jgitStacks().map((stack) => [stack.name, stack] as const))('with what JGit wrote: %s', (_, { tables }) => {
    const storage = storageOf(Object.fromEntries(tables.map(({ name, bytes }) => [name, bytes])));
    expect(fsckStackSync(storage).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('each code', () => {
  const one = { [table(1)]: tableOf(1, ['a']) };

  test('LIST_MISSING', () => {
    expect(fsck(new MemoryStorage())).toEqual(['LIST_MISSING tables.list']);
  });
  test('LIST_UNREADABLE: only what can not be listed is looked at', async () => {
    const storage = storageOf(one);
    for (const file of ['tables.list.lock', table(5), `${table(5).slice(0, -3)}temp.AbCdEf`, 'x']) put(storage, file);
    storage.holdSync = () => {
      throw new ReftableError('io', 'FILE_OPEN', 'can not be opened (EACCES)', { file: 'folder/tables.list' });
    };
    const findings = fsckStackSync(storage);
    expect(short(findings)).toEqual(['LIST_UNREADABLE tables.list', `STRAY_TEMPORARY ${table(5).slice(0, -3)}temp.AbCdEf`, 'LOCK tables.list.lock']);
    expect(findings[0]).toEqual({
      code: 'LIST_UNREADABLE',
      severity: 'error',
      message: 'folder/tables.list: can not be opened (EACCES) (FILE_OPEN)',
      file: 'tables.list',
    });
    expect(await fsckStack(storage)).toEqual(findings);
  });
  test('LIST_UNREADABLE: for its size, whatever has read it', () => {
    const [finding, ...more] = fsckStackSync(storageOf(one, new Uint8Array(MAX_LIST_SIZE + 1)));
    expect([finding!.code, more]).toEqual(['LIST_UNREADABLE', []]);
    expect(finding!.message).toMatch(/^tables\.list: 67108865 bytes, .* \(LIST_SIZE\)$/);
  });
  test('FOLDER_UNREADABLE: what is listed is looked at', async () => {
    const storage = storageOf(one, names(table(1), table(2)));
    storage.listSync = () => {
      throw new ReftableError('io', 'FILE_OPEN', 'can not be read (EACCES)', { file: 'folder' });
    };
    const findings = fsckStackSync(storage);
    expect(short(findings)).toEqual(['FOLDER_UNREADABLE .', `TABLE_MISSING ${table(2)}`]);
    expect(findings[0]).toMatchObject({ severity: 'error', message: 'folder: can not be read (EACCES) (FILE_OPEN)' });
    expect(await fsckStack(storage)).toEqual(findings);
  });
  test('a misuse is no finding', () => {
    const storage: Partial<MemoryStorage> = storageOf(one);
    storage.listSync = undefined!;
    expect(() => fsckStackSync(storage as MemoryStorage)).toThrow(expect.objectContaining({ kind: 'misuse', code: 'READ_ONLY' }) as Error);
  });
  test('LIST_UNFINISHED: what ended is looked at', () => {
    expect(fsck(storageOf({ [table(1)]: new Uint8Array(9) }, new TextEncoder().encode(`${table(1)}\n0x00`)))).toEqual([
      'LIST_UNFINISHED tables.list',
      `FILE_TOO_SHORT ${table(1)}`,
    ]);
  });
  test('LIST_NAME, LIST_DUPLICATE', () => {
    expect(fsck(storageOf(one, names('../x', table(1), table(1))))).toEqual(['LIST_NAME tables.list', 'LIST_DUPLICATE tables.list']);
  });
  test('TABLE_MISSING', () => {
    expect(fsck(storageOf(one, names(table(1), table(2))))).toEqual([`TABLE_MISSING ${table(2)}`]);
  });
  test('TABLE_UNREADABLE', () => {
    const storage = storageOf(one);
    const openSync = storage.openSync.bind(storage);
    storage.openSync = (name) => Object.assign(openSync(name), { readSync: () => new Uint8Array(0) });
    expect(fsck(storage)).toEqual([`TABLE_UNREADABLE ${table(1)}`]);
  });
  test('TABLE_HASH', () => {
    expect(fsck(storageOf({ ...one, [table(2)]: tableOf(2, ['a'], { hash: 'sha256' }) }))).toEqual([`TABLE_HASH ${table(2)}`]);
    expect(short(fsckStackSync(storageOf(one), { hash: 'sha256' }))).toEqual([`TABLE_HASH ${table(1)}`]);
  });
  test('TABLE_NAME', () => {
    expect(fsck(storageOf({ 'a.ref': tableOf(1, ['a']) }))).toEqual(['TABLE_NAME a.ref']);
  });
  test('UPDATE_INDEX_ORDER, UPDATE_INDEX_OVERLAP', () => {
    expect(fsck(storageOf({ [table(2)]: tableOf(2, ['a']), [table(1)]: tableOf(1, ['a']) }))).toEqual([`UPDATE_INDEX_ORDER ${table(1)}`]);
    const both = tableOf(1, ['a'], { maxUpdateIndex: 2 });
    expect(fsck(storageOf({ [table(1, 2)]: both, [table(2)]: tableOf(2, ['a']) }))).toEqual([`UPDATE_INDEX_OVERLAP ${table(2)}`]);
  });
  test('LOCK, STRAY_TABLE, STRAY_TEMPORARY, STRAY_FILE', () => {
    const storage = storageOf(one);
    for (const file of ['tables.list.lock', table(5), `${table(5).slice(0, -3)}temp.AbCdEf`, `${table(5).slice(0, -4)}_12.ref`, 'x']) put(storage, file);
    expect(fsck(storage)).toEqual([
      `STRAY_TABLE ${table(5)}`,
      `STRAY_TEMPORARY ${table(5).slice(0, -3)}temp.AbCdEf`,
      `STRAY_TEMPORARY ${table(5).slice(0, -4)}_12.ref`,
      'LOCK tables.list.lock',
      'STRAY_FILE x',
    ]);
  });
  test('STALE_LOCK', () => {
    const storage = storageOf(one);
    const listSync = storage.listSync.bind(storage);
    put(storage, 'tables.list.lock');
    storage.listSync = () => listSync().map((file) => ({ ...file, age: 60_000 }));
    expect(fsck(storage)).toEqual(['STALE_LOCK tables.list.lock']);
  });
});

test('what reading refuses, is found', () => {
  for (const { name, files } of damagedStacks()) {
    const storage = new MemoryStorage();
    for (const [file, bytes] of files) put(storage, file, bytes);
    expect(fsckStackSync(storage).some(({ severity }) => severity === 'error'), name).toBe(true);
  }
});

test('a compaction meanwhile is no damage', () => {
  const storage = storageOf({ [table(1)]: tableOf(1, ['a']), [table(2)]: tableOf(2, ['b']) });
  const openSync = storage.openSync.bind(storage);
  storage.openSync = (name) => {
    storage.openSync = openSync;
    openStackSync(storage).compact();
    return openSync(name);
  };
  expect(fsck(storage)).toEqual([]);
});

test('a list that can be read again meanwhile is looked at', () => {
  const storage = storageOf({ [table(1)]: tableOf(1, ['a']) });
  const holdSync = storage.holdSync.bind(storage);
  storage.holdSync = () => {
    storage.holdSync = holdSync;
    throw new ReftableError('io', 'SOURCE_READ', 'can not be read (EIO)');
  };
  expect(fsck(storage)).toEqual([]);
});

test('FSCK.md lists each code with its severity', () => {
  const text = readFileSync(new URL('../FSCK.md', import.meta.url), 'utf8');
  const rows = text.split('\n### ').flatMap((part) => {
    const severity = part.slice(0, part.indexOf('\n')).toLowerCase();
    return [...part.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => [code!, severity]);
  });
  expect(Object.fromEntries(rows)).toEqual(SEVERITIES);
});

test('of what is wrong in the same way again and again, a hundred are listed and the others counted', async () => {
  const storage = storageOf({}, new TextEncoder().encode('../x\n'.repeat(300_000)));
  put(storage, 'other');
  const findings = fsckStackSync(storage);
  expect(short(findings)).toEqual([...Array.from({ length: 100 }, () => 'LIST_NAME tables.list'), 'STRAY_FILE other', 'FINDINGS_OMITTED .']);
  expect(findings.at(-1)).toMatchObject({ severity: 'info', message: '299900 more of LIST_NAME' });
  expect(await fsckStack(storage)).toEqual(findings);
});
