/* Bytes, and the two kinds of errors in what they should be. */

/** The file is not what it claims to be. */
export class Damage extends Error {}
/** The file may be sound, but needs a reader that knows more. */
export class Unsupported extends Error {}

/** What there is to read of some bytes, from the front on. */
export class Cursor {
  #at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }
  get at(): number {
    return this.#at;
  }
  get left(): number {
    return this.#end - this.#at;
  }
  take(size: number): Uint8Array {
    if (size > this.left) throw new Damage(`${size} bytes wanted at ${this.#at}, ${this.left} there`);
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }
  big(size: number): bigint {
    return this.take(size).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }
  uint(size: 1 | 2 | 3 | 4): number {
    return Number(this.big(size));
  }
  varint(): bigint {
    let byte = this.uint(1);
    let value = BigInt(byte & 127);
    while (byte >= 128) {
      byte = this.uint(1);
      value = (value + 1n) * 128n + BigInt(byte & 127);
      if (value >= 1n << 64n) throw new Damage('a number of more than 64 bits');
    }
    return value;
  }
  /** A varint that is at most `most`. */
  count(most: number): number {
    const value = this.varint();
    if (value > BigInt(most)) throw new Damage(`${value} where ${most} is the most`);
    return Number(value);
  }
  counted(): Uint8Array {
    return this.take(this.count(this.left));
  }
  end(what: string): void {
    if (this.left !== 0) throw new Damage(`${this.left} bytes too many in ${what}`);
  }
}

export function compare(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * 0xedb88320);
  }
  return ~crc >>> 0;
}
export function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
