/*
 * What a stack asks of the place that it is kept in: a request that its core yields, and the two kinds of storage that answer.
 */
import { performRead, performReadSync, ReadRequest, type BlockSource, type BlockSourceSync, type SourceInfo } from '@reftable/io';

/** "Open the file of this name." Answered with its source, or a `FILE_NOT_FOUND`. */
export class OpenRequest {
  readonly name: string;
  source!: SourceInfo;

  constructor(name: string) {
    this.name = name;
  }
}

/** "I am done with this source." */
export class CloseRequest {
  readonly source: SourceInfo;

  constructor(source: SourceInfo) {
    this.source = source;
  }
}

/** "Wait so many milliseconds." */
export class PauseRequest {
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }
}

/** All that a stack's core asks for. */
export type StackRequest = ReadRequest | OpenRequest | CloseRequest | PauseRequest;

/** Where a stack is kept, for the async face: a folder, in a file system or a browser, or what can act as one. */
export interface StackStorage {
  /** What errors call it: the folder's path. */
  readonly name: string;
  /** Opens the file of this name, a table or the list. @throws `FILE_NOT_FOUND` (not-found) if there is none, another `ReftableError` if it can't be opened */
  open(name: string): Promise<BlockSource>;
}

/** Where a stack is kept, for the sync face. */
export interface StackStorageSync {
  /** As in {@link StackStorage}. */
  readonly name: string;
  openSync(name: string): BlockSourceSync;
}

/** Answers requests from `storage`. */
export function answerFrom(storage: StackStorage): (request: StackRequest) => Promise<void> | void {
  return async (request) => {
    if (request instanceof ReadRequest) await performRead(request);
    else if (request instanceof OpenRequest) request.source = await storage.open(request.name);
    else if (request instanceof CloseRequest) await (request.source as BlockSource).close();
    else await new Promise((resolve) => setTimeout(resolve, request.milliseconds));
  };
}

/** Answers requests from `storage`, at once; a pause stops the thread. */
export function answerFromSync(storage: StackStorageSync): (request: StackRequest) => void {
  return (request) => {
    if (request instanceof ReadRequest) performReadSync(request);
    else if (request instanceof OpenRequest) request.source = storage.openSync(request.name);
    else if (request instanceof CloseRequest) (request.source as BlockSourceSync).closeSync();
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, request.milliseconds);
  };
}
