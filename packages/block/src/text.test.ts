import { ByteWriter } from '@reftable/varint/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from './block.testing.js';
import { decodeString, decodeText, textBytes } from './text.js';

/** Any text but lone surrogates, which have no UTF-8. */
const any = fc.string({ unit: 'binary', maxLength: 200 });

describe('decoding', () => {
  test('UTF-8 of any length is a string and nothing else', () => {
    fc.assert(
      fc.property(any, fc.nat(5), (text, before) => {
        const file = bytes(new Uint8Array(before), text, 'more');
        const end = file.length - 4;
        expect(decodeText(file, before, end)).toEqual({ text });
        expect(decodeString(file, before, end)).toBe(text);
      }),
    );
  });

  test('a byte order mark is a character like others', () => {
    expect(decodeText(bytes('\ufeffx'), 0, 4)).toEqual({ text: '\ufeffx' });
    expect(decodeString(bytes('\ufeffx'), 0, 4)).toBe('\ufeffx');
  });

  test.each([
    ['a byte that begins nothing', bytes('a', 0xff, 'b'), 'a\ufffdb'],
    ['a character cut short', bytes('a', 0xe2, 0x82), 'a\ufffd'],
    ['an overlong zero', bytes(0xc0, 0x80), '\ufffd\ufffd'],
    ['a surrogate', bytes(0xed, 0xa0, 0x80), '\ufffd\ufffd\ufffd'],
    ['beyond U+10FFFF', bytes(0xf4, 0x90, 0x80, 0x80), '\ufffd\ufffd\ufffd\ufffd'],
    ['a long text with one wrong byte', bytes('x'.repeat(100), 0x80), `${'x'.repeat(100)}\ufffd`],
  ])('%s: U+FFFD, and the bytes beside it', (_, input, text) => {
    expect(decodeText(input, 0, input.length)).toEqual({ text, exact: input });
    expect(decodeString(input, 0, input.length)).toBe(text);
  });

  test('the exact bytes are a copy', () => {
    const file = bytes('a', 0xff);
    const { exact } = decodeText(file, 0, 2);
    file.fill(0);
    expect(exact).toEqual(bytes('a', 0xff));
  });

  test('what was decoded before leaves nothing behind', () => {
    expect(decodeString(bytes('a long name'), 0, 11)).toBe('a long name');
    expect(decodeString(bytes('ab'), 0, 2)).toBe('ab');
    expect(decodeString(bytes(), 0, 0)).toBe('');
  });
});

describe('encoding', () => {
  test('as TextEncoder does, a lone surrogate as U+FFFD', () => {
    fc.assert(
      fc.property(fc.oneof(any, fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 20 })), (text) => {
        const expected = new TextEncoder().encode(text);
        expect(textBytes(text)).toEqual(expected);
        const writer = new ByteWriter(8);
        writer.u8(9);
        writer.text(text);
        writer.u8(9);
        expect(writer.view()).toEqual(bytes(9, expected, 9));
      }),
    );
  });

  test('bytes are what they are', () => {
    const odd = bytes('x', 0xff);
    expect(textBytes(odd)).toBe(odd);
    const writer = new ByteWriter();
    writer.text(odd);
    expect(writer.view()).toEqual(odd);
  });
});
