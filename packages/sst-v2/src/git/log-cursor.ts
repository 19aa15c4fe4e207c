import { decodeLog, decodeString, LOG_DELETION, logNameLength, logUpdateIndex, saturate, type LogRecord } from '@reftable/block';
import type { CursorCore } from '@reftable/io';
import type { LogView } from '@reftable/table';
import type { SstCursor } from '../sst-cursor.js';
import { GitCursor } from './git-cursor.js';
import { LOG_KEY } from './key.js';
import { checkLogValue } from './value.js';

/** A cursor over the log records of a table of GitStorage 3. (Of GitStorage 2, it shows keys without the zero byte: see `SortedLogCursor`.) */
export class GitLogCursor extends GitCursor implements CursorCore<LogView>, LogView {
  constructor(cursor: SstCursor, idSize: number) {
    super(cursor, LOG_KEY, idSize);
  }

  get record(): LogView {
    return this;
  }
  get isDeletion(): boolean {
    return this.at.valueType === LOG_DELETION;
  }
  get contentStart(): number {
    return this.at.contentStart;
  }
  get name(): string {
    return decodeString(this.key, 0, logNameLength(this));
  }
  get updateIndex(): number {
    return saturate(this.updateIndexExact);
  }
  get updateIndexExact(): bigint {
    return logUpdateIndex(this);
  }
  log(): LogRecord {
    return decodeLog(this, this.idSize);
  }

  protected override check(): void {
    checkLogValue(this.at, this.idSize);
  }
}
