import type { Core } from '@reftable/io';
import type { AnyTableCore } from '@reftable/table';
import { isReftableError } from '@reftable/varint';

/** After so many names were looked up in vain, it is worth it to read all names of a table. */
const ENOUGH_MISSES = 256;

/** A table of more refs is looked into each time: its filter would take more memory than it is worth. */
const MAX_REFS = 1 << 14;

/** Bits for each name: one name in about 60 that the table does not have is looked up all the same. */
const BITS_PER_NAME = 16;

/**
 * Knows of a small table which names it can't have. In a stack most tables are small, and have few of the names that are looked up: so most
 * of them need not be looked into.
 */
export class NameFilter {
  readonly #table: AnyTableCore;
  #misses = 0;
  /* Two bits are set for each name that the table has. Undefined: not known yet, or never. */
  #bits: Uint32Array | undefined;

  constructor(table: AnyTableCore) {
    this.#table = table;
  }

  /** Whether the table may have the name of this hash. */
  mayHave(hash: number): boolean {
    const bits = this.#bits;
    return bits === undefined || (isSet(bits, hash) && isSet(bits, secondHash(hash)));
  }

  /** Takes note that a name was looked up in vain. True: it is time to `read`. */
  missed(): boolean {
    return ++this.#misses === ENOUGH_MISSES;
  }

  /** Reads all names. */
  *read(): Core<void> {
    this.#bits = yield* this.#readBits();
  }

  *#readBits(): Core<Uint32Array | undefined> {
    const hashes: number[] = [];
    try {
      const refs = this.#table.refCursor();
      while (refs.next() || (yield* refs.load())) {
        if (hashes.length === MAX_REFS) return undefined;
        hashes.push(hashOf(refs.record.key, refs.record.keyLength));
      }
    } catch (error) {
      // Damage elsewhere in the table is no matter of the names that were asked for.
      if (isReftableError(error)) return undefined;
      throw error;
    }
    const bits = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(hashes.length * BITS_PER_NAME, 32))) / 32);
    for (const hash of hashes) {
      set(bits, hash);
      set(bits, secondHash(hash));
    }
    return bits;
  }
}

/** A number of 32 bits that follows from a name: FNV-1a, with its bits mixed once more. */
export function hashOf(name: Uint8Array, length: number): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < length; index++) hash = Math.imul(hash ^ name[index]!, 0x0100_0193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
}

function secondHash(hash: number): number {
  return Math.imul(hash ^ (hash >>> 13), 0x297a_2d39) ^ (hash >>> 16);
}

function isSet(bits: Uint32Array, hash: number): boolean {
  return ((bits[(hash >>> 5) & (bits.length - 1)]! >>> (hash & 31)) & 1) === 1;
}

function set(bits: Uint32Array, hash: number): void {
  bits[(hash >>> 5) & (bits.length - 1)]! |= 1 << (hash & 31);
}
