import { constants, deflateRawSync, deflateSync, inflateRawSync, inflateSync, type ZlibOptions } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inflateInto } from './inflate.js';

/* zlib is the judge: whatever it says of a stream, taken or refused, bytes and length, must be said here too. */

interface Taken {
  readonly bytes: Uint8Array;
  /** How many bytes the stream has. */
  readonly size: number;
}

/** What zlib makes of the stream that `input` begins with, with its largest window as in Git; its complaint if it refuses. */
function zlibSays(input: Uint8Array, inflate: typeof inflateSync = inflateSync): Taken | string {
  try {
    const options = { info: true, windowBits: 15, chunkSize: 4096 };
    const { buffer, engine } = inflate(input, options) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
    return { bytes: buffer, size: engine.bytesWritten };
  } catch (error) {
    return (error as Error).message;
  }
}

/** What is wrong with our answer for the stream that `input` begins with and `length` bytes of output; '' if nothing is. */
function difference(input: Uint8Array, length: number): string {
  const zlib = zlibSays(input);
  const taken = typeof zlib !== 'string' && zlib.bytes.length === length ? zlib : { bytes: undefined, size: -1 };
  const out = new Uint8Array(length);
  const end = inflateInto(input, 0, out);
  if (end !== taken.size) return `${hex(input)}: ${end}, zlib: ${taken.size}`;
  return taken.bytes !== undefined && Buffer.compare(out, taken.bytes) !== 0 ? `${hex(input)}: other bytes` : '';
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function adler(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes).subarray(-4);
}

/** A zlib stream around deflate data. */
function wrap(deflated: Uint8Array, inflated: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(0x78, 0x9c), deflated, adler(inflated)]);
}

/** Pseudorandom bytes, the same in every run. */
function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24);
}

const text = Buffer.from(
  'refs/heads/main\0A U Thor\0a.u.thor@example.org commit (initial): first\n' +
    'refs/heads/main\0A U Thor\0a.u.thor@example.org commit: the second, and longer than the first\n' +
    'refs/heads/topic\0C O Mitter\0committer@example.org branch: Created from refs/heads/main\n',
);
const mixed = Buffer.concat([text.subarray(0, 100), noise(30), Buffer.alloc(70, 'ab'), text.subarray(50, 150)]);

/** Small streams of every kind of block; `one` after another in the last. */
const samples = new Map<string, [Uint8Array, Uint8Array]>([
  ['dynamic codes', [deflateSync(text, { level: 9 }), text]],
  ['fixed codes', [deflateSync(text, { strategy: constants.Z_FIXED }), text]],
  ['literals only', [deflateSync(mixed, { strategy: constants.Z_HUFFMAN_ONLY }), mixed]],
  ['runs', [deflateSync(mixed, { strategy: constants.Z_RLE }), mixed]],
  ['stored', [deflateSync(mixed, { level: 0 }), mixed]],
  ['a window of 512 bytes', [deflateSync(mixed, { windowBits: 9, memLevel: 1 }), mixed]],
  ['nothing', [deflateSync(new Uint8Array(0)), new Uint8Array(0)]],
  ['blocks of all kinds', [wrap(manyBlocks(), Buffer.concat([text, mixed, text])), Buffer.concat([text, mixed, text])]],
]);

function manyBlocks(): Uint8Array {
  return Buffer.concat([
    deflateRawSync(text, { strategy: constants.Z_FIXED, finishFlush: constants.Z_SYNC_FLUSH }),
    deflateRawSync(mixed, { level: 0, finishFlush: constants.Z_FULL_FLUSH }),
    deflateRawSync(text, { level: 9 }),
  ]);
}

