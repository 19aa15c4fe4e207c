/*
 * Inflates a zlib stream (RFC 1950, around deflate data: RFC 1951) whose inflated size is known, as a log block's is.
 * As strict as zlib with its largest window, which is how Git uses it: what zlib refuses is refused, what it takes is
 * taken. (So a distance is not held against the window size in the stream's header: zlib does not do that either.)
 *
 * Bits are looked at 25 or more at once, in one load of four bytes. An intact stream can't end within such a load: at
 * least one bit of the block is still to come, and the checksum's four bytes after it. So a stream with fewer than four
 * bytes left is truncated. It reads as zeros there, which make the next block a stored one that is cut short.
 */

/** The shortest stream in bytes: two of header, two of an empty block, four of checksum. */
const MIN_STREAM = 8;
/** The longest: places in it are counted in bits, with 32-bit numbers. */
const MAX_STREAM = 2 ** 28;

/*
 * An entry of a code's table: bits 0-3 the length of the code, 4-7 how many extra bits follow it, 8-11 the kind, 16-30
 * the value (a literal, base of a length or distance, code length). No kind: a code or symbol that must not occur.
 * A link's value is the place of a second-level table, for codes of more than ROOT_BITS.
 */
const [LITERAL, SPAN, END, LINK] = [0x100, 0x200, 0x400, 0x800];
const ROOT_BITS = 9;
const MAX_BITS = 15;

/** The order in which the lengths of the code length code are stored. */
const CODE_LENGTH_ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);

/** A canonical Huffman code over an alphabet, as a table that the next bits of the input index. */
class HuffmanCode {
  /** Each symbol's entry, but for the length of its code. */
  readonly #symbols: Int32Array;
  readonly #next = new Uint16Array(MAX_BITS + 1);
  readonly entries: Int32Array;
  mask = 0;
  #linkMask = 0;

  constructor(symbols: Int32Array) {
    this.#symbols = symbols;
    // A second-level table is there for at least two symbols.
    this.entries = new Int32Array((1 << ROOT_BITS) + ((symbols.length >> 1) << (MAX_BITS - ROOT_BITS)));
  }

