import {
  cheapest,
  encodeLog,
  encodeRef,
  idSize,
  LOG_BLOCK,
  OBJECT_BLOCK,
  putLogKey,
  REF_BLOCK,
  type LogInput,
  type RefInput,
} from '@reftable/block';
import { ObjectIndex } from '@reftable/block/object-index';
import { atOnce, type Pausing, type Sink } from '@reftable/io';
import { checkU64 } from '@reftable/varint';
import { ByteWriter } from '@reftable/varint/bytes';
import { misuse } from './errors.js';
import { encodeFooter } from './footer.js';
import { encodeHeader } from './header.js';
import { storedMessage } from './log-message.js';
import type { LogView, RefView } from './reader-core.js';
import { resolveOptions, type TableGeometry, type TableOptions } from './options.js';
import { EMPTY_SECTION, SectionWriter, type SectionStatistics } from './section-writer.js';
import { TableOutput } from './table-output.js';

/** What a table came to. */
export interface TableStatistics {
  readonly refs: SectionStatistics;
  readonly objects: SectionStatistics;
  readonly logs: SectionStatistics;
  /** Bytes of an object id in the object section's keys, as the footer says it; 0 if there was no thought of such a section. */
  readonly objectIdLength: number;
  /** Bytes of the file. */
  readonly size: number;
}

/** Writes a table: first its refs, by name, then its log entries, by name and from the newest on, then `finish`. */
export class TableWriter {
  readonly #geometry: TableGeometry;
  readonly #output: TableOutput;
  readonly #idSize: number;
  /* The table's limits, as numbers where they can be: to compare these with numbers is far cheaper. */
  readonly #minimum: number | bigint;
  readonly #maximum: number | bigint;
  readonly #key = new ByteWriter(256);
  readonly #value = new ByteWriter(256);
  #objects: ObjectIndex | undefined;
  #objectSection: SectionWriter | undefined;
  #refs: SectionWriter | undefined;
  #refsEnded = false;
  #logs: SectionWriter | undefined;
  #refStatistics = EMPTY_SECTION;
  #objectStatistics = EMPTY_SECTION;
  #objectIdLength = 0;
  #finished = false;

  /** @throws `NUMBER_RANGE`, `BLOCK_SIZE`, `LIMITS` (misuse) */
  constructor(sink: Sink, options: TableOptions) {
    this.#geometry = resolveOptions(options);
    const { header, alignment, indexObjects, maxMentions } = this.#geometry;
    const bytes = new ByteWriter(32);
    encodeHeader(bytes, header);
    this.#output = new TableOutput(sink, bytes.view(), alignment);
    this.#idSize = idSize(header.hash);
    this.#minimum = cheapest(header.minUpdateIndex);
    this.#maximum = cheapest(header.maxUpdateIndex);
    if (indexObjects) this.#objects = new ObjectIndex(this.#idSize, maxMentions);
  }

  /**
   * Adds a ref. Nothing is written if it throws.
   * @param updateIndex what it is written with; default: its own
   * @throws `KEYS_NOT_ASCENDING`, `UPDATE_INDEX` (outside the limits), `RECORD_TOO_LARGE` (with `minimumBlockSize`), `OBJECT_ID`,
   *   `REF_AFTER_LOG`, `WRITER_FINISHED` (all misuse)
   */
  addRef(ref: RefInput, updateIndex = ref.updateIndexExact ?? ref.updateIndex): void {
    const key = this.#key;
    key.length = 0;
    key.text(ref.nameBytes ?? ref.name);
    this.#startRef(updateIndex);
    this.#endRef(key.buffer, key.length, encodeRef(this.#value, ref, this.#idSize));
  }

  /** Adds the ref that a cursor over a table of the same hash is at, as it is stored there. @throws as {@link addRef} */
  copyRef(ref: RefView): void {
    this.#startRef(ref.updateIndex < Number.MAX_SAFE_INTEGER ? ref.updateIndex : ref.updateIndexExact);
    this.#value.bytes(ref.bytes.subarray(ref.contentStart, ref.contentEnd));
    this.#endRef(ref.key, ref.keyLength, ref.valueType);
  }