describe('intact streams', () => {
  const data = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.nat()).map(([length, seed]) => noise(length, seed)),
        fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.nat(255)).map(([length, byte]) => new Uint8Array(length).fill(byte)),
        fc.tuple(fc.integer({ min: 1, max: 500 }), fc.nat(), fc.integer({ min: 1, max: 7 })).map(([length, seed, bits]) => {
          return noise(length, seed).map((byte) => byte >> bits);
        }),
      ),
      { maxLength: 8 },
    )
    .chain((pieces) => fc.shuffledSubarray([...pieces, ...pieces, ...pieces], { minLength: pieces.length }))
    .map((pieces) => Buffer.concat(pieces));
  const options = fc.record({
    level: fc.integer({ min: 0, max: 9 }),
    strategy: fc.integer({ min: constants.Z_DEFAULT_STRATEGY, max: constants.Z_FIXED }),
    windowBits: fc.integer({ min: 9, max: 15 }),
    memLevel: fc.integer({ min: 1, max: 9 }),
  });

  function check(input: Uint8Array, options: ZlibOptions, before: Uint8Array, after: Uint8Array): void {
    const stream = deflateSync(input, options);
    const file = Buffer.concat([before, stream, after]);
    const out = new Uint8Array(input.length);
    const end = inflateInto(file, before.length, out);
    expect(end).toBe(before.length + stream.length);
    expect(zlibSays(file.subarray(before.length))).toMatchObject({ size: stream.length });
    expect(Buffer.compare(out, input)).toBe(0);
  }

  test('round trips, at every level, strategy and window, anywhere in a file', () => {
    const around = fc.uint8Array({ maxLength: 20 });
    fc.assert(fc.property(data, options, around, around, check), { numRuns: 400 });
  });

  test.each([...samples])('%s', (_, [stream, bytes]) => {
    expect(difference(stream, bytes.length)).toBe('');
    expect(inflateInto(stream, 0, new Uint8Array(bytes.length))).toBe(stream.length);
  });

  test('every length of a match, at every magnitude of distance', () => {
    const far = noise(33_000);
    const pieces = [far];
    for (let length = 3; length <= 258; length++) {
      const distance = Math.min(32_768, 2 ** (length % 16) + length);
      const start = far.length - distance;
      pieces.push(far.subarray(start, start + length), noise(3, length));
    }
    const bytes = Buffer.concat(pieces);
    for (const level of [1, 6, 9]) check(bytes, { level }, noise(1), noise(1));
  });

  test('more than one stored block, each of the largest size', () => {
    check(noise(200_000), { level: 0 }, noise(3), noise(3));
  });

  test('millions of bytes, where the checksum has to be reduced', () => {
    check(new Uint8Array(3_000_000).fill(255), { level: 1 }, noise(0), noise(0));
  });

  test('a buffer shared by input and other things is not read beyond the input, nor written beyond the output', () => {
    const [stream, bytes] = samples.get('dynamic codes')!;
    const shared = new Uint8Array(100 + stream.length + bytes.length + 100).fill(7);
    shared.set(stream, 50);
    const outAt = 100 + stream.length;
    const input = shared.subarray(50, 50 + stream.length);
    expect(inflateInto(input, 0, shared.subarray(outAt, outAt + bytes.length))).toBe(stream.length);
    expect(hex(shared.subarray(outAt - 50, outAt))).toBe('07'.repeat(50));
    expect(hex(shared.subarray(outAt, -100))).toBe(hex(bytes));
    expect(hex(shared.subarray(-100))).toBe('07'.repeat(100));
  });
});

