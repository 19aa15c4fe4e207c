import { isReftableError } from '@reftable/varint';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_LIST_SIZE, parseTableList } from './table-list.js';

function parse(list: string | Uint8Array): string[] {
  return parseTableList(typeof list === 'string' ? new TextEncoder().encode(list) : list, 'reftable/tables.list');
}

describe('names', () => {
  test.each([
    ['of Git', '0x000000000001-0x00000000000b-781aa350.ref'],
    ['of JGit', '000000000001-000000000002-781aa350.ref'],
    ['of JGit, without refs', '000000000001-000000000002-781aa350.log'],
    ['of the first C version', '000000000001-000000000002.ref'],
    ['of limits beyond 48 bits', '0xffffffffffffffff-0xffffffffffffffff-00000000.ref'],
    ['of a temporary file of JGit', '_123.ref'],
    ['of anything', 'a.table'],
    ['very long', `${'a'.repeat(100_000)}.ref`],
  ])('%s', (_, name) => {
    expect(parse(`${name}\n`)).toEqual([name]);
  });

  test.each([
    ['a path out of the folder', '../x'],
    ['a path into a folder', 'x/y.ref'],
    ['an absolute path', '/etc/passwd'],
    ['the folder', '.'],
    ['the folder above', '..'],
    ['a hidden file', '.x'],
    ['a path of Windows', '..\\x'],
    ['a drive of Windows', 'c:x.ref'],
    ['a stream of Windows', 'x.ref:y'],
    ['a zero byte', 'x.ref\0.png'],
    ['a carriage return', 'x.ref\r'],
    ['a blank', ' x.ref'],
    ['an option', '-x'],
    ['beyond ASCII', 'ä.ref'],
    ['a byte order mark', '\uFEFFx.ref'],
  ])('not %s', (_, name) => {
    expect(() => parse(`fine.ref\n${name}\n`)).toThrow(expect.objectContaining({ kind: 'format', code: 'LIST_NAME', file: 'reftable/tables.list' }) as Error);
    expect(() => parse(`fine.ref\n${name}\n`)).toThrow(`unsafe name ${JSON.stringify(name)}`);
  });

  test('not bytes that are no UTF-8', () => {
    expect(() => parse(Uint8Array.of(0x61, 0xff, 10))).toThrow(expect.objectContaining({ code: 'LIST_NAME' }) as Error);
  });

  test('not twice', () => {
    expect(() => parse('a.ref\nb.ref\na.ref\n')).toThrow(expect.objectContaining({ kind: 'format', code: 'LIST_DUPLICATE' }) as Error);
  });
});

test('an empty list, and empty lines', () => {
  expect(parse('')).toEqual([]);
  expect(parse('\n\n')).toEqual([]);
  expect(parse('\na.ref\n\nb.ref\n\n')).toEqual(['a.ref', 'b.ref']);
});

test('the last line must end', () => {
  for (const list of ['a', 'a.ref\nb.ref', '\0'.repeat(100)]) {
    expect(() => parse(list)).toThrow(expect.objectContaining({ kind: 'format', code: 'LIST_UNFINISHED', offset: list.length }) as Error);
  }
});

test('what is wrong in each of very many lines is told at once', () => {
  // Seconds, where an error was made of each.
  for (const line of ['../x\n', 'a\n']) {
    const start = performance.now();
    expect(() => parse(line.repeat(300_000))).toThrow(expect.objectContaining({ kind: 'format' }) as Error);
    expect(performance.now() - start).toBeLessThan(1000);
  }
});

describe('a list that is very large', () => {
  test('is refused for its size', () => {
    const message = `reftable/tables.list: ${MAX_LIST_SIZE + 1} bytes, where a list has at most ${MAX_LIST_SIZE}`;
    const expected = { kind: 'format', code: 'LIST_SIZE', file: 'reftable/tables.list', message };
    expect(() => parse(new Uint8Array(MAX_LIST_SIZE + 1).fill(10))).toThrow(expect.objectContaining(expected) as Error);
  });

  test('is read, if it has the size that a list may have at most', () => {
    const list = new Uint8Array(MAX_LIST_SIZE).fill(10);
    list[1] = 0x61;
    expect(parse(list)).toEqual(['a']);
  });
});

describe('a very long name is shortened in messages', () => {
  test.each([
    ['LIST_NAME', `${'/'.repeat(3_000_000)}\n`, `unsafe name "${'/'.repeat(100)}…"`],
    ['LIST_NAME', `/${'\u{1F600}'.repeat(300_000)}\n`, `unsafe name "/${'\u{1F600}'.repeat(49)}`],
    ['LIST_DUPLICATE', `${'a'.repeat(3_000_000)}\n`.repeat(2), `${'a'.repeat(100)}… is listed twice`],
  ])('%s', (code, list, message) => {
    try {
      parse(list);
      expect.fail('it did not fail');
    } catch (error) {
      if (!isReftableError(error, code)) throw error;
      expect(error.message).toContain(message);
      expect(error.message.length).toBeLessThan(200);
    }
  });

  test('but one of 100 characters is not', () => {
    expect(() => parse(`${'/'.repeat(100)}\n`)).toThrow(`unsafe name "${'/'.repeat(100)}"`);
  });
});

test('any bytes are names or one of the errors', () => {
  const piece = fc.oneof(fc.constantFrom('a', '.ref', '/', '\\', '..', '\n', '\0', ' ', '0x'), fc.string({ unit: 'binary', maxLength: 3 }));
  const property = fc.property(fc.array(piece), fc.boolean(), (pieces, isEnded) => {
    const list = pieces.join('') + (isEnded ? '\n' : '');
    try {
      for (const name of parse(list)) expect(name).toMatch(/^\w[\w.-]*$/);
    } catch (error) {
      expect(isReftableError(error, 'LIST_UNFINISHED', 'LIST_NAME', 'LIST_DUPLICATE')).toBe(true);
    }
  });
  fc.assert(property, { numRuns: 500 });
});
