import {
  cheapest,
  encodeLog,
  encodeRef,
  idSize,
  putLogKey,
  REF_DELETION,
  LOG_DELETION,
  type Hash,
  type LogInput,
  type RefInput,
} from '@reftable/block';
import { ObjectIndex, type ObjectIdLengths, type ObjectTarget } from '@reftable/block/object-index';
import { atOnce, type Pausing, type Sink } from '@reftable/io';
import { storedMessage, type LogView, type RefView } from '@reftable/table';
import { checkU64, MAX_U64, ReftableError } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { SstWriter } from '../sst-writer.js';
import type { SstStatistics } from '../statistics.js';
import { appendPart, keyWriter, LOG_KEY, OBJECT_KEY, REF_KEY } from './key.js';
import { LogSorter } from './log-sorter.js';
import { encodeMetadata, type GitStatistics, type GitStorage } from './metadata.js';
import { checkOptions, containerOptions, type GitTableOptions } from './options.js';

/** A table whose refs take no more blocks than this is looked through for an object. */
const BLOCKS_WITHOUT_OBJECTS = 3;

/** What a Git table came to. */
export interface GitTableStatistics extends GitStatistics, SstStatistics {
  /** Bytes of an object id in the keys of object records; 0: there are none. */
  readonly objectIdLength: number;
}

/** Writes a Git table, with the calls of `TableWriter`: first its refs, by name, then its log entries, by name and from the newest on, then `finish`. */
export class GitTableWriter {
  readonly #writer: SstWriter;
  readonly #hash: Hash;
  readonly #gitStorage: GitStorage;
  readonly #idSize: number;
  readonly #blockSize: number;
  readonly #exactLogMessages: boolean;
  /* The limits, where they are given (as numbers where they can be: to compare these with numbers is far cheaper), and what the records come to. */
  readonly #minimum: number | bigint | undefined;
  readonly #maximum: number | bigint | undefined;
  #lowest: number | bigint | undefined;
  #highest: number | bigint = 0;
  readonly #refKey = keyWriter(REF_KEY);
  readonly #logKey = keyWriter(LOG_KEY);
  readonly #value = new ByteWriter(256);
  #objects: ObjectIndex | undefined;
  #objectIdLength = 0;
  #sorter: LogSorter | undefined;
  #refsEnded = false;
  #finished = false;
  /** The block that the last ref is in, and how many blocks hold refs. */
  #refBlock = -1;
  #refBlocks = 0;
  readonly #counts = { refs: 0, refTombstones: 0, objects: 0, logs: 0, logTombstones: 0 };

  /** @throws `NUMBER_RANGE`, `BLOCK_SIZE`, `LIMITS`, `GIT_STORAGE` (misuse) */
  constructor(sink: Sink, options: GitTableOptions = {}) {
    checkOptions(options);
    const { hash = 'sha1', gitStorage = 3, blockSize = 4096, indexObjects = true, maxMentions, exactLogMessages = false } = options;
    this.#writer = new SstWriter(sink, containerOptions(options));
    this.#hash = hash;
    this.#gitStorage = gitStorage;
    this.#idSize = idSize(hash);
    this.#blockSize = blockSize;
    this.#exactLogMessages = exactLogMessages;
    this.#minimum = limit(options.minUpdateIndex);
    this.#maximum = limit(options.maxUpdateIndex);
    if (indexObjects) this.#objects = new ObjectIndex(this.#idSize, maxMentions);
    if (gitStorage === 2) {
      this.#sorter = new LogSorter(({ key, extra, value }) => this.#writer.putBytes(key, key.length, extra, value, value.length));
    }
  }

  /**
   * Adds a ref. Nothing is written if it throws.
   * @param updateIndex what it is written with; default: its own
   * @throws `KEYS_NOT_ASCENDING`, `UPDATE_INDEX` (outside the limits), `RECORD_TOO_LARGE`, `OBJECT_ID`, `REF_AFTER_LOG`, `WRITER_FINISHED` (all misuse)
   */
  addRef(ref: RefInput, updateIndex = ref.updateIndexExact ?? ref.updateIndex): void {
    this.#startRef(updateIndex);
    this.#refKey.text(ref.nameBytes ?? ref.name);
    this.#endRef(encodeRef(this.#value, ref, this.#idSize), updateIndex);
  }

