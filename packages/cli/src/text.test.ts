import { describe, expect, it } from 'vitest';
import { printable, printableJson, signed } from './text.js';

describe('printable', () => {
  it('leaves letters of all scripts alone', () => {
    expect(printable('refs/heads/grün/猫-🐈 \\n')).toBe('refs/heads/grün/猫-🐈 \\n');
  });

  it('shows what would drive a terminal, or turn its text around', () => {
    expect(printable('a\x1b[31mb\x9b2J\x07\x7f')).toBe('a\\x1b[31mb\\u009b2J\\x07\\x7f');
    expect(printable('one\ntwo\tthree\r')).toBe('one\\ntwo\\tthree\\x0d');
    expect(printable('main\u202eniam\u2066\u200f\u2028\ufeff')).toBe('main\\u202eniam\\u2066\\u200f\\u2028\\ufeff');
  });

  it('shows the bytes that are no part of a character', () => {
    const bytes = Uint8Array.from(Buffer.from('caf\xe9 gr\xc3\xbcn \xf0\x9f\x90\x88 \xed\xa0\x80 \xc0\xaf \xf4\x90\x80\x80 \x1b', 'latin1'));
    const shown = 'caf\\xe9 grün 🐈 \\xed\\xa0\\x80 \\xc0\\xaf \\xf4\\x90\\x80\\x80 \\x1b';
    expect(printable('whatever', bytes)).toBe(shown);
  });

  it('takes for characters what a decoder takes for them', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    // Every start of a character, and the bytes at the edges of what may follow it.
    const edges = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
    for (let lead = 0x80; lead < 0x100; lead++) {
      for (const second of edges) {
        for (const rest of [[], [0x80], [0xbf], [0x80, 0x80], [0xbf, 0xbf]]) {
          const bytes = Uint8Array.of(lead, second, ...rest);
          let text: string | undefined;
          try {
            text = strict.decode(bytes);
          } catch {
            // Then some byte must be shown in hex.
          }
          if (text === undefined) expect(printable('', bytes)).toMatch(/\\x[89a-f][0-9a-f]/);
          else expect(printable('', bytes)).toBe(printable(text));
        }
      }
    }
  });
});

it('printableJson gives characters by their numbers, and means the same', () => {
  const text = '\x1b\x9b\u202e"\\猫\x7f';
  const json = printableJson(JSON.stringify({ text }));
  expect(json).toBe('{"text":"\\u001b\\u009b\\u202e\\"\\\\猫\\u007f"}');
  expect(JSON.parse(json)).toEqual({ text });
});

it('signed writes a time zone as Git does', () => {
  expect([330, -330, 0, -1, 1400, -32768].map(signed)).toEqual(['+0330', '-0330', '+0000', '-0001', '+1400', '-32768']);
});
