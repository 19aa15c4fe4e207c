/* What a loss of power may leave of a disk. */
import { LIST_NAME } from '../table-name.js';
import { applyChange, type Disk, type Inode, type NameChange } from './disk.testing.js';

/**
 * Which changes of names that were not synced may be lost:
 * - `ordered`: all from some point on, as in a journal;
 * - `any`: each by itself.
 */
export type LossModel = 'ordered' | 'any';

/** The most changes of which every subset is tried. */
const MAX_FREE = 8;

/** The most files whose contents are lost independently of each other. */
const MAX_TORN = 3;

/** What is left of a disk: all is synced in it. */
export function* losses(disk: Disk, model: LossModel): Generator<Disk> {
  for (const names of nameLosses(disk, model)) for (const contents of contentLosses(disk, names)) yield disk.after(names, contents);
}

/** What is left of the names. What becomes of locks and unfinished files is the same for all of them: either they stay, or not. */
function* nameLosses(disk: Disk, model: LossModel): Generator<Map<string, number>> {
  if (model === 'ordered') {
    for (let kept = 0; kept <= disk.changes.length; kept++) yield withChanges(disk, disk.changes.slice(0, kept));
    return;
  }
  const free = disk.changes.filter(matters);
  for (const kept of subsets(free)) {
    for (const isRestKept of free.length < disk.changes.length ? [true, false] : [true]) {
      yield withChanges(disk, disk.changes.filter((change) => (matters(change) ? kept.has(change) : isRestKept)));
    }
  }
}

function withChanges(disk: Disk, changes: readonly NameChange[]): Map<string, number> {
  const names = new Map(disk.syncedNames);
  for (const change of changes) applyChange(names, change);
  return names;
}

function matters({ from, to }: NameChange): boolean {
  return isLasting(from) || isLasting(to);
}

/** Whether it is the list's name or that of a table. */
function isLasting(name: string | undefined): boolean {
  return name !== undefined && (name === LIST_NAME || name.endsWith('.ref'));
}

/** All subsets; of many elements the prefixes, and those from which one or two are missing or in which only one is. */
function* subsets<T>(elements: readonly T[]): Generator<Set<T>> {
  const { length } = elements;
  if (length <= MAX_FREE) {
    for (let bits = 0; bits < 2 ** length; bits++) yield new Set(elements.filter((_, index) => (bits >> index) & 1));
    return;
  }
  for (let first = 0; first < length; first++) {
    yield new Set(elements.slice(0, first));
    yield new Set([elements[first]!]);
    for (let second = first; second < length; second++) yield new Set(elements.filter((_, index) => index !== first && index !== second));
  }
  yield new Set(elements);
}

/** What may be left of the contents that were not synced, of the files that somebody reads. */
function* contentLosses(disk: Disk, names: ReadonlyMap<string, number>): Generator<Map<number, number>> {
  const torn: Inode[] = [];
  for (const [name, number] of names) {
    const inode = disk.inode(number);
    if (isLasting(name) && inode.synced !== inode.content) torn.push(inode);
  }
  const contents = new Map<number, number>();
  yield* choose(0);

  function* choose(index: number): Generator<Map<number, number>> {
    const inode = torn[index];
    if (inode === undefined) {
      yield new Map(contents);
      return;
    }
    for (const content of index < MAX_TORN ? remains(disk, inode) : [disk.platform.empty]) {
      contents.set(inode.number, content);
      yield* choose(index + 1);
    }
  }
}

/** All, nothing, what was synced, half, or zeros. */
function remains({ platform }: Disk, { content, synced = platform.empty }: Inode): Set<number> {
  const { contents } = platform;
  const bytes = contents.bytes(content);
  const half = contents.number(bytes.subarray(0, bytes.length >> 1));
  const zeros = contents.number(new Uint8Array(bytes.length));
  return new Set([content, platform.empty, synced, half, zeros]);
}
