import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NameBatch, type NameCursor } from './name-batch.js';

/** Bytes from numbers (a byte each), texts (their UTF-8) and bytes. */
function bytes(...parts: readonly (number | string | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...Buffer.from(part as string)])));
}

/** A cursor at the first of some names. */
function cursorOver(names: readonly Uint8Array[]): NameCursor & { readonly left: () => number } {
  let at = 0;
  return {
    get record() {
      return { key: bytes(names[at]!, 'rest of the buffer'), keyLength: names[at]!.length };
    },
    next: () => (at + 1 < names.length ? (at++, true) : false),
    left: () => names.length - at - 1,
  };
}

/** All that the batch has. */
function taken(batch: NameBatch): string[] {
  const names: string[] = [];
  for (let name = batch.take(); name !== undefined; name = batch.take()) names.push(name);
  return names;
}

function stringsOf(names: readonly Uint8Array[]): string[] {
  const batch = new NameBatch();
  const cursor = cursorOver(names);
  const out: string[] = [];
  do {
    batch.collect(cursor);
    out.push(...taken(batch));
  } while (cursor.next());
  return out;
}

const decode = (name: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(name);

describe('names come out as if each were decoded alone', () => {
  test.each<[string, Uint8Array[]]>([
    ['plain', [bytes('refs/heads/a'), bytes('refs/heads/b')]],
    ['characters of several bytes', [bytes('ä'), bytes('€'), bytes('😀'), bytes('x')]],
    ['a byte order mark', [bytes('\ufeffa'), bytes('\ufeffb')]],
    ['a lone name', [bytes('HEAD')]],
    ['a character begun at the end of one, and ended at the start of the next', [bytes('a', 0xc3), bytes(0xa9, 'b')]],
    ['the same of three bytes', [bytes('a', 0xe2, 0x82), bytes(0xac)]],
    ['bytes that begin nothing', [bytes('a', 0xff), bytes(0xfe, 'b'), bytes('c')]],
  ])('%s', (_, names) => {
    expect(stringsOf(names)).toEqual(names.map(decode));
  });

  test('any names', () => {
    const name = fc.array(fc.constantFrom(0x61, 0x2f, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xff), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 20 }), (letters) => {
        const names = letters.map((letter) => Uint8Array.from(letter));
        expect(stringsOf(names)).toEqual(names.map(decode));
      }),
    );
  });
});

test('a batch has a bound, but takes a long name whole', () => {
  const long = bytes('x'.repeat(10_000));
  const cursor = cursorOver([bytes('a'), long, bytes('b')]);
  const batch = new NameBatch();
  batch.collect(cursor);
  expect(taken(batch)).toEqual(['a', 'x'.repeat(10_000)]);
  expect(cursor.left()).toBe(1);

  const many = cursorOver(Array.from({ length: 1000 }, () => bytes('x'.repeat(100))));
  batch.collect(many);
  expect(taken(batch).length).toBe(41);
});
