/* Looking at all of a stack for what is wrong with it: far more than can be seen by reading it. Nothing is changed. */
import type { Hash } from '@reftable/block';
import type { SourceInfo } from '@reftable/io';
import type { Finding } from '@reftable/table/verify';
import { FindingCounts, verifyTableCore } from '@reftable/table/verify';
import { isReftableError, type ReftableError } from '@reftable/varint';
import { ask, CloseRequest, perform, performSync, type Steps } from './requests.js';
import type { ReadableStorage, ReadableStorageSync, StackStorage, StackStorageSync, StoredFile } from './storage.js';
import { reftableFormat } from './table-format.js';
import { checkListSize, lookAtTableList } from './table-list.js';
import { kindOfFile, LIST_NAME, rangeInName } from './table-name.js';

/** Whoever holds a lock for so many milliseconds has most likely died. */
const STALE = 60_000;

/** So often all is looked at anew where a compaction has changed the list meanwhile. */
const MAX_TRIES = 5;

/** How much each matters. */
export const SEVERITIES = {
  FOLDER_UNREADABLE: 'error',
  LIST_MISSING: 'error',
  LIST_UNREADABLE: 'error',
  LIST_UNFINISHED: 'error',
  LIST_NAME: 'error',
  LIST_DUPLICATE: 'error',
  TABLE_MISSING: 'error',
  TABLE_UNREADABLE: 'error',
  TABLE_HASH: 'error',
  TABLE_NAME: 'warning',
  UPDATE_INDEX_ORDER: 'error',
  UPDATE_INDEX_OVERLAP: 'warning',
  LOCK: 'info',
  STALE_LOCK: 'warning',
  STRAY_TABLE: 'warning',
  STRAY_TEMPORARY: 'warning',
  STRAY_FILE: 'info',
} as const;

/** What is found in a stack besides what is in its tables. FSCK.md says what each means. */
export type StackFindingCode = keyof typeof SEVERITIES;

/** Something found in a stack: in the folder or the list, or, as `Finding` has it, in a table. Plain: it can be printed as JSON. */
export interface StackFinding extends Omit<Finding, 'code' | 'file'> {
  readonly code: StackFindingCode | Finding['code'];
  /** Name of the file in the stack's folder; `.` is the folder. */
  readonly file: string;
}

/** What is looked for. */
export interface FsckOptions {
  /** What all tables must be of. Default: whatever the oldest is of. */
  readonly hash?: Hash;
}

/** The list, as it was read. */
interface ReadList {
  /** Undefined if there is none, or it can't be read. */
  readonly bytes?: Uint8Array;
  /** Why it can't be read. */
  readonly error?: ReftableError;
}

/** A table's limits, under its name. */
interface Limits {
  readonly name: string;
  readonly min: bigint;
  readonly max: bigint;
  readonly hash: Hash;
}

/**
 * Looks at a stack's list, at every byte of its tables, and at what else is in its folder. An empty list: nothing is wrong with it.
 * @throws what the storage throws, but for what can't be read: the folder, the list or a table
 */
export function fsckStack(storage: ReadableStorage & Pick<StackStorage, 'list'>, options: FsckOptions = {}): Promise<StackFinding[]> {
  return perform(fsck(options), storage);
}

/** The sync face of {@link fsckStack}. */
export function fsckStackSync(storage: ReadableStorageSync & Pick<StackStorageSync, 'listSync'>, options: FsckOptions = {}): StackFinding[] {
  return performSync(fsck(options), storage);
}

function* fsck(options: FsckOptions): Steps<StackFinding[]> {
  for (let tries = 1; ; tries++) {
    const list = yield* readList();
    const findings = yield* lookAtStack(list, options);
    // Where somebody compacts meanwhile, tables are gone that were listed, and there that were not.
    if (tries === MAX_TRIES || isSame(list, yield* readList())) return findings;
  }
}

function* lookAtStack(list: ReadList, { hash }: FsckOptions): Steps<StackFinding[]> {
  const findings: StackFinding[] = [];
  const counts = new FindingCounts<StackFindingCode>();
  const add = (code: StackFindingCode, file: string, message: string): void => {
    // A list may have millions of lines that are all wrong.
    if (counts.add(code)) findings.push({ code, severity: SEVERITIES[code], message, file });
  };
  const files = yield* listFolder(add);
  const names = lookAtList(list, files !== undefined, add);

  const limits: Limits[] = [];
  for (const name of names) {
    if (rangeInName(name) === undefined || !/\.(?:ref|log)$/.test(name)) add('TABLE_NAME', name, "not a table's name as Git or JGit make them");
    const table = yield* lookAtTable(name, findings, add);
    if (table !== undefined) limits.push(table);
  }
  compareTables(limits, hash, add);
  if (files !== undefined) lookAtFiles(files, list.error === undefined ? new Set(names) : undefined, add);
  for (const finding of counts.omitted()) findings.push({ ...finding, file: '.' });
  return findings;
}

