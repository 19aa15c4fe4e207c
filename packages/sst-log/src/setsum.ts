/*
 * The setsum: a checksum of a multiset, which neither the order of the items nor the way they came together changes. SPEC.md, "Setsum".
 */
import { ReftableError } from '@reftable/varint';
import { sha3 } from '#sha3';

/** A column's values are below its prime; but for those of a digest that was not computed (see {@link Setsum.fromDigest}). */
const PRIMES = [4294967291, 4294967279, 4294967231, 4294967197, 4294967189, 4294967161, 4294967143, 4294967111] as const;

/** Bytes of a digest. */
export const SETSUM_SIZE = 32;

/** A checksum of a multiset of byte strings: items can be put in, taken out, and whole sets added and subtracted, in any order. */
export class Setsum {
  readonly #columns = new Uint32Array(PRIMES.length);

  /** From what {@link digest} gives. Columns at or above their primes, which no set of items has, are taken as they are. @throws `SETSUM` (misuse) unless it is 32 bytes */
  static fromDigest(digest: Uint8Array): Setsum {
    if (digest.length !== SETSUM_SIZE) throw wrongSetsum(`${digest.length} bytes`);
    const setsum = new Setsum();
    setsum.#columns.set(columnsOf(digest));
    return setsum;
  }

  /** From what {@link hex} gives; capital letters will do, too. @throws `SETSUM` (misuse) unless it is 64 hex digits */
  static fromHex(hex: string): Setsum {
    if (!/^[\da-f]{64}$/i.test(hex)) throw wrongSetsum(JSON.stringify(hex));
    return Setsum.fromDigest(Uint8Array.from({ length: SETSUM_SIZE }, (_, index) => Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16)));
  }

  /** Puts an item in. */
  insert(item: Uint8Array): void {
    this.#add(hash(item));
  }

  /** Takes an item out, whether it was put in or not: to put it in later makes up for that. */
  remove(item: Uint8Array): void {
    this.#subtract(hash(item));
  }

  /** Puts in all that `other` has. */
  add(other: Setsum): void {
    this.#add(other.#columns);
  }

  /** Takes out all that `other` has. */
  subtract(other: Setsum): void {
    this.#subtract(other.#columns);
  }

  /** Whether both stand for the same items, as far as a checksum can tell. */
  equals(other: Setsum): boolean {
    return this.#columns.every((column, index) => column === other.#columns[index]);
  }

  /** Another one with the same items. */
  clone(): Setsum {
    const copy = new Setsum();
    copy.#columns.set(this.#columns);
    return copy;
  }

  /** The 32 bytes of the columns, each little-endian. */
  digest(): Uint8Array {
    return Uint8Array.from({ length: SETSUM_SIZE }, (_, index) => this.#columns[index >> 2]! >>> (8 * (index & 3)));
  }

  /** The digest as 64 hex digits. */
  hex(): string {
    return Array.from(this.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  #add(columns: ArrayLike<number>): void {
    for (let index = 0; index < PRIMES.length; index++) {
      const sum = this.#columns[index]! + columns[index]!;
      // Once, and then cut to 32 bits by the array: two columns below their prime stay below it, and others are not made better.
      this.#columns[index] = sum >= PRIMES[index]! ? sum - PRIMES[index]! : sum;
    }
  }

  #subtract(columns: ArrayLike<number>): void {
    this.#add(PRIMES.map((prime, index) => prime - (columns[index]! % prime)));
  }
}

/** An item's columns: those of its SHA3-256, each brought below its prime. */
function hash(item: Uint8Array): number[] {
  const columns = columnsOf(sha3(item));
  for (let index = 0; index < PRIMES.length; index++) if (columns[index]! >= PRIMES[index]!) columns[index]! -= PRIMES[index]!;
  return columns;
}

function columnsOf(digest: Uint8Array): number[] {
  return PRIMES.map((_, index) => {
    const at = 4 * index;
    return (digest[at]! | (digest[at + 1]! << 8) | (digest[at + 2]! << 16) | (digest[at + 3]! << 24)) >>> 0;
  });
}

function wrongSetsum(what: string): ReftableError {
  return new ReftableError('misuse', 'SETSUM', `${what} is no setsum of 32 bytes or 64 hex digits`);
}