describe('damaged streams', () => {
  test.each([...samples])('every single bit: %s', (_, [stream, bytes]) => {
    const wrong = new Set<string>();
    for (let bit = 0; bit < stream.length * 8; bit++) {
      const damaged = Uint8Array.from(stream);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      wrong.add(difference(damaged, bytes.length));
    }
    expect([...wrong]).toEqual(['']);
  });

  test.each([...samples])('every truncation, whatever follows: %s', (_, [stream, bytes]) => {
    const out = new Uint8Array(bytes.length);
    const wrong = [];
    for (let length = 0; length < stream.length; length++) {
      // The rest is there, behind the end of the input, or the end is that of the memory, too.
      const input = stream.subarray(0, length);
      if (inflateInto(input, 0, out) !== -1 || inflateInto(Uint8Array.from(input), 0, out) !== -1) wrong.push(length);
    }
    expect(wrong).toEqual([]);
  });

  test.each([...samples])('any other size than promised: %s', (_, [stream, bytes]) => {
    for (const length of [0, 1, 2, bytes.length - 1, bytes.length + 1, 2 * bytes.length + 1]) {
      if (length < 0 || length === bytes.length) continue;
      expect(inflateInto(stream, 0, new Uint8Array(length))).toBe(-1);
    }
  });

  test.each([...samples])('another size, with the checksum for it: %s', (_, [stream, bytes]) => {
    const deflated = stream.subarray(2, -4);
    const wrong = [];
    for (let length = 0; length < bytes.length + 5; length++) {
      if (length === bytes.length) continue;
      const promised = Buffer.concat([bytes, noise(5)]).subarray(0, length);
      // Even where all the promised bytes are in place already.
      if (inflateInto(wrap(deflated, promised), 0, Uint8Array.from(promised)) !== -1) wrong.push(length);
    }
    expect(wrong).toEqual([]);
  });

  const damages = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 2, maxLength: 6 });
  const sample = fc.constantFrom(...samples.values());

  function damage(stream: Uint8Array, places: readonly (readonly [number, number])[]): Uint8Array {
    const damaged = Uint8Array.from(stream);
    for (const [place, change] of places) damaged[place % damaged.length]! ^= change;
    return damaged;
  }

  test('several bytes', () => {
    fc.assert(
      fc.property(sample, damages, ([stream, bytes], places) => {
        expect(difference(damage(stream, places), bytes.length)).toBe('');
      }),
      { numRuns: 5000 },
    );
  });

  test('several bytes, and the checksum made to fit where zlib can read on', () => {
    let taken = 0;
    fc.assert(
      fc.property(sample, damages, ([stream], places) => {
        taken += Number(takenAsZlibDoes(damage(stream.subarray(2, -4), places)));
      }),
      { numRuns: 5000 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  test('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(600), (bytes, length) => {
        expect(difference(bytes, length)).toBe('');
        expect(difference(Buffer.concat([Buffer.of(0x78, 0x9c), bytes]), length)).toBe('');
      }),
      { numRuns: 1000 },
    );
  });

  test('a start outside of the input', () => {
    const [stream, bytes] = samples.get('stored')!;
    for (const start of [-1, -stream.length, 1, stream.length - 1, stream.length, 2 ** 40, NaN, Infinity]) {
      expect(inflateInto(stream, start, new Uint8Array(bytes.length))).toBe(-1);
    }
  });
});

/** Whether deflate data is taken: as zlib does, when the checksum of what zlib makes of it is put behind it. */
function takenAsZlibDoes(deflated: Uint8Array): boolean {
  const raw = zlibSays(deflated, inflateRawSync);
  if (typeof raw === 'string') {
    expect(inflateInto(wrap(deflated, text), 0, new Uint8Array(text.length))).toBe(-1);
    return false;
  }
  const stream = wrap(deflated.subarray(0, raw.size), raw.bytes);
  const out = new Uint8Array(raw.bytes.length);
  expect(inflateInto(stream, 0, out)).toBe(stream.length);
  expect(Buffer.compare(out, raw.bytes)).toBe(0);
  return true;
}

/** Writes deflate data bit by bit. */
class Bits {
  readonly #bits: number[] = [];

  /** A number, its lowest bit first. */
  put(value: number, count: number): this {
    for (let bit = 0; bit < count; bit++) this.#bits.push((value >> bit) & 1);
    return this;
  }

  /** The codes, their highest bit first, of `symbols` in the canonical code with these lengths. */
  code(lengths: readonly number[], ...symbols: number[]): this {
    for (const symbol of symbols) {
      const own = lengths[symbol]!;
      let code = 0;
      lengths.forEach((length, i) => {
        if (length > 0 && (length < own || (length === own && i < symbol))) code += 2 ** (own - length);
      });
      for (let bit = own - 1; bit >= 0; bit--) this.#bits.push(Math.floor(code / 2 ** bit) & 1);
    }
    return this;
  }

  align(filler = 0): this {
    while (this.#bits.length % 8 > 0) this.#bits.push(filler);
    return this;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    this.#bits.forEach((bit, i) => (bytes[i >> 3]! |= bit << (i & 7)));
    return bytes;
  }
}

const FIXED = [...Array<number>(144).fill(8), ...Array<number>(112).fill(9), ...Array<number>(24).fill(7), ...Array<number>(8).fill(8)];
const FIXED_DISTANCES = Array<number>(32).fill(5);
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** A code length code that has every symbol. */
const EVERY_LENGTH = [...Array<number>(13).fill(4), ...Array<number>(6).fill(5)];

/** Starts the last block, with fixed codes. */
function fixed(...symbols: number[]): Bits {
  const bits = new Bits().put(1, 1).put(1, 2);
  return bits.code(FIXED, ...symbols);
}

/** Starts the last block, with codes of its own, up to its code length code. */
function header(literals: number, distances: number, codeLengths: readonly number[] = EVERY_LENGTH): Bits {
  const bits = new Bits().put(1, 1).put(2, 2);
  bits.put(literals - 257, 5).put(distances - 1, 5);
  bits.put(ORDER.length - 4, 4);
  for (const symbol of ORDER) bits.put(codeLengths[symbol]!, 3);
  return bits;
}

/** Starts the last block, with these codes. */
function dynamic(literals: readonly number[], distances: readonly number[]): Bits {
  return header(literals.length, distances.length).code(EVERY_LENGTH, ...literals, ...distances);
}

/** Lengths of codes for `count` symbols, 0 for all that are not named. */
function lengths(count: number, named: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: count }, (_, symbol) => named[symbol] ?? 0);
}

