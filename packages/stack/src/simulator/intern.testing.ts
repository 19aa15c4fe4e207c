/* Numbers that stand for contents and texts, so that states are compared and hashed by numbers. */
import { Buffer } from 'node:buffer';

/** What all files of a simulation contain: each content once. */
export class Contents {
  readonly #bytes: Uint8Array[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a content. */
  number(bytes: Uint8Array): number {
    const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#bytes.length;
      this.#numbers.set(key, number);
      this.#bytes.push(bytes.slice());
    }
    return number;
  }

  /** The content of this number. */
  bytes(number: number): Uint8Array {
    return this.#bytes[number]!;
  }

  /** The content of one with that of another behind it. */
  joined(first: number, second: number): number {
    const [a, b] = [this.bytes(first), this.bytes(second)];
    if (a.length === 0) return second;
    const bytes = new Uint8Array(a.length + b.length);
    bytes.set(a);
    bytes.set(b, a.length);
    return this.number(bytes);
  }
}

/** Numbers of texts. */
export class Texts {
  readonly #numbers = new Map<string, number>();

  number(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) this.#numbers.set(text, (number = this.#numbers.size));
    return number;
  }
}

/** A hash of 53 bits that whole numbers are put into, one after another. */
export class Hasher {
  #low = 0x9e37_79b9;
  #high = 0x85eb_ca6b;

  put(number: number): this {
    this.#low = Math.imul(this.#low ^ number, 0xcc9e_2d51);
    this.#low ^= this.#low >>> 15;
    this.#high = Math.imul(this.#high ^ Math.imul(number, 0x27d4_eb2f) ^ this.#low, 0x1b87_3593);
    this.#high ^= this.#high >>> 13;
    return this;
  }

  /** A number of more than 32 bits. */
  putLong(number: number): this {
    return this.put(number | 0).put(Math.floor(number / 2 ** 32));
  }

  reset(): this {
    this.#low = 0x9e37_79b9;
    this.#high = 0x85eb_ca6b;
    return this;
  }

  /** A whole number that is not negative. */
  get value(): number {
    return (this.#high & 0x1f_ffff) * 2 ** 32 + (this.#low >>> 0);
  }
}

const EMPTY = -1;

/** A set of whole numbers that are not negative, as small in memory as it can be. */
export class NumberSet {
  size = 0;
  #slots = new Float64Array(1 << 12).fill(EMPTY);

  /** False if it was there already. */
  add(number: number): boolean {
    if (this.size * 2 >= this.#slots.length) this.#grow();
    const slot = this.#slot(number);
    if (this.#slots[slot] === number) return false;
    this.#slots[slot] = number;
    this.size++;
    return true;
  }

  #slot(number: number): number {
    const mask = this.#slots.length - 1;
    let slot = number & mask;
    while (this.#slots[slot] !== EMPTY && this.#slots[slot] !== number) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Float64Array(before.length * 2).fill(EMPTY);
    for (const number of before) if (number !== EMPTY) this.#slots[this.#slot(number)] = number;
  }
}
