import { idSize, type Hash, type Ref } from '@reftable/block';
import type { Core, CursorCore, SourceInfo } from '@reftable/io';
import { RefLookup, type AnyTableCore, type FoundRef, type LogView } from '@reftable/table';
import { hasBytesAt } from '@reftable/varint/bytes';
import type { ReadOptions } from '../block-store.js';
import { openSstCore, type SstCore } from '../sst-core.js';
import type { SstCursor } from '../sst-cursor.js';
import type { SstStatistics } from '../statistics.js';
import { decodeRecord, positionsAt, type GitRecord } from './git-record.js';
import { appendPart, keyWriter, OBJECT_KEY } from './key.js';
import { GitLogCursor } from './log-cursor.js';
import { readLogRuns } from './log-runs.js';
import { parseMetadata, type GitMetadata } from './metadata.js';
import { GitRefCursor } from './ref-cursor.js';
import { SortedLogCursor } from './sorted-log-cursor.js';
import { verifyGitTable } from './verify.js';

/** One Git table, below its sync and async faces. */
export class GitTableCore implements AnyTableCore {
  readonly source: SourceInfo;
  /** The container. */
  readonly sst: SstCore;
  readonly metadata: GitMetadata;
  readonly hash: Hash;
  readonly idSize: number;
  readonly #lookup = new RefLookup(() => this.refCursor());
  /* Cursors over refs and over all records that no lookup by object is using: one serves all lookups that do not overlap. */
  #idleRefs: GitRefCursor | undefined;
  #idle: SstCursor | undefined;
  #logRuns: readonly Uint8Array[] | undefined;

  /** @throws as `parseMetadata` */
  constructor(sst: SstCore) {
    this.sst = sst;
    this.source = sst.source;
    this.metadata = parseMetadata(sst.footer.metadata, sst.end + 16, sst.source.name);
    this.hash = this.metadata.hash;
    this.idSize = idSize(this.hash);
  }

  get minUpdateIndex(): bigint {
    return this.metadata.minUpdateIndex;
  }
  get maxUpdateIndex(): bigint {
    return this.metadata.maxUpdateIndex;
  }

  refCursor(): GitRefCursor {
    return new GitRefCursor(this.sst.cursor(), this.idSize);
  }

  logCursor(): CursorCore<LogView> {
    const stored = new GitLogCursor(this.sst.cursor(), this.idSize);
    return this.metadata.gitStorage === 2 ? new SortedLogCursor(stored, this.idSize, () => this.#readLogRuns()) : stored;
  }

  findRef(name: Uint8Array, length: number, text?: string): FoundRef {
    return this.#lookup.find(name, length, text);
  }

  *refsByObject(id: Uint8Array): Core<Ref[]> {
    const found: Ref[] = [];
    const positions = yield* this.#positionsOf(id);
    const cursor = this.#idleRefs ?? this.refCursor();
    this.#idleRefs = undefined;
    cursor.reset();
    if (positions === undefined) {
      while (cursor.next() || (yield* cursor.load())) if (cursor.mentions(id)) found.push(cursor.ref());
    } else {
      for (const position of positions) {
        yield* cursor.seekBlock(position);
        while (cursor.next()) if (cursor.mentions(id)) found.push(cursor.ref());
      }
    }
    this.#idleRefs = cursor;
    return found;
  }

  /** Reads and checks all of the table, every record included. @throws a format error at the first damage */
  verify(): Core<SstStatistics> {
    return verifyGitTable(this.sst, this.metadata, this.idSize);
  }

  /** The records of the data block at `position`, an offset in the file. */
  *recordsIn(position: number): Core<GitRecord[]> {
    const cursor = this.sst.cursor();
    yield* cursor.seekBlock(position);
    const end = yield* this.sst.dataEnd();
    const records: GitRecord[] = [];
    while (cursor.next()) records.push(decodeRecord(cursor.at, this.metadata, this.idSize, end));
    return records;
  }

  /** The positions of the blocks that mention an id, by the object records; undefined: any may. */
  *#positionsOf(id: Uint8Array): Core<readonly number[] | undefined> {
    if (this.metadata.objectIdLength === 0) return undefined;
    const cursor = this.#idle ?? this.sst.cursor();
    this.#idle = undefined;
    const positions = yield* this.#findPositions(cursor, id);
    this.#idle = cursor;
    return positions;
  }

  *#findPositions(cursor: SstCursor, id: Uint8Array): Core<readonly number[] | undefined> {
    const { objectIdLength } = this.metadata;
    const key = keyWriter(OBJECT_KEY);
    appendPart(key, id, 0, objectIdLength ?? this.idSize);
    let isThere = yield* atFirst(cursor, key.buffer, key.length);
    if (isThere && cursor.key[0] === OBJECT_KEY) {
      const positions = positionsAt(cursor.at, key.length - 1, yield* this.sst.dataEnd());
      return hasBytesAt(cursor.key, 0, key.buffer, key.length) ? positions : [];
    }
    if (objectIdLength !== undefined) return [];
    // No record of this id or one behind it: but are there any at all?
    isThere = yield* atFirst(cursor, key.buffer, 1);
    return isThere && cursor.key[0] === OBJECT_KEY ? [] : undefined;
  }

  /** Once: what is kept is no more than a cursor holds. */
  *#readLogRuns(): Core<readonly Uint8Array[]> {
    return (this.#logRuns ??= yield* readLogRuns(new GitLogCursor(this.sst.cursor(), this.idSize), this.source));
  }
}

/** Moves a cursor to the first record at or past the first `length` bytes of `key`; false: there is none. */
function* atFirst(cursor: SstCursor, key: Uint8Array, length: number): Core<boolean> {
  if (!cursor.seek(key, length)) yield* cursor.settle();
  return cursor.next() || (yield* cursor.load());
}

/**
 * Opens a Git table: reads its footer.
 * @throws as `openSstCore`; `METADATA`, `LIMITS`, `OBJECT_ID_LENGTH` (format), `GIT_STORAGE`, `HASH_ID` (unsupported)
 */
export function* openGitTableCore(source: SourceInfo, options: ReadOptions = {}): Core<GitTableCore> {
  return new GitTableCore(yield* openSstCore(source, options));
}
