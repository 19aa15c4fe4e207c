import type { LogRecord, Ref } from '@reftable/block';
import { Cursor, performRead, recordBatches, run } from '@reftable/io';
import { ByteWriter } from '@reftable/varint/bytes';
import { NameBatch } from './name-batch.js';
import type { LogView, ReaderCore, RefView } from './reader-core.js';
import { allLogs, live, logOf, refNamed, refsIn, refsWith, type LogRange } from './queries.js';
import { isFound } from './ref-lookup.js';
import type { RefRange } from './range.js';

/**
 * The one way to look at refs and logs, be they in a table, in several merged, or in a stack. Names are in the order of their bytes.
 * Every method throws a format error where it meets damage, and whatever the source of bytes throws.
 */
export class Reader {
  protected readonly core: ReaderCore;
  #key = new ByteWriter();

  constructor(core: ReaderCore) {
    this.core = core;
  }

  /** The ref of this name; undefined if there is none (a tombstone is none). */
  async getRef(name: string | Uint8Array): Promise<Ref | undefined> {
    const found = refNamed(this.core, this.#key, name);
    if (isFound(found)) return live(found);
    // Other lookups may be made before this one is at its end.
    this.#key = new ByteWriter();
    return live(await run(found, performRead));
  }

  /** Refs, by name. For many, {@link refBatches} costs fewer promises. */
  async *refs(range: RefRange = {}): AsyncGenerator<Ref, void, undefined> {
    for await (const batch of this.refBatches(range)) yield* batch;
  }

  /** Refs, by name, a block's worth at once. */
  refBatches(range: RefRange = {}): AsyncGenerator<Ref[], void, undefined> {
    return recordBatches(refsIn(this.core, range), (record) => record.ref());
  }

  /** Names of refs (U+FFFD for what is not UTF-8). */
  async *names(range: RefRange = {}): AsyncGenerator<string, void, undefined> {
    const cursor = refsIn(this.core, range);
    const names = new NameBatch();
    try {
      while (cursor.next() || (await run(cursor.load(), performRead))) {
        try {
          names.collect(cursor);
        } finally {
          for (let name = names.take(); name !== undefined; name = names.take()) yield name;
        }
      }
    } finally {
      cursor.close?.();
    }
  }

  /** One ref's log, newest entry first. */
  async *log(name: string | Uint8Array, range: LogRange = {}): AsyncGenerator<LogRecord, void, undefined> {
    for await (const batch of recordBatches(logOf(this.core, name, range), (record) => record.log())) yield* batch;
  }

  /** All logs, by name of the ref and then newest first. */
  async *logs(range: Omit<LogRange, 'from'> = {}): AsyncGenerator<LogRecord, void, undefined> {
    for await (const batch of recordBatches(allLogs(this.core, range), (record) => record.log())) yield* batch;
  }

  /** The refs, by name, that hold this object id or peel to it. @throws `OBJECT_ID` (misuse) */
  refsByObject(id: string | Uint8Array): Promise<Ref[]> {
    return run(refsWith(this.core, id), performRead);
  }

  /** The fast way through many refs. */
  refCursor(range: RefRange = {}): Cursor<RefView> {
    return new Cursor(refsIn(this.core, range));
  }

  /** The fast way through many log entries. */
  logCursor(range: Omit<LogRange, 'from'> = {}): Cursor<LogView> {
    return new Cursor(allLogs(this.core, range));
  }
}
