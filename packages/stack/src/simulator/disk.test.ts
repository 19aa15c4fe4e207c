import { describe, expect, test } from 'vitest';
import { Disk, Platform, type Identities } from './disk.testing.js';
import { Hasher } from './intern.testing.js';
import { losses, type LossModel } from './loss.testing.js';

const text = new TextEncoder();

/** A disk, and what is called as `writeFile` on it. */
function diskOf(identities: Identities = 'unique'): { readonly disk: Disk; readonly put: (name: string, number: number, content: string) => void } {
  const platform = new Platform(identities);
  const disk = new Disk(platform);
  const put = (name: string, number: number, content: string): void => {
    disk.create(name, number, []);
    disk.write(number, platform.contents.number(text.encode(content)));
  };
  return { disk, put };
}

/** What losses leave, each name with its content. */
function leftOf(disk: Disk, model: LossModel): string[] {
  const left = [...losses(disk, model)].map((after) => {
    const contentOf = (number: number): Uint8Array => disk.platform.contents.bytes(after.inode(number).content);
    const files = [...after.names].map(([name, number]) => `${name}=${new TextDecoder().decode(contentOf(number))}`);
    return files.sort().join(' ');
  });
  return [...new Set(left)].sort();
}

describe('a loss of power', () => {
  test('leaves any part of a content that was not synced', () => {
    const { disk, put } = diskOf();
    put('a.ref', 1, 'abcd');
    disk.syncNames();
    expect(leftOf(disk, 'any')).toEqual(['a.ref=', 'a.ref=\0\0\0\0', 'a.ref=ab', 'a.ref=abcd']);
    disk.sync(1);
    expect(leftOf(disk, 'any')).toEqual(['a.ref=abcd']);
    disk.write(1, disk.platform.contents.number(text.encode('ef')));
    expect(leftOf(disk, 'any')).toEqual(['a.ref=', 'a.ref=\0\0\0\0\0\0', 'a.ref=abc', 'a.ref=abcd', 'a.ref=abcdef']);
  });

  test('leaves any of the changes of names, or all up to some point', () => {
    const { disk, put } = diskOf();
    put('tables.list', 1, 'old');
    put('tables.list.lock', 2, 'new');
    for (const number of [1, 2]) disk.sync(number);
    disk.syncNames();
    disk.publish(2, 'tables.list.lock', 'tables.list');
    disk.create('b.ref', 3, []);
    const [neither, list] = ['tables.list.lock=new tables.list=old', 'tables.list=new'];
    const [table, both] = [`b.ref= ${neither}`, `b.ref= ${list}`];
    expect(leftOf(disk, 'any')).toEqual([both, table, list, neither].sort());
    expect(leftOf(disk, 'ordered')).toEqual([both, list, neither].sort());
    disk.syncNames();
    expect(leftOf(disk, 'any')).toEqual([both]);
  });

  test('can leave a file under a name that it was given, though it was never created', () => {
    const { disk, put } = diskOf();
    put('a.temp.abcdef', 1, 'x');
    disk.sync(1);
    disk.rename('a.temp.abcdef', 'a.ref');
    expect(leftOf(disk, 'any')).toEqual(['', 'a.ref=x', 'a.temp.abcdef=x'].sort());
    expect(leftOf(disk, 'ordered')).toEqual(['', 'a.ref=x', 'a.temp.abcdef=x'].sort());
  });
});

test('a file keeps what it is as long as it is held, and no longer', () => {
  const identities = (kind: Identities, held: readonly number[]): unknown[] => {
    const { disk } = diskOf(kind);
    disk.create('a', 1, []);
    disk.remove('a');
    disk.create('b', 2, held);
    return [disk.inode(1).identity, disk.inode(2).identity];
  };
  expect(identities('none', [])).toEqual([undefined, undefined]);
  expect(identities('unique', [])).toEqual([1, 2]);
  expect(identities('reused', [])).toEqual([1, 1]);
  expect(identities('reused', [1])).toEqual([1, 2]);
});

test('states that differ in anything that matters have different hashes', () => {
  const hashes = new Set<number>();
  const { disk, put } = diskOf();
  const add = (): void => {
    const hasher = new Hasher();
    disk.hash(hasher);
    hashes.add(hasher.value);
  };
  const steps = [
    () => put('a', 1, 'x'),
    () => disk.sync(1),
    () => put('b', 2, 'x'),
    () => disk.rename('b', 'c'),
    () => disk.syncNames(),
    () => disk.sync(2),
    () => disk.remove('c'),
    () => disk.syncNames(),
    () => disk.publish(1, 'a', 'tables.list'),
  ];
  for (const step of steps) {
    step();
    add();
  }
  expect(hashes.size).toBe(steps.length);
});