const END = 256;
const A = 97;
const B = 98;
const aEnd = lengths(257, { [A]: 1, [END]: 1 });
const aBEnd = lengths(257, { [A]: 1, [B]: 2, [END]: 2 });
const aEndMatch = lengths(258, { [A]: 1, [END]: 2, 257: 2 });
/** 14 letters with codes of 1 to 14 bits. */
const letters = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [A + i, i + 1]));
const deep = lengths(258, { ...letters, [END]: 15, 257: 15 });
const most = [...Array<number>(226).fill(8), ...Array<number>(60).fill(9)];
const mostDistances = [...Array<number>(28).fill(5), 4, 4];

describe('streams made by hand that are taken', () => {
  const cases: Record<string, [Bits, string]> = {
    'no distance code where none is used': [dynamic(aBEnd, [0]).code(aBEnd, A, B, A, END), 'aba'],
    'a lone distance code of one bit': [dynamic(aEndMatch, [1]).code(aEndMatch, A, 257).code([1], 0).code(aEndMatch, END), 'aaaa'],
    'a lone literal code of one bit, the end of the block': [dynamic(lengths(257, { [END]: 1 }), [0]).put(0, 1), ''],
    'lone codes both': [dynamic(lengths(257, { [END]: 1 }), [0, 1]).put(0, 1), ''],
    'unused bits before the checksum, set': [fixed(A, END).align(1), 'a'],
    'an empty stored block': [new Bits().put(1, 1).put(0, 2).align(1).put(0, 16).put(0xffff, 16), ''],
    'empty blocks before the last': [
      new Bits().put(0, 3).align(1).put(0, 16).put(0xffff, 16).put(0, 1).put(1, 2).code(FIXED, END).put(1, 1).put(1, 2).code(FIXED, A, END),
      'a',
    ],
    'length 258 by its own symbol': [fixed(A, 285).code(FIXED_DISTANCES, 0).code(FIXED, END), 'a'.repeat(259)],
    'length 258 by the symbol before': [fixed(A, 284).put(31, 5).code(FIXED_DISTANCES, 0).code(FIXED, END), 'a'.repeat(259)],
    'a distance back to the first byte': [fixed(A, B, 257).code(FIXED_DISTANCES, 1).code(FIXED, END), 'ababa'],
    'codes of 15 bits': [dynamic(deep, [0]).code(deep, ...Array.from('abcdefghijklmn', (char) => char.charCodeAt(0)), END), 'abcdefghijklmn'],
    'a repeat from the literal codes into the distance codes': [
      header(258, 3)
        .code(EVERY_LENGTH, ...aEndMatch.slice(0, 257), 16)
        .put(0, 2)
        .code(EVERY_LENGTH, 1)
        .code(aEndMatch, A, 257)
        .code([2, 2, 1], 0)
        .code(aEndMatch, END),
      'aaaa',
    ],
    'the most codes': [dynamic(most, mostDistances).code(most, A, 285).code(mostDistances, 0).code(most, END), 'a'.repeat(259)],
  };

  test.each(Object.entries(cases))('%s', (_, [bits, expected]) => {
    const inflated = Buffer.from(expected, 'latin1');
    const stream = wrap(bits.bytes(), inflated);
    expect(zlibSays(stream)).toMatchObject({ bytes: inflated, size: stream.length });
    expect(difference(stream, inflated.length)).toBe('');
  });

  test('a distance over the window that the header declares', () => {
    const bytes = Buffer.concat([noise(20_000), noise(300)]);
    const stream = deflateSync(bytes, { level: 9 });
    expect(stream.length).toBeLessThan(20_100);
    for (let window = 0; window < 8; window++) {
      stream[0] = (window << 4) | 8;
      stream[1] = 31 - ((stream[0] << 8) % 31);
      expect(zlibSays(stream)).toMatchObject({ size: stream.length });
      expect(difference(stream, bytes.length)).toBe('');
    }
  });
});

