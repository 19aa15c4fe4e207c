/* What readers and writers ask of the place where a log is kept. */
import type { ReadRequest} from '@reftable/io';
import { performRead, performReadSync, type BlockSource, type BlockSourceSync } from '@reftable/io';

/** Where a log is read from. Any source will do for a log that nobody writes to. */
export interface LogSource extends BlockSource {
  /** Looks how large the log is by now, and sets `size`. Not there: it stays as it is. */
  refresh?(): Promise<void> | void;
}

/** Where a log is read from, for the sync faces. */
export interface LogSourceSync extends BlockSourceSync {
  /** As {@link LogSource.refresh}. */
  refreshSync?(): void;
}

/** "See how large the log is by now." */
export class RefreshRequest {
  readonly source: LogSource | LogSourceSync;

  constructor(source: LogSource | LogSourceSync) {
    this.source = source;
  }
}

/** What a reader's core asks for. */
export type SourceRequest = ReadRequest | RefreshRequest;

/** Answers a request from its source, which must be a {@link LogSource}. */
export function performSource(request: SourceRequest): Promise<void> | void {
  return request instanceof RefreshRequest ? (request.source as LogSource).refresh?.() : performRead(request);
}

/** Answers a request from its source, which must be a {@link LogSourceSync}. */
export function performSourceSync(request: SourceRequest): void {
  if (request instanceof RefreshRequest) (request.source as LogSourceSync).refreshSync?.();
  else performReadSync(request);
}
