import { ByteWriter } from '@reftable/varint/bytes';
import type { RepairableLog, RepairableLogSync } from './recovery.js';
import type { LogStorage, LogStorageSync } from './storage.js';

/** A log in memory, to be written and read, also at the same time. Nothing in it survives its process. */
export class MemoryLog implements LogStorage, LogStorageSync, RepairableLog, RepairableLogSync {
  readonly name: string | undefined;
  readonly #out = new ByteWriter(4096);

  /** @param bytes what is in it at the start: a copy is taken @param name what errors call it */
  constructor(bytes: Uint8Array = new Uint8Array(0), name?: string) {
    this.#out.bytes(bytes);
    this.name = name;
  }

  /** Bytes in it. */
  get size(): number {
    return this.#out.length;
  }

  /** A copy of what is in it. */
  bytes(): Uint8Array {
    return this.#out.view().slice();
  }

  write(bytes: Uint8Array): void {
    this.#out.bytes(bytes);
  }

  writeSync(bytes: Uint8Array): void {
    this.write(bytes);
  }

  /** A view: bytes that were written stay as they are. */
  read(offset: number, length: number): Uint8Array {
    return this.#out.view().subarray(offset, offset + length);
  }

  readSync(offset: number, length: number): Uint8Array {
    return this.read(offset, length);
  }

  truncate(size: number): void {
    // In a buffer of its own: who has read what is cut must not see what comes in its place.
    this.#out.buffer = this.#out.buffer.slice();
    this.#out.length = size;
  }

  truncateSync(size: number): void {
    this.truncate(size);
  }

  sync(): void {
    // Memory is as safe as it gets.
  }

  syncSync(): void {
    this.sync();
  }

  close(): void {
    // Nothing is held that must be freed.
  }

  closeSync(): void {
    this.close();
  }
}