describe('streams made by hand that are refused', () => {
  /** Over 32 KiB of the same letter. */
  function far(): Bits {
    const bits = fixed(A);
    for (let i = 0; i < 128; i++) bits.code(FIXED, 285).code(FIXED_DISTANCES, 0);
    return bits;
  }

  /* Each has the checksum of what a lax reader would make of it, so that nothing but the named damage is wrong. */
  const cases: Record<string, [message: string, Bits, lax: string]> = {
    'a block of the type without meaning': ['invalid block type', new Bits().put(1, 1).put(3, 2).code(FIXED, A, END), 'a'],
    'a block of that type, stored': ['invalid block type', new Bits().put(1, 1).put(3, 2).align().put(1, 16).put(0xfffe, 16).put(A, 8), 'a'],
    'a stored block whose lengths disagree': [
      'invalid stored block lengths',
      new Bits().put(1, 1).put(0, 2).align().put(1, 16).put(0xfffd, 16).put(A, 8),
      'a',
    ],
    'over 286 literal codes': ['too many length or distance symbols', dynamic(lengths(287, { [A]: 1, [END]: 1 }), [0]).put(0b10, 2), 'a'],
    'over 30 distance codes': ['too many length or distance symbols', dynamic(aEnd, lengths(31, {})).put(0b10, 2), 'a'],
    '32 distance codes': ['too many length or distance symbols', dynamic(aEnd, lengths(32, {})).put(0b10, 2), 'a'],
    'too many code length codes': [
      'invalid code lengths set',
      header(257, 1, lengths(19, { 0: 1, 1: 1, 2: 2 }))
        .code(lengths(19, { 0: 1, 1: 1 }), ...aEnd, 0)
        .put(0b10, 2),
      'a',
    ],
    'a free code length code': [
      'invalid code lengths set',
      header(257, 1, lengths(19, { 0: 1, 1: 2 }))
        .code(lengths(19, { 0: 1, 1: 2 }), ...aEnd, 0)
        .put(0b10, 2),
      'a',
    ],
    'a lone code length code': ['invalid code lengths set', header(257, 1, lengths(19, { 1: 1 })).put(0, 300), ''],
    'a lone code length code, and the other': [
      'invalid code lengths set',
      header(257, 1, lengths(19, { 18: 1 }))
        .put(0x55555555, 31)
        .put(0, 300),
      '',
    ],
    'no code length code': ['invalid code -- missing end-of-block', header(257, 1, lengths(19, {})).put(0, 300), ''],
    'a repeat of nothing': [
      'invalid bit length repeat',
      header(257, 1)
        .code(EVERY_LENGTH, 16)
        .put(0, 2)
        .code(EVERY_LENGTH, ...aEnd.slice(3), 0)
        .put(0b10, 2),
      'a',
    ],
    ...Object.fromEntries(
      [16, 17, 18].map((symbol): [string, [string, Bits, string]] => [
        `a repeat (${symbol}) past the last code`,
        [
          'invalid bit length repeat',
          header(257, 2)
            .code(EVERY_LENGTH, ...aEnd, symbol)
            .put(0, symbol === 16 ? 2 : symbol === 17 ? 3 : 7)
            .put(0b10, 2),
          'a',
        ],
      ]),
    ),
    'no end-of-block code': ['invalid code -- missing end-of-block', dynamic(lengths(257, { [A]: 1, [B]: 1 }), [0]).put(0, 1), 'a'],
    'too many literal codes': [
      'invalid literal/lengths set',
      dynamic(lengths(257, { [A]: 1, [B]: 2, [END]: 2, 255: 2 }), [0]).code(aBEnd, A, END),
      'a',
    ],
    'a free literal code': ['invalid literal/lengths set', dynamic(lengths(257, { [A]: 1, [END]: 2 }), [0]).code(aBEnd, A, B), 'a'],
    'a free literal code of 15 bits': [
      'invalid literal/lengths set',
      dynamic(lengths(257, { ...letters, [END]: 15 }), [0]).code(deep, A, END),
      'a',
    ],
    'a lone literal code of two bits': ['invalid literal/lengths set', dynamic(lengths(257, { [END]: 2 }), [0]).put(0, 2), ''],
    'too many distance codes': [
      'invalid distances set',
      dynamic(aEndMatch, [1, 1, 1]).code(aEndMatch, A, 257).put(0, 1).code(aEndMatch, END),
      'aaaa',
    ],
    'a free distance code': ['invalid distances set', dynamic(aEndMatch, [1, 2]).code(aEndMatch, A, 257).put(0, 1).code(aEndMatch, END), 'aaaa'],
    'a lone distance code of two bits': [
      'invalid distances set',
      dynamic(aEndMatch, [2]).code(aEndMatch, A, 257).put(0, 2).code(aEndMatch, END),
      'aaaa',
    ],
    'the literal code that a lone one leaves free': ['invalid literal/length code', dynamic(lengths(257, { [END]: 1 }), [0]).put(1, 1), ''],
    'the distance code that a lone one leaves free': [
      'invalid distance code',
      dynamic(aEndMatch, [1]).code(aEndMatch, A, 257).put(1, 1).code(aEndMatch, END),
      'aaaa',
    ],
    'a distance where there is no distance code': [
      'invalid distance code',
      dynamic(aEndMatch, [0]).code(aEndMatch, A, 257).put(0, 1).code(aEndMatch, END),
      'aaaa',
    ],
    'length symbol 286': ['invalid literal/length code', fixed(A, 286).code(FIXED_DISTANCES, 0).code(FIXED, END), 'a'.repeat(259)],
    'length symbol 287': ['invalid literal/length code', fixed(A, 287).code(FIXED_DISTANCES, 0).code(FIXED, END), 'a'.repeat(259)],
    'distance symbol 30': ['invalid distance code', fixed(A, 257).code(FIXED_DISTANCES, 30).code(FIXED, END), 'aaaa'],
    'distance symbol 31': ['invalid distance code', fixed(A, 257).code(FIXED_DISTANCES, 31).code(FIXED, END), 'aaaa'],
    // As if the series of lengths, and that of distances, went on.
    'length symbol 286, as 323 with 6 extra bits': [
      'invalid literal/length code',
      fixed(A, 286).put(0, 6).code(FIXED_DISTANCES, 0).code(FIXED, END),
      'a'.repeat(324),
    ],
    'distance symbol 30, as 32769 with 14 extra bits': [
      'invalid distance code',
      far().code(FIXED, 257).code(FIXED_DISTANCES, 30).put(0, 14).code(FIXED, END),
      'a'.repeat(1 + 128 * 258 + 3),
    ],
    'a distance to before the first byte': ['invalid distance too far back', fixed(A, 257).code(FIXED_DISTANCES, 1).code(FIXED, END), 'a\0a\0'],
    'a distance from the first byte': ['invalid distance too far back', fixed(257).code(FIXED_DISTANCES, 0).code(FIXED, END), '\0\0\0'],
    'a block without end': ['unexpected end of file', fixed(A).align(), 'a'],
    'a stored block cut short': ['unexpected end of file', new Bits().put(1, 1).put(0, 2).align().put(9, 16).put(0xfff6, 16).put(A, 8), 'a'],
  };

  test.each(Object.entries(cases))('%s', (_, [message, bits, lax]) => {
    for (const inflated of [lax, lax.slice(0, 1).padEnd(lax.length, '\0')]) {
      const stream = wrap(bits.bytes(), Buffer.from(inflated, 'latin1'));
      expect(zlibSays(stream)).toBe(message);
      for (const length of [0, 1, 2, lax.length, 1000]) expect(inflateInto(stream, 0, new Uint8Array(length))).toBe(-1);
      expect(inflateInto(Uint8Array.from(stream), 0, Buffer.from(inflated, 'latin1'))).toBe(-1);
    }
  });

  const wrappers: Record<string, [message: string, header: number, trailer?: number]> = {
    'a header whose check bits are wrong': ['incorrect header check', 0x789d],
    'another method': ['unknown compression method', 0x7709],
    'a window over 32 KiB': ['invalid window size', 0x881c],
    'a preset dictionary': ['Missing dictionary', 0x7820],
    'a gzip header': ['incorrect header check', 0x1f8b],
    'a wrong checksum': ['incorrect data check', 0x789c, 1],
  };

  test.each(Object.entries(wrappers))('%s', (_, [message, header, trailer = 0]) => {
    const stream = deflateSync('abc');
    stream.writeUInt16BE(header);
    stream[stream.length - 1]! ^= trailer;
    expect(zlibSays(stream)).toBe(message);
    expect(inflateInto(stream, 0, new Uint8Array(3))).toBe(-1);
  });

  test('every header of two bytes', () => {
    const stream = deflateSync('abc');
    const taken = [];
    for (let header = 0; header < 0x10000; header++) {
      stream.writeUInt16BE(header);
      if (inflateInto(stream, 0, new Uint8Array(3)) >= 0) taken.push(header);
    }
    const expected = [];
    for (let header = 0; header < 0x10000; header++) {
      if (header % 31 === 0 && ((header >> 8) & 15) === 8 && header >> 12 < 8 && (header & 32) === 0) expected.push(header);
    }
    expect(taken).toEqual(expected);
    for (const header of expected) {
      stream.writeUInt16BE(header);
      expect(zlibSays(stream)).toMatchObject({ size: stream.length });
    }
  });
});

