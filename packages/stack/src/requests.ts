/* What the protocol's core yields, and the two drivers that answer. */
import { performRead, performReadSync, type ReadRequest, run, runSync, type BlockSource, type BlockSourceSync, type Core, type SourceInfo } from '@reftable/io';
import { ReftableError } from '@reftable/varint';
import type { ReadableStorage, ReadableStorageSync, StackStorage, StackStorageSync } from './storage.js';

/** Something that is asked of the storage: one of its methods, by its async name. */
export class StorageRequest {
  readonly operation: Operation;
  readonly args: readonly unknown[];
  answer: unknown;

  constructor(operation: Operation, args: readonly unknown[]) {
    this.operation = operation;
    this.args = args;
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

/** "Give me a random number": a whole one, of 32 bits. */
export class RandomRequest {
  number = 0;
}

/** All that a stack's core asks for. */
export type StackRequest = ReadRequest | StorageRequest | CloseRequest | PauseRequest | RandomRequest;

/** A computation over a stack. */
export type Steps<T> = Core<T, StackRequest>;

type Operation = Exclude<keyof StackStorage, 'name'>;
type Answer<K extends Operation> = Awaited<ReturnType<StackStorage[K]>>;

/** Asks the storage. */
export function* ask<K extends Operation>(operation: K, ...args: Parameters<StackStorage[K]>): Steps<Answer<K>> {
  const request = new StorageRequest(operation, args);
  yield request;
  return request.answer as Answer<K>;
}

/** Tidies up where something has failed. That it fails too is not told: what went wrong first is. */
export function* tidy(steps: Steps<void>): Steps<void> {
  try {
    yield* steps;
  } catch {
    // What can't be removed now is left for a clean-up.
  }
}

/** A random whole number of 32 bits. */
export function* random(): Steps<number> {
  const request = new RandomRequest();
  yield request;
  return request.number;
}

/**
 * Runs a core on an async storage.
 * @param signal ends it where it waits, reads or writes, with the signal's reason
 */
export function perform<T>(core: Steps<T>, storage: ReadableStorage, signal?: AbortSignal): Promise<T> {
  return run(core, async (request) => {
    if (isInterruptible(request)) signal?.throwIfAborted();
    if (isRead(request)) await performRead(request);
    else if (request instanceof StorageRequest) request.answer = await methodOf(storage, request.operation).apply(storage, request.args as unknown[]);
    else if (request instanceof CloseRequest) await (request.source as BlockSource).close();
    else if (request instanceof RandomRequest) request.number = randomNumber();
    else await pause(request.milliseconds, signal);
  });
}

/** Runs a core on a sync storage. A pause stops the thread. */
export function performSync<T>(core: Steps<T>, storage: ReadableStorageSync): T {
  return runSync(core, (request) => {
    answerSync(request, storage);
  });
}

/** Answers one request from a sync storage. */
export function answerSync(request: StackRequest, storage: ReadableStorageSync): void {
  if (isRead(request)) performReadSync(request);
  else if (request instanceof StorageRequest) request.answer = methodOf(storage, `${request.operation}Sync`).apply(storage, request.args as unknown[]);
  else if (request instanceof CloseRequest) (request.source as BlockSourceSync).closeSync();
  else if (request instanceof RandomRequest) request.number = randomNumber();
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, request.milliseconds);
}

function methodOf(storage: ReadableStorage | ReadableStorageSync, name: keyof StackStorage | keyof StackStorageSync): (...args: unknown[]) => unknown {
  const method: unknown = (storage as unknown as Record<string, unknown>)[name];
  if (typeof method !== 'function') throw new ReftableError('misuse', 'READ_ONLY', 'storage can only be read', { file: storage.name });
  return method as (...args: unknown[]) => unknown;
}

/** Not by its class: what opens a table may have its own copy of `@reftable/io`. */
function isRead(request: StackRequest): request is ReadRequest {
  return 'offset' in request;
}

/** What cleans up is never interrupted. */
function isInterruptible(request: StackRequest): boolean {
  if (request instanceof StorageRequest) return request.operation === 'write' || request.operation === 'create' || request.operation === 'open';
  return isRead(request) || request instanceof PauseRequest;
}

/* Drawn many at a time: each drawing costs more than many numbers. */
const randomNumbers = new Uint32Array(128);
let drawn = randomNumbers.length;

function randomNumber(): number {
  if (drawn === randomNumbers.length) {
    crypto.getRandomValues(randomNumbers);
    drawn = 0;
  }
  return randomNumbers[drawn++]!;
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