type Add = (code: StackFindingCode, file: string, message: string) => void;

/** All that is in the folder; undefined if that can't be told. */
function* listFolder(add: Add): Steps<readonly StoredFile[] | undefined> {
  try {
    return yield* ask('list');
  } catch (error) {
    if (!isReftableError(error, 'io', 'not-found')) throw error;
    add('FOLDER_UNREADABLE', '.', reasonOf(error));
    return undefined;
  }
}

/** The names in the list that can be. */
function lookAtList({ bytes, error }: ReadList, isInFolder: boolean, add: Add): string[] {
  if (error !== undefined) add('LIST_UNREADABLE', LIST_NAME, reasonOf(error));
  // That a folder which is missing has no list, either, is nothing new.
  else if (bytes === undefined && isInFolder) add('LIST_MISSING', LIST_NAME, 'no list: the stack counts as empty');
  return lookAtTableList(bytes ?? new Uint8Array(0), ({ code, message }) => {
    add(code, LIST_NAME, message);
  });
}

function reasonOf({ message, code }: ReftableError): string {
  return `${message} (${code})`;
}

/** Looks at every byte of a table. What it says of itself; undefined if it can't be opened. */
function* lookAtTable(name: string, findings: StackFinding[], add: Add): Steps<Limits | undefined> {
  let source: SourceInfo;
  try {
    source = yield* ask('open', name);
  } catch (error) {
    if (!isReftableError(error)) throw error;
    const isMissing = error.code === 'FILE_NOT_FOUND';
    add(isMissing ? 'TABLE_MISSING' : 'TABLE_UNREADABLE', name, isMissing ? 'listed, but not there' : error.message);
    return undefined;
  }
  try {
    for (const finding of yield* verifyTableCore(source, { name })) findings.push({ ...finding, file: name });
    const { minUpdateIndex: min, maxUpdateIndex: max, hash } = yield* reftableFormat.open(source);
    return { name, min, max, hash };
  } catch (error) {
    if (!isReftableError(error, 'format', 'unsupported', 'io')) throw error;
    // Damage has been found by looking at every byte, so this is about the file.
    if (error.kind === 'io') add('TABLE_UNREADABLE', name, error.message);
    return undefined;
  } finally {
    yield new CloseRequest(source);
  }
}

function compareTables(tables: readonly Limits[], hash: Hash | undefined, add: Add): void {
  const expected = hash ?? tables[0]?.hash;
  for (const [index, { name, min, max, hash: found }] of tables.entries()) {
    if (found !== expected) add('TABLE_HASH', name, `of ${found}, where ${String(expected)} is expected`);
    const before = tables[index - 1];
    if (before === undefined || min > before.max) continue;
    const what = `update indexes ${min} to ${max} behind ${before.min} to ${before.max}`;
    if (max < before.min) add('UPDATE_INDEX_ORDER', name, what);
    else add('UPDATE_INDEX_OVERLAP', name, what);
  }
}

/** @param listed undefined: nobody knows, so that any file may be a table of the stack but for locks and what was not finished */
function lookAtFiles(files: readonly StoredFile[], listed: ReadonlySet<string> | undefined, add: Add): void {
  for (const { name, age } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (listed?.has(name)) continue;
    const since = `${Math.max(0, Math.round(age / 1000))} s old`;
    switch (kindOfFile(name)) {
      case 'list':
        break;
      case 'lock':
        if (age < STALE) add('LOCK', name, `somebody is writing: ${since}`);
        else add('STALE_LOCK', name, `lock that nobody seems to hold any more: ${since}`);
        break;
      case 'table':
        if (listed !== undefined) add('STRAY_TABLE', name, `table that is not listed: ${since}`);
        break;
      case 'temporary':
      case 'jgit-temporary':
        add('STRAY_TEMPORARY', name, `table that was not finished: ${since}`);
        break;
      default:
        if (listed !== undefined) add('STRAY_FILE', name, 'nothing that belongs here');
    }
  }
}

function* readList(): Steps<ReadList> {
  try {
    const file = yield* ask('hold', LIST_NAME);
    yield* ask('letGo', file);
    checkListSize(file.bytes.length, LIST_NAME);
    return { bytes: file.bytes };
  } catch (error) {
    if (isReftableError(error, 'FILE_NOT_FOUND')) return {};
    if (isReftableError(error, 'io', 'format')) return { error };
    throw error;
  }
}

function isSame({ bytes: a, error }: ReadList, { bytes: b, error: other }: ReadList): boolean {
  return error?.code === other?.code && (a === b || (a?.length === b?.length && a!.every((byte, index) => byte === b![index])));
}