  /**
   * Ends the refs and writes what follows from them, their index and the object section, with pauses. After it, no refs can follow.
   * The first log entry does the same without pauses, where it was not done before.
   * @returns true only with `maxMentions`: the object section is not there yet. All refs are to be given to {@link repeatRef}, and this is to be called
   *   again, as long as it says so
   * @throws `REFS_NOT_REPEATED` (misuse), as all that ends the refs
   */
  *endRefs(): Pausing<boolean> {
    if (!this.#refsEnded) {
      this.#refsEnded = true;
      if (this.#refs !== undefined) this.#refStatistics = yield* this.#refs.finish();
      // Where refs are few enough to do without an index, they are few enough to be looked through for an object.
      if (this.#refStatistics.indexLevels === 0) this.#objects = undefined;
    }
    if (this.#objects === undefined) return false;
    const idLength = yield* this.#objects.endPass(() => (this.#objectSection = new SectionWriter(OBJECT_BLOCK, this.#geometry, this.#output)));
    if (idLength === undefined) return true;
    this.#objects = undefined;
    this.#objectIdLength = idLength;
    if (this.#objectSection !== undefined) this.#objectStatistics = yield* this.#objectSection.finish();
    return false;
  }

  /** Gives a ref again, where {@link endRefs} asks for that: they come in the same order, and tombstones and symbolic refs may be left out. */
  repeatRef(ref: RefView): void {
    this.#objects?.repeat(ref.valueType, ref.bytes, ref.contentEnd);
  }

  /**
   * Adds a log entry. Its update index may be below the table's minimum (an old entry written again) but, if it is no tombstone,
   * not above its maximum. Nothing of it is written if it throws; but from the first call on, no refs can follow.
   * @param updateIndex what it is written with; default: its own
   * @throws as {@link addRef}; `LOG_MESSAGE` (more than one line), `TIME_ZONE`
   */
  addLog(log: LogInput, updateIndex = log.updateIndexExact ?? log.updateIndex): void {
    if (log.kind !== 'deletion') this.#checkLimits(updateIndex, 0);
    else checkU64(updateIndex);
    this.#key.length = 0;
    putLogKey(this.#key, log.refBytes ?? log.ref, updateIndex);
    this.#value.length = 0;
    const message = storedMessage(log, this.#geometry.exactLogMessages);
    this.#addLog(this.#key.buffer, this.#key.length, encodeLog(this.#value, log, message, this.#idSize));
  }

  /** Adds the log entry that a cursor over a table of the same hash is at, as it is stored there. @throws as {@link addLog} */
  copyLog(log: LogView): void {
    this.#value.length = 0;
    this.#value.bytes(log.bytes.subarray(log.contentStart, log.contentEnd));
    this.#addLog(log.key, log.keyLength, log.valueType);
  }

  /** Writes what is left, and the footer. A table without records is a header and a footer. @throws `WRITER_FINISHED` (misuse) */
  finish(): TableStatistics {
    return atOnce(this.end());
  }

  /** As {@link finish}, with pauses. @throws as {@link finish} */
  *end(): Pausing<TableStatistics> {
    this.#checkOpen();
    this.#finished = true;
    yield* this.#closeRefs();
    const refs = this.#refStatistics;
    const objects = this.#objectStatistics;
    const logs = this.#logs === undefined ? EMPTY_SECTION : yield* this.#logs.finish();
    const footer = encodeFooter(this.#geometry.header, {
      refIndex: refs.indexPosition,
      objects: objects.position,
      objectIdLength: this.#objectIdLength,
      objectIndex: objects.indexPosition,
      logs: logs.position,
      logIndex: logs.indexPosition,
    });
    this.#output.footer(footer);
    return { refs, objects, logs, objectIdLength: this.#objectIdLength, size: this.#output.position };
  }

  /** Ends the refs where none will be repeated. */
  *#closeRefs(): Pausing<void> {
    if (yield* this.endRefs()) throw misuse('REFS_NOT_REPEATED', 'there are more object ids than may be held, and refs were not given again');
  }

  /** Begins a ref's value. */
  #startRef(updateIndex: number | bigint): void {
    const minimum = this.#minimum;
    this.#checkLimits(updateIndex, minimum);
    this.#value.length = 0;
    const bothNumbers = typeof updateIndex === 'number' && typeof minimum === 'number';
    this.#value.varint(bothNumbers ? updateIndex - minimum : BigInt(updateIndex) - BigInt(minimum));
  }

  /** Adds the ref whose value is there. */
  #endRef(key: Uint8Array, keyLength: number, valueType: number): void {
    this.#checkOpen();
    if (this.#refsEnded) throw misuse('REF_AFTER_LOG', 'refs come before log entries');
    const value = this.#value;
    const section = (this.#refs ??= new SectionWriter(REF_BLOCK, this.#geometry, this.#output));
    section.add(key, keyLength, valueType, value.buffer, value.length);
    this.#objects?.add(valueType, value.buffer, value.length, section.blockPosition);
  }

  /** Adds the log entry whose value is there. */
  #addLog(key: Uint8Array, keyLength: number, valueType: number): void {
    this.#checkOpen();
    if (this.#logs === undefined) {
      atOnce(this.#closeRefs());
      this.#output.dropPadding();
      this.#logs = new SectionWriter(LOG_BLOCK, this.#geometry, this.#output);
    }
    this.#logs.add(key, keyLength, valueType, this.#value.buffer, this.#value.length);
  }

  /** Refuses an update index that is not a whole number, or outside the table's limits. */
  #checkLimits(updateIndex: number | bigint, least: number | bigint): void {
    checkU64(updateIndex);
    if (updateIndex < least || updateIndex > this.#maximum) {
      throw misuse('UPDATE_INDEX', `update index ${updateIndex} is not within ${this.#minimum} to ${this.#maximum}`);
    }
  }

  #checkOpen(): void {
    if (this.#finished) throw misuse('WRITER_FINISHED', 'table is finished');
  }
}