  /** The entry of the code that `bits` begin with. */
  find(bits: number): number {
    const entry = this.entries[bits & this.mask]!;
    return (entry & LINK) === 0 ? entry : this.entries[(entry >>> 16) + ((bits >>> ROOT_BITS) & this.#linkMask)]!;
  }

  /**
   * Becomes the code in which symbol i has `lengths[from + i]` bits (0: no code). False if these make too many codes,
   * or leave some free. As in zlib, no code at all and a lone code of one bit are fine all the same. (There, not for
   * code lengths; but such a code can only spell literal codes that are refused.)
   */
  build(lengths: Uint8Array, from: number, to: number): boolean {
    const next = this.#next.fill(0);
    for (let i = from; i < to; i++) next[lengths[i]!]!++;
    let longest = MAX_BITS;
    while (longest > 1 && next[longest] === 0) longest--;
    let code = 0;
    for (let length = 1; length <= longest; length++) {
      const count = next[length]!;
      next[length] = code *= 2;
      code += count;
      if (code > 1 << length) return false;
    }
    if (code < 1 << longest && longest > 1) return false;

    const { entries } = this;
    const rootBits = Math.min(longest, ROOT_BITS);
    const mask = (this.mask = (1 << rootBits) - 1);
    const linkMask = (this.#linkMask = (1 << (longest - rootBits)) - 1);
    let used = mask + 1;
    entries.fill(0, 0, used);
    for (let i = from; i < to; i++) {
      const length = lengths[i]!;
      if (length === 0) continue;
      code = reverse(next[length]!++, length);
      const entry = this.#symbols[i - from]! | length;
      if (length <= rootBits) {
        for (let at = code; at <= mask; at += 1 << length) entries[at] = entry;
        continue;
      }
      if (entries[code & mask] === 0) {
        entries[code & mask] = (used << 16) | LINK;
        used += linkMask + 1;
      }
      const table = entries[code & mask]! >>> 16;
      for (let at = code >>> rootBits; at <= linkMask; at += 1 << (length - rootBits)) entries[table + at] = entry;
    }
    return true;
  }
}

/** A code as the input has it: its highest bit comes first, that is lowest. */
function reverse(code: number, length: number): number {
  let bits = ((code & 0x5555) << 1) | ((code >>> 1) & 0x5555);
  bits = ((bits & 0x3333) << 2) | ((bits >>> 2) & 0x3333);
  bits = ((bits & 0x0f0f) << 4) | ((bits >>> 4) & 0x0f0f);
  return (((bits & 0xff) << 8) | (bits >>> 8)) >>> (16 - length);
}

/** Fills in lengths or distances: they adjoin, from `base` on, and each `group` of them has one extra bit more. */
function putSpans(symbols: Int32Array, base: number, group: number): void {
  for (let i = 0; i < symbols.length; i++) {
    const extra = Math.max(0, Math.floor(i / group) - 1);
    symbols[i] = (base << 16) | (extra << 4) | SPAN;
    base += 1 << extra;
  }
}

function makeCodes() {
  const literals = new Int32Array(288).map((_, i) => (i < 256 ? (i << 16) | LITERAL : 0));
  literals[256] = END;
  putSpans(literals.subarray(257, 285), 3, 4);
  literals[285] = (258 << 16) | SPAN;
  const distances = new Int32Array(32);
  putSpans(distances.subarray(0, 30), 1, 2);
  const fixed = { literals: new HuffmanCode(literals), distances: new HuffmanCode(distances) };
  fixed.literals.build(new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280), 0, 288);
  fixed.distances.build(new Uint8Array(32).fill(5), 0, 32);
  const dynamic = { literals: new HuffmanCode(literals), distances: new HuffmanCode(distances) };
  const codeLengths = new HuffmanCode(new Int32Array(19).map((_, i) => i << 16));
  return { fixed, dynamic, codeLengths, lengths: new Uint8Array(286 + 30) };
}

/** Made once, at first use. All but the fixed codes are scratch space of one block. */
let codes: ReturnType<typeof makeCodes> | undefined;

/** The bits from bit `at` of the stream on, 25 of them for certain; above those is anything. */
function look(stream: DataView, at: number): number {
  const byte = at >>> 3;
  return byte + 4 <= stream.byteLength ? stream.getInt32(byte, true) >> (at & 7) : 0;
}

class Inflater {
  readonly #codes = (codes ??= makeCodes());
  readonly #stream: DataView;
  readonly #out: Uint8Array;
  #written = 0;
  /** The next bit to read, counted from the start of the stream. */
  #at = 0;

  constructor(stream: DataView, out: Uint8Array) {
    this.#stream = stream;
    this.#out = out;
  }

  /** The length of the stream in bytes, -1 if it is refused. */
  run(): number {
    const { fixed, dynamic } = this.#codes;
    const stream = this.#stream;
    const header = stream.getUint16(0);
    // Method 8, a window of up to 2^15 bytes, no preset dictionary.
    if ((header & 0x8f20) !== 0x0800 || header % 31 !== 0) return -1;
    this.#at = 16;
    for (let last = 0; last === 0; ) {
      last = this.#take(1);
      const type = this.#take(2);
      if (type === 0 && this.#stored()) continue;
      if (type === 1 && this.#compressed(fixed.literals, fixed.distances)) continue;
      if (type === 2 && this.#dynamicCodes() && this.#compressed(dynamic.literals, dynamic.distances)) continue;
      return -1;
    }
    const end = this.#nextByte() + 4;
    if (end > stream.byteLength || this.#written < this.#out.length) return -1;
    return stream.getUint32(end - 4) === adler32(this.#out) ? end : -1;
  }

  #take(count: number): number {
    const value = look(this.#stream, this.#at) & ((1 << count) - 1);
    this.#at += count;
    return value;
  }

  /** The first byte of which no bit is read. */
  #nextByte(): number {
    return (this.#at + 7) >>> 3;
  }

  #stored(): boolean {
    const stream = this.#stream;
    const start = this.#nextByte() + 4;
    if (start > stream.byteLength) return false;
    const length = stream.getUint16(start - 4, true);
    if ((length ^ stream.getUint16(start - 2, true)) !== 0xffff) return false;
    if (length > stream.byteLength - start || length > this.#out.length - this.#written) return false;
    this.#out.set(new Uint8Array(stream.buffer, stream.byteOffset + start, length), this.#written);
    this.#written += length;
    this.#at = (start + length) * 8;
    return true;
  }

  #dynamicCodes(): boolean {
    const { dynamic, codeLengths, lengths } = this.#codes;
    const literals = this.#take(5) + 257;
    const all = literals + this.#take(5) + 1;
    if (literals > 286 || all - literals > 30) return false;
    const count = this.#take(4) + 4;
    lengths.fill(0, 0, 19);
    for (let i = 0; i < count; i++) lengths[CODE_LENGTH_ORDER[i]!] = this.#take(3);
    if (!codeLengths.build(lengths, 0, 19)) return false;
    for (let i = 0; i < all; ) {
      const entry = codeLengths.find(look(this.#stream, this.#at));
      if (entry === 0) return false;
      this.#at += entry & 15;
      const symbol = entry >>> 16;
      if (symbol === 16 && i === 0) return false;
      const value = symbol < 16 ? symbol : symbol === 16 ? lengths[i - 1]! : 0;
      const end = i + (symbol < 16 ? 1 : symbol === 18 ? 11 + this.#take(7) : 3 + this.#take(symbol - 14));
      if (end > all) return false;
      while (i < end) lengths[i++] = value;
    }
    // That there is an end-of-block code need not be checked: without one the block does not end.
    return dynamic.literals.build(lengths, 0, literals) && dynamic.distances.build(lengths, literals, all);
  }

  /** Inflates up to the end-of-block code. Here the time goes, hence the local variables. */
  #compressed(literals: HuffmanCode, distances: HuffmanCode): boolean {
    const stream = this.#stream;
    const out = this.#out;
    let at = this.#at;
    let written = this.#written;
    const end = stream.byteLength * 8;
    while (at < end) {
      const bits = look(stream, at);
      let entry = literals.find(bits);
      const more = bits >>> (entry & 15);
      at += entry & 15;
      if ((entry & LITERAL) !== 0) {
        if (written === out.length) return false;
        out[written++] = entry >>> 16;
        // At least 10 bits are left: enough to tell whether another literal with a short code follows.
        entry = literals.entries[more & literals.mask]!;
        if ((entry & LITERAL) !== 0 && written < out.length) {
          out[written++] = entry >>> 16;
          at += entry & 15;
        }
        continue;
      }
      if ((entry & SPAN) === 0) {
        this.#at = at;
        this.#written = written;
        return (entry & END) !== 0;
      }
      let extra = (entry >>> 4) & 15;
      const length = (entry >>> 16) + (more & ((1 << extra) - 1));
      at += extra;
      entry = distances.find(look(stream, at));
      if ((entry & SPAN) === 0) return false;
      at += entry & 15;
      extra = (entry >>> 4) & 15;
      const distance = (entry >>> 16) + (look(stream, at) & ((1 << extra) - 1));
      at += extra;
      if (distance > written || length > out.length - written) return false;
      for (const stop = written + length; written < stop; written++) out[written] = out[written - distance]!;
    }
    return false;
  }
}

/** The Adler-32 checksum (RFC 1950, section 8.2). */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let i = 0; i < bytes.length; ) {
    // So many bytes of 255 keep b below 2^31.
    for (const end = Math.min(bytes.length, i + 3854); i < end; i++) b += a += bytes[i]!;
    a %= 65521;
    b %= 65521;
  }
  return b * 65536 + a;
}

/**
 * Inflates the zlib stream (RFC 1950) that starts at `input[start]` into `out`, which it must fill exactly.
 * Returns the offset just past the stream, its checksum included; what follows it may be anything. Returns -1 for a
 * stream that is damaged, truncated, over 256 MiB, or longer or shorter than `out`, which may be overwritten then.
 * It throws nothing, and takes memory and time for no more than `input` and `out`, whatever the stream claims.
 */
export function inflateInto(input: Uint8Array, start: number, out: Uint8Array): number {
  if (!(start >= 0 && start + MIN_STREAM <= input.length)) return -1;
  const size = Math.min(input.length - start, MAX_STREAM);
  const length = new Inflater(new DataView(input.buffer, input.byteOffset + start, size), out).run();
  return length < 0 ? -1 : start + length;
}
