import { ReftableError } from '@reftable/varint';
import type { ReadRequest, SourceInfo } from './core.js';

/** Where a table's bytes come from, for the async faces. Its content must not change while it is open. */
export interface BlockSource extends SourceInfo {
  /**
   * Exactly `length` bytes from `offset`; a promise unless they are there at once.
   * `0 <= offset`, `offset + length <= size` is the caller's duty. The caller does not change the bytes.
   * @throws a `ReftableError` when they can't be had: of kind `io`, or `outdated` where the source sees that it changed
   */
  read(offset: number, length: number): Promise<Uint8Array> | Uint8Array;
  /** Frees what the source holds; a second time does nothing. To read afterwards is a misuse (`SOURCE_CLOSED` where anything was held). */
  close(): Promise<void> | void;
}

/** Where a table's bytes come from, for the sync faces. */
export interface BlockSourceSync extends SourceInfo {
  /** Exactly `length` bytes from `offset`, as in {@link BlockSource}. */
  readSync(offset: number, length: number): Uint8Array;
  /** As {@link BlockSource.close}. */
  closeSync(): void;
}

/**
 * Answers a read request from its source, which must be a {@link BlockSource}.
 * @throws what the source throws; `SOURCE_READ` (io) where it gives another number of bytes than asked for
 */
export function performRead(request: ReadRequest): Promise<void> | void {
  const answer = (request.source as BlockSource).read(request.offset, request.length);
  // Not `instanceof`: a promise of another realm or library will do.
  if ('then' in answer) return answer.then((bytes) => fill(request, bytes));
  fill(request, answer);
}

/** As {@link performRead}, for a source that is a {@link BlockSourceSync}. */
export function performReadSync(request: ReadRequest): void {
  fill(request, (request.source as BlockSourceSync).readSync(request.offset, request.length));
}

/** What a source answers reads with that come after its close. */
export function sourceClosed({ name }: SourceInfo): ReftableError {
  return new ReftableError('misuse', 'SOURCE_CLOSED', 'source is closed', { file: name });
}

/** Cores rely on the length, and a source may be somebody else's code. */
function fill(request: ReadRequest, bytes: Uint8Array): void {
  const { source, offset, length } = request;
  if (bytes.length !== length) {
    const message = `source gave ${bytes.length} bytes instead of ${length}`;
    throw new ReftableError('io', 'SOURCE_READ', message, { offset, file: source.name });
  }
  request.bytes = bytes;
}
