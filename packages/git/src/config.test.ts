import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from './config.js';
import { codeOf, gitProgram, scratchFolder, tryGit } from './repository.testing.js';

function values(text: string): Record<string, string | null> {
  return Object.fromEntries(parseConfig(Buffer.from(text), 'config').values);
}

describe('what is read', () => {
  test.each<[string, string, Record<string, string | null>]>([
    ['nothing', '', {}],
    ['a setting', '[core]\n\tbare = false\n', { 'core.bare': 'false' }],
    ['no last newline', '[core]\nbare = true', { 'core.bare': 'true' }],
    ['names in any case', '[CoRe]\nRepositoryFormatVersion=1\n', { 'core.repositoryformatversion': '1' }],
    ['a name without value', '[core]\nbare\n', { 'core.bare': null }],
    ['a name without value at the end', '[core]\nbare', { 'core.bare': null }],
    ['an empty value', '[core]\nworktree =\n', { 'core.worktree': '' }],
    ['the last of several', '[a]\nb = 1\n[c]\nd = 2\n[a]\nb = 3\n', { 'a.b': '3', 'c.d': '2' }],
    ['a setting on the line of its section', '[core] bare = true\n', { 'core.bare': 'true' }],
    ['a quoted subsection, whose case counts', '[remote "Up\\"st\\\\ream\\x"]\nurl = u\n', { 'remote.Up"st\\reamx.url': 'u' }],
    ['an old subsection, whose case does not', '[remote.UpStream]\nurl = u\n', { 'remote.upstream.url': 'u' }],
    ['comments', '# [x]\n[a] ; y\n\tb = c # d\n;e\n\tf = g;h\n', { 'a.b': 'c', 'a.f': 'g' }],
    ['signs of comments in quotes', '[a]\nb = "c # d" ; e\n', { 'a.b': 'c # d' }],
    ['blanks inside, not around', '[a]\nb = \t c  d \t \n', { 'a.b': 'c  d' }],
    ['quoted blanks', '[a]\nb = " c "\n', { 'a.b': ' c ' }],
    ['parts in quotes', '[a]\nb = c" d "e\n', { 'a.b': 'c d e' }],
    ['escapes', '[a]\nb = \\t\\n\\"\\\\\\b\n', { 'a.b': '\t\n"\\\b' }],
    ['lines that go on', '[a]\nb = c\\\n  d\n', { 'a.b': 'c  d' }],
    ['a line that goes on at its start', '[a]\nb = \\\n  d\n', { 'a.b': 'd' }],
    ['a line that goes on into the end of the file', '[a]\nb = c\\', { 'a.b': 'c' }],
    ['lines that go on in quotes', '[a]\nb = "c\\\nd"\n', { 'a.b': 'cd' }],
    ['line ends of Windows', '[a]\r\nb = c\r\n[d]\r\ne\r\n', { 'a.b': 'c', 'd.e': null }],
    ['a byte order mark', '\uFEFF[a]\nb = c\n', { 'a.b': 'c' }],
    ['an equals sign in a value', '[a]\nb = c=d\n', { 'a.b': 'c=d' }],
    ['no include', '[include]\npath = /etc/passwd\n', { 'include.path': '/etc/passwd' }],
  ])('%s', (_, text, expected) => {
    expect(values(text)).toEqual(expected);
  });
});

describe('what is refused, with its line', () => {
  test.each([
    ['a setting outside of a section', 'bare = true\n', 1],
    ['a section without end', '\n[core\nbare = true\n', 2],
    ['a subsection without end', '[a "b]\nc = d\n', 1],
    ['a name that begins with a digit', '[a]\n1b = c\n', 2],
    ['a name with an underscore', '[a]\nb_c = d\n', 2],
    ['a comment after a name without value', '[a]\nb # c\n', 2],
    ['an unknown escape', '[a]\nb = \\x\n', 2],
    ['quotes without end', '[a]\nb = "c\nd"\n', 2],
  ])('%s', async (_, text, line) => {
    expect(await codeOf(() => values(text))).toBe('CONFIG_SYNTAX');
    expect(() => values(text)).toThrow(`config: line ${line} `);
  });
});

