/* What tests of readers in JavaScript need to be hostile to them. */
import { Buffer } from 'node:buffer';

/** Pseudorandom numbers, the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number below `limit`. (A Weyl sequence, and the mixing of MurmurHash.) */
  below(limit: number): number {
    this.#state = (this.#state + 0x9e37_79b9) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x85eb_ca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    return Math.floor((((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32) * limit);
  }

  /** One of a list, which is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }
}

/** A file in memory that answers only what may be asked, and not for ever. Async reads are promises of copies, sync reads are views. */
export class HostileSource {
  readonly size: number;
  readonly name = undefined;
  /** Reads since this was last set to 0: more than the file has bytes are refused. */
  reads = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return Promise.resolve(this.readSync(offset, length).slice());
  }

  readSync(offset: number, length: number): Uint8Array {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size)) throw new Error(`read of ${length} bytes at ${offset}`);
    // A block takes two reads at most, and has ten bytes or more.
    if (++this.reads > this.size) throw new Error('reads without end');
    return this.#bytes.subarray(offset, offset + length);
  }

  close(): void {
    // Nothing is held.
  }

  closeSync(): void {
    // Nothing is held.
  }
}

const { Uint8Array: plainArray } = globalThis;
const plainBuffer = Object.getOwnPropertyDescriptor(Buffer, 'allocUnsafe')!;
const allocate = Buffer.allocUnsafe.bind(Buffer);
let largest = 0;

const watchedArray = new Proxy(plainArray, {
  construct(target, args: unknown[]) {
    note(args[0]);
    return Reflect.construct(target, args) as object;
  },
});

function watchedAllocate(size: number): ReturnType<typeof allocate> {
  note(size);
  return allocate(size);
}

function note(size: unknown): void {
  if (typeof size === 'number' && size > largest) largest = size;
}

/** The largest piece of memory, in bytes, that `act` takes at once for itself, or Node's zlib for it. */
export async function largestAllocation(act: () => Promise<void>): Promise<number> {
  largest = 0;
  globalThis.Uint8Array = watchedArray;
  Buffer.allocUnsafe = watchedAllocate;
  try {
    await act();
  } finally {
    globalThis.Uint8Array = plainArray;
    Object.defineProperty(Buffer, 'allocUnsafe', plainBuffer);
  }
  return largest;
}