  /** Adds the ref that a cursor over a table of the same hash is at, as it is stored there. @throws as {@link addRef} */
  copyRef(ref: RefView): void {
    const nearest = ref.updateIndex;
    const updateIndex = nearest < Number.MAX_SAFE_INTEGER ? nearest : ref.updateIndexExact;
    this.#startRef(updateIndex);
    appendPart(this.#refKey, ref.key, 0, ref.keyLength);
    appendPart(this.#value, ref.bytes, ref.contentStart, ref.contentEnd);
    this.#endRef(ref.valueType, updateIndex);
  }

  /**
   * Ends the refs and writes the objects, with pauses. After it, no refs can follow. The first log entry does the same without pauses, where it
   * was not done before.
   * @returns as `TableWriter.endRefs`
   * @throws `REFS_NOT_REPEATED` (misuse), as all that ends the refs
   */
  *endRefs(): Pausing<boolean> {
    this.#refsEnded = true;
    if (this.#refBlocks <= BLOCKS_WITHOUT_OBJECTS) this.#objects = undefined;
    if (this.#objects === undefined) return false;
    const lengths: ObjectIdLengths = { least: this.#gitStorage === 2 ? this.#idSize : 1, most: this.#idSize };
    const idLength = yield* this.#objects.endPass(() => this.#objectTarget(), lengths);
    if (idLength === undefined) return true;
    this.#objects = undefined;
    if (this.#counts.objects > 0) this.#objectIdLength = idLength;
    return false;
  }

  /** Gives a ref again, as `TableWriter.repeatRef`. */
  repeatRef(ref: RefView): void {
    this.#objects?.repeat(ref.valueType, ref.bytes, ref.contentEnd);
  }

  /**
   * Adds a log entry. Its update index may be below the table's minimum (an old entry written again) but, if it is no tombstone,
   * not above its maximum. From the first call on, no refs can follow. In GitStorage 2, it may be written only later.
   * @param updateIndex as in {@link addRef}
   * @throws as {@link addRef}; `LOG_KEY`, `LOG_MESSAGE`, `TIME_ZONE`, `NUMBER_RANGE` (misuse)
   */
  addLog(log: LogInput, updateIndex = log.updateIndexExact ?? log.updateIndex): void {
    checkU64(updateIndex);
    if (log.kind !== 'deletion') this.#checkLimits(updateIndex, 0);
    this.#startLog();
    putLogKey(this.#logKey, log.refBytes ?? log.ref, updateIndex);
    const message = storedMessage(log, this.#exactLogMessages);
    const extra = encodeLog(this.#value, log, message, this.#idSize);
    this.#addLog(extra);
    if (log.kind !== 'deletion') this.#widen(updateIndex);
  }

  /** Adds the log entry that a cursor over a table of the same hash is at, as it is stored there. @throws as {@link addLog} */
  copyLog(log: LogView): void {
    this.#startLog();
    appendPart(this.#logKey, log.key, 0, log.keyLength);
    appendPart(this.#value, log.bytes, log.contentStart, log.contentEnd);
    this.#addLog(log.valueType);
    if (this.#maximum === undefined && !log.isDeletion) this.#widen(log.updateIndexExact);
  }

  /** Writes what is left, and the footer. @throws `WRITER_FINISHED` (misuse) */
  finish(): GitTableStatistics {
    return atOnce(this.end());
  }

  /** As {@link finish}, with pauses. @throws as {@link finish} */
  *end(): Pausing<GitTableStatistics> {
    yield* this.#closeRefs();
    this.#finished = true;
    this.#sorter?.finish();
    this.#sorter = undefined;
    let statistics!: GitStatistics;
    const written = this.#writer.finish(({ dataSize }) => {
      statistics = { ...this.#counts, dataSize };
      const minimum = this.#minimum ?? this.#lowest ?? 0;
      return encodeMetadata({
        gitStorage: this.#gitStorage,
        hash: this.#hash,
        minUpdateIndex: BigInt(minimum),
        maxUpdateIndex: BigInt(this.#maximum ?? (this.#highest < minimum ? minimum : this.#highest)),
        objectIdLength: this.#objectIdLength,
        statistics,
      });
    });
    return { ...written, ...statistics, objectIdLength: this.#objectIdLength };
  }

  /** Ends the refs where none will be repeated. */
  *#closeRefs(): Pausing<void> {
    if (!(yield* this.endRefs())) return;
    throw new ReftableError('misuse', 'REFS_NOT_REPEATED', 'there are more object ids than may be held, and refs were not given again');
  }

  /** Begins a ref's key and value. */
  #startRef(updateIndex: number | bigint): void {
    checkU64(updateIndex);
    this.#checkLimits(updateIndex, this.#minimum ?? 0);
    // That the table is finished, the container's writer says.
    if (this.#refsEnded && !this.#finished) throw new ReftableError('misuse', 'REF_AFTER_LOG', 'refs come before log entries');
    this.#refKey.length = 1;
    this.#value.length = 0;
    this.#value.varint(updateIndex);
  }

  /** Adds the ref whose key and value are there. */
  #endRef(extra: number, updateIndex: number | bigint): void {
    const key = this.#refKey;
    const value = this.#value;
    const writer = this.#writer;
    if (key.length === 1) throw new ReftableError('misuse', 'KEYS_NOT_ASCENDING', 'ref without a name');
    writer.putBytes(key.buffer, key.length, extra, value.buffer, value.length);
    this.#counts.refs++;
    if (extra === REF_DELETION) this.#counts.refTombstones++;
    this.#widen(updateIndex);
    const { blockPosition } = writer;
    if (blockPosition !== this.#refBlock) {
      this.#refBlock = blockPosition;
      this.#refBlocks++;
    }
    this.#objects?.add(extra, value.buffer, value.length, blockPosition);
  }

  /** Begins a log entry's key and value. */
  #startLog(): void {
    this.#logKey.length = 1;
    this.#value.length = 0;
  }

  /** Adds the log entry whose key and value are there. */
  #addLog(extra: number): void {
    if (!this.#refsEnded) atOnce(this.#closeRefs());
    const key = this.#logKey;
    const value = this.#value;
    if (this.#sorter === undefined) this.#writer.putBytes(key.buffer, key.length, extra, value.buffer, value.length);
    else this.#sorter.add(key.view(), extra, value.view());
    this.#counts.logs++;
    if (extra === LOG_DELETION) this.#counts.logTombstones++;
  }

  #objectTarget(): ObjectTarget {
    const whole = keyWriter(OBJECT_KEY);
    return {
      tryAdd: (key, keyLength, extra, value, valueLength) => {
        // More positions than fit a block: to look into every block costs no more than to read them.
        if (valueLength > this.#blockSize) return false;
        whole.length = 1;
        appendPart(whole, key, 0, keyLength);
        this.#writer.putBytes(whole.buffer, whole.length, extra, value, valueLength);
        this.#counts.objects++;
        return true;
      },
    };
  }

  /** Refuses an update index outside the limits that are given. */
  #checkLimits(updateIndex: number | bigint, least: number | bigint): void {
    if (updateIndex < least || (this.#maximum !== undefined && updateIndex > this.#maximum)) {
      throw new ReftableError('misuse', 'UPDATE_INDEX', `update index ${updateIndex} is not within ${least} to ${this.#maximum ?? MAX_U64}`);
    }
  }

  #widen(updateIndex: number | bigint): void {
    // Where both are given, nobody will ask.
    if (this.#minimum !== undefined && this.#maximum !== undefined) return;
    if (this.#lowest === undefined || updateIndex < this.#lowest) this.#lowest = updateIndex;
    if (updateIndex > this.#highest) this.#highest = updateIndex;
  }
}

function limit(updateIndex: number | bigint | undefined): number | bigint | undefined {
  return updateIndex === undefined ? undefined : cheapest(BigInt(updateIndex));
}
