import { NameBatch, textBytes, type LogRecord, type Ref } from '@reftable/block';
import { performReadSync, runSync } from '@reftable/io';
import type { CursorCore, KeyView, LogView, ReaderCore, RefView } from './cursor-core.js';
import { CursorSync } from './cursor.js';
import { allLogs, live, logOf, refsIn, refsWith, type LogRange } from './queries.js';
import type { RefRange } from './range.js';

/** The sync face of `Reader`: the same methods, answered at once. */
export class ReaderSync {
  protected readonly core: ReaderCore;

  constructor(core: ReaderCore) {
    this.core = core;
  }

  /** As `Reader.getRef`. */
  getRef(name: string | Uint8Array): Ref | undefined {
    return live(runSync(this.core.findRef(textBytes(name)), performReadSync));
  }

  /** As `Reader.refs`. */
  refs(range: RefRange = {}): Generator<Ref, void, undefined> {
    return each(refsIn(this.core, range), (record) => record.ref());
  }

  /** As `Reader.names`. */
  *names(range: RefRange = {}): Generator<string, void, undefined> {
    const cursor = refsIn(this.core, range);
    const names = new NameBatch();
    while (cursor.next() || runSync(cursor.load(), performReadSync)) {
      try {
        names.collect(cursor);
      } finally {
        for (const name of names.strings()) yield name;
      }
    }
  }

  /** As `Reader.log`. */
  log(name: string | Uint8Array, range: LogRange = {}): Generator<LogRecord, void, undefined> {
    return each(logOf(this.core, name, range), (record) => record.log());
  }

  /** As `Reader.logs`. */
  logs(range: Omit<LogRange, 'from'> = {}): Generator<LogRecord, void, undefined> {
    return each(allLogs(this.core, range), (record) => record.log());
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

function* each<V extends KeyView, T>(core: CursorCore<V>, pick: (record: V) => T): Generator<T, void, undefined> {
  while (core.next() || runSync(core.load(), performReadSync)) yield pick(core.record);
}