describe('codes of any shape', () => {
  /** Lengths of a complete code of at most 15 bits, got by splitting codes in two, then given to symbols of an alphabet. */
  function codeLengths(alphabet: number): fc.Arbitrary<number[]> {
    return fc.tuple(fc.array(fc.nat(), { maxLength: alphabet - 1 }), fc.nat(), fc.nat(2)).map(([splits, seed, deepest]) => {
      const leaves = [1, 1];
      for (const split of splits.slice(0, alphabet - 2)) {
        const at = deepest === 0 ? leaves.length - 1 - (split % Math.min(3, leaves.length)) : split % leaves.length;
        const length = leaves[at]! + 1;
        if (length <= 15) leaves.splice(at, 1, length, length);
      }
      const places = noise(alphabet, seed);
      const symbols = Array.from(places.keys()).sort((a, b) => places[a]! - places[b]! || a - b);
      const lengths = Array<number>(alphabet).fill(0);
      leaves.forEach((length, i) => (lengths[symbols[i]!] = length));
      return lengths;
    });
  }

  const codes = fc.tuple(
    fc.constantFrom(257, 258, 270, 285, 286).chain(codeLengths),
    fc.oneof(fc.constantFrom(2, 10, 29, 30).chain(codeLengths), fc.constantFrom([0], [1], [0, 1], [2], [0, 0, 0])),
  );

  test('with any data behind them', () => {
    let taken = 0;
    fc.assert(
      fc.property(codes, fc.nat(), fc.boolean(), ([literals, distances], seed, withEnd) => {
        // One in two gets an end-of-block code, in exchange for another.
        const other = literals.findIndex((length) => length > 0);
        if (withEnd && literals[END] === 0) [literals[END], literals[other]] = [literals[other]!, 0];
        const bits = dynamic(literals, distances);
        for (const byte of noise(300, seed)) bits.put(byte, 8);
        taken += Number(takenAsZlibDoes(bits.bytes()));
      }),
      { numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  test('with one length changed', () => {
    fc.assert(
      fc.property(codes, fc.nat(), fc.nat(15), fc.nat(), ([literals, distances], symbol, length, seed) => {
        const all = [...literals, ...distances];
        all[symbol % all.length] = length;
        const bits = dynamic(all.slice(0, literals.length), all.slice(literals.length));
        for (const byte of noise(100, seed)) bits.put(byte, 8);
        takenAsZlibDoes(bits.bytes());
      }),
      { numRuns: 400 },
    );
  });
});

describe('bounds', () => {
  test('a bomb costs no more than the promised size', () => {
    const bomb = deflateSync(Buffer.alloc(50_000_000), { level: 1 });
    const out = new Uint8Array(4096);
    const start = performance.now();
    for (let i = 0; i < 100; i++) expect(inflateInto(bomb, 0, out)).toBe(-1);
    expect(performance.now() - start).toBeLessThan(500);
  });

  test('empty blocks without end', () => {
    const one = new Bits().put(0, 1).put(1, 2).code(FIXED, END);
    for (let i = 0; i < 3; i++) one.put(0, 1).put(1, 2).code(FIXED, END);
    const blocks = Buffer.alloc(200_000, one.bytes());
    expect(difference(wrap(blocks, new Uint8Array(0)), 0)).toBe('');
    const closed = wrap(Buffer.concat([blocks, fixed(A, END).bytes()]), Buffer.from('a'));
    expect(inflateInto(closed, 0, new Uint8Array(1))).toBe(closed.length);
  });
});