test('kinds of values', async () => {
  const config = parseConfig(Buffer.from('[a]\nnone\nempty=\nyes=YES\noff=off\none=1\nzero=0\nk=2k\nneg=-1\nbad=maybe\n'), 'f');
  const booleans = ['none', 'empty', 'yes', 'off', 'one', 'zero', 'k', 'missing'].map((name) => config.boolean(`a.${name}`));
  expect(booleans).toEqual([true, false, true, false, true, false, true, undefined]);
  expect(['one', 'k', 'neg', 'missing'].map((name) => config.number(`a.${name}`))).toEqual([1, 2048, -1, undefined]);
  expect(config.text('a.empty')).toBe('');
  for (const wrong of [() => config.boolean('a.bad'), () => config.number('a.empty'), () => config.number('a.none'), () => config.text('a.none')]) {
    expect(await codeOf(wrong)).toBe('CONFIG_VALUE');
  }
  expect(() => config.number('a.bad')).toThrow('f: a.bad can not be "maybe"');
});

test.skipIf(gitProgram === undefined)('numbers are what Git takes them for', { timeout: 120_000 }, async () => {
  const file = join(scratchFolder(), 'config');
  const digits = fc.oneof(
    fc.nat().map(String),
    fc.bigInt({ min: 2n ** 62n, max: 2n ** 64n }).map(String),
    fc.nat().map((number) => `0x${number.toString(16)}`),
    fc.nat().map((number) => `0${number.toString(8)}`),
    fc.constantFrom('0', '00', '08', '0x', '0xg', '', '1e3', '1.5', '9007199254740993', '9223372036854775807', '8589934591g', '8589934592g'),
  );
  const value = fc.tuple(fc.constantFrom('', '-', '+', '" "', '--'), digits, fc.constantFrom('', '', 'k', 'K', 'm', 'G', 'kk', ' k', 't')).map((parts) => parts.join(''));
  const property = fc.asyncProperty(value, async (text) => {
    writeFileSync(file, `[a]\nb = ${text}\n`);
    const expected = tryGit('/', 'config', '--file', file, '--type=int', '--get', 'a.b');
    expect(await codeOf(() => parseConfig(Buffer.from(`[a]\nb = ${text}\n`), 'f').number('a.b'))).toBe(expected === null ? 'CONFIG_VALUE' : Number(expected));
  });
  await fc.assert(property, { numRuns: 300 });
});

test('any bytes end in settings or in the one error', async () => {
  const piece = fc.constantFrom('[', ']', '"', '\\', '\n', '\r', ' ', '=', '#', 'a', 'B1', '.', '-', '\0', 'é', '[a]\n', 'b = c\n');
  await fc.assert(
    fc.asyncProperty(fc.array(piece), async (pieces) => {
      const result = await codeOf(() => values(pieces.join('')));
      expect(typeof result === 'object' || result === 'CONFIG_SYNTAX').toBe(true);
    }),
  );
});

test.skipIf(gitProgram === undefined)('reads what Git reads', { timeout: 120_000 }, async () => {
  const file = join(scratchFolder(), 'config');
  const piece = fc.constantFrom('[a]', '[A "B c"]', '[a.B]', '"', '\\', '\n', '\r\n', ' ', '\t', '=', '#', ';', 'x', 'Y-1', '\\"', '\\n', '\\\n', 'b = ', '\nb =');
  const property = fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
    const text = `[s]\n${pieces.join('')}`;
    writeFileSync(file, text);
    const listed = tryGit('/', 'config', '--no-includes', '--file', file, '--list', '--null');
    const expected: Record<string, string | null> = {};
    for (const entry of listed?.split('\0').slice(0, -1) ?? []) {
      const end = entry.indexOf('\n');
      expected[end < 0 ? entry : entry.slice(0, end)] = end < 0 ? null : entry.slice(end + 1);
    }
    expect(await codeOf(() => values(text))).toEqual(listed === null ? 'CONFIG_SYNTAX' : expected);
  });
  await fc.assert(property, { numRuns: 400 });
});
