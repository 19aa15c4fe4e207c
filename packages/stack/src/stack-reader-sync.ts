/// <reference lib="esnext.disposable" preserve="true" />
import type { Hash } from '@reftable/block';
import { ReaderSync } from '@reftable/table';
import { disposalOfSync } from './disposal.js';
import { openState, ReadCore } from './read-core.js';
import { performSync, type Steps } from './requests.js';
import { StackSnapshotSync } from './snapshot.js';
import type { StackReaderOptions } from './stack-reader.js';
import type { StackTable } from './stack-table.js';
import type { ReadableStorageSync } from './storage.js';
import { readableReftable } from './table-format.js';

/** The sync face of `StackReader`: the same methods, answered at once. */
export class StackReaderSync extends ReaderSync {
  declare protected readonly core: ReadCore;
  readonly #storage: ReadableStorageSync;

  /** Use {@link openStackReaderSync}. */
  constructor(core: ReadCore, storage: ReadableStorageSync) {
    super(core);
    this.#storage = storage;
  }

  /** As `StackReader.hash`. */
  get hash(): Hash | undefined {
    return this.core.knownHash;
  }

  /** As `StackReader.tables`. */
  get tables(): StackTable[] {
    return this.core.tables;
  }

  /** As `StackReader.reload`. */
  reload(): boolean {
    return this.perform(this.core.reload());
  }

  /** As `StackReader.snapshot`. */
  snapshot(): StackSnapshotSync {
    return new StackSnapshotSync(this.core.state);
  }

  /** As `StackReader.close`. */
  close(): void {
    this.core.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  protected perform<T>(steps: Steps<T>): T {
    return performSync(steps, this.#storage);
  }
}

/** The sync face of `openStackReader`. */
export function openStackReaderSync(storage: ReadableStorageSync, options: StackReaderOptions = {}): StackReaderSync {
  const { hash, format = readableReftable } = options;
  const place = { folder: storage.name, format, hash, disposal: disposalOfSync(storage) };
  return new StackReaderSync(new ReadCore(place, performSync(openState(place), storage)), storage);
}
