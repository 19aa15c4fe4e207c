import type { LogRecord, Ref } from '@reftable/block';
import { CursorSync, performReadSync, RecordIterator, runSync } from '@reftable/io';
import { ByteWriter } from '@reftable/varint/bytes';
import type { LogView, ReaderCore, RefView } from './reader-core.js';
import { NameIterator } from './name-iterator.js';
import { allLogs, live, logOf, refNamed, refsIn, refsWith, type LogRange } from './queries.js';
import { isFound } from './ref-lookup.js';
import type { RefRange } from './range.js';

/** The sync face of `Reader`: the same methods, answered at once. */
export class ReaderSync {
  protected readonly core: ReaderCore;
  readonly #key = new ByteWriter();

  constructor(core: ReaderCore) {
    this.core = core;
  }

  /** As `Reader.getRef`. */
  getRef(name: string | Uint8Array): Ref | undefined {
    const found = refNamed(this.core, this.#key, name);
    return live(isFound(found) ? found : runSync(found, performReadSync));
  }

  /** As `Reader.refs`. */
  refs(range: RefRange = {}): IterableIterator<Ref, undefined> {
    return new RecordIterator(refsIn(this.core, range), (record) => record.ref());
  }

  /** As `Reader.names`. */
  names(range: RefRange = {}): IterableIterator<string, undefined> {
    return new NameIterator(refsIn(this.core, range));
  }

  /** As `Reader.log`. */
  log(name: string | Uint8Array, range: LogRange = {}): IterableIterator<LogRecord, undefined> {
    return new RecordIterator(logOf(this.core, name, range), (record) => record.log());
  }

  /** As `Reader.logs`. */
  logs(range: Omit<LogRange, 'from'> = {}): IterableIterator<LogRecord, undefined> {
    return new RecordIterator(allLogs(this.core, range), (record) => record.log());
  }

  /** As `Reader.refsByObject`. */
  refsByObject(id: string | Uint8Array): Ref[] {
    return runSync(refsWith(this.core, id), performReadSync);
  }

  /** As `Reader.refCursor`. */
  refCursor(range: RefRange = {}): CursorSync<RefView> {
    return new CursorSync(refsIn(this.core, range));
  }

  /** As `Reader.logCursor`. */
  logCursor(range: Omit<LogRange, 'from'> = {}): CursorSync<LogView> {
    return new CursorSync(allLogs(this.core, range));
  }
}
