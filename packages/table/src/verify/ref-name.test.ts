import { execFileSync } from 'node:child_process';
import { textBytes } from '@reftable/block';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refNameFault } from './ref-name.js';

const faultOf = (name: string | Uint8Array): string | undefined => refNameFault(textBytes(name), 0, name.length);

describe('refNameFault', () => {
  test.each(['HEAD', 'refs/heads/main', 'a', 'refs/heads/a.b', 'refs/a./b', 'refs/heads/locked', 'a@b', '@/a', 'a{b', '-', 'a.lock1', 'refs/heads/@'])(
    '%s is a name',
    (name) => {
      expect(faultOf(name)).toBeUndefined();
    },
  );

  test.each([
    ['', 'is empty'],
    ['/a', 'has an empty part'],
    ['a//b', 'has an empty part'],
    ['a/', 'ends with a slash'],
    ['/', 'has an empty part'],
    ['a.', 'ends with a dot'],
    ['.a', 'has a part that begins with a dot'],
    ['a/.b', 'has a part that begins with a dot'],
    ['a..b', 'has two dots in a row'],
    ['a.lock', 'has a part that ends with ".lock"'],
    ['a.lock/b', 'has a part that ends with ".lock"'],
    ['a@{b', 'has "@{" in it'],
    ['@', 'is "@"'],
    ['a b', 'has a byte 0x20'],
    ['a\x00b', 'has a byte 0x00'],
    ['a\x7fb', 'has a byte 0x7f'],
    ['a*', 'has a byte 0x2a'],
    ['a\\b', 'has a byte 0x5c'],
  ])('%j %s', (name, fault) => {
    expect(faultOf(name)).toBe(fault);
  });

  test('looks at the range only', () => {
    expect(refNameFault(textBytes('..HEAD..'), 2, 6)).toBeUndefined();
    expect(refNameFault(textBytes('.lock'), 1, 5)).toBeUndefined();
    expect(refNameFault(textBytes('a/b'), 0, 2)).toBe('ends with a slash');
  });

  const git = process.env['REFTABLE_GIT'];
  test.skipIf(git === undefined)('says the same as Git', () => {
    const piece = fc.constantFrom('a', 'B', '.', '/', '@', '{', '.lock', 'refs', '~', ' ', '-', '*', '\u00e4', '\x01', ':', '..');
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const name = pieces.join('');
        // Git takes it for an option.
        fc.pre(!name.startsWith('-'));
        const bytes = textBytes(name);
        expect(refNameFault(bytes, 0, bytes.length) === undefined, JSON.stringify(name)).toBe(isNameForGit(name));
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  function isNameForGit(name: string): boolean {
    try {
      execFileSync(git!, ['check-ref-format', '--allow-onelevel', name], { stdio: 'ignore' });
      return true;
    } catch (error) {
      if ((error as { status?: number }).status === 1) return false;
      throw error;
    }
  }
});
