import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isRefName, placeOf } from './ref-name.js';
import { git, gitProgram, scratchFolder, tryGit } from './repository.testing.js';

const GOOD = ['HEAD', 'ORIG_HEAD', 'X-Y', 'refs/heads/main', 'refs/heads/a/b.c', 'refs/heads/ä', 'refs/stash', 'refs/heads/@', 'refs/heads/a{b',
  'worktrees/w/HEAD', 'main-worktree/refs/bisect/bad', 'refs/heads/a.locked', 'refs/heads/-'];
const BAD = ['', '@', '/', 'refs/', 'refs//a', '/refs/heads/a', 'refs/heads/a/', 'refs/heads/a.', 'refs/heads/.a', 'refs/heads/.invalid', 'refs/heads/..',
  'refs/heads/../../config', 'refs/heads/a..b', 'refs/heads/a.lock', 'refs/heads/a.lock/b', 'refs/heads/a b', 'refs/heads/a\tb', 'refs/heads/a\nb',
  'refs/heads/a\x7f', 'refs/heads/a\0', 'refs/heads/a~', 'refs/heads/a^', 'refs/heads/a:', 'refs/heads/a?', 'refs/heads/a*', 'refs/heads/a[',
  'refs/heads/a\\b', 'refs/heads/a@{b'];
/** Fine as a name for Git, but a path of something else in the git dir. */
const NOT_REFS = ['config', 'objects/x', 'heads/main', 'reFs/heads/main', 'worktrees/w', '../refs/heads/main', 'head'];

describe('isRefName', () => {
  test.each(GOOD)('%j', (name) => expect(isRefName(name)).toBe(true));
  test.each([...BAD, ...NOT_REFS])('not %j', (name) => expect(isRefName(name)).toBe(false));

  test.skipIf(gitProgram === undefined)('is what Git says', () => {
    const says = (name: string) => tryGit('/', 'check-ref-format', '--allow-onelevel', name) !== null;
    expect(GOOD.filter((name) => !says(name))).toEqual([]);
    // An argument can not have a zero byte.
    expect(BAD.filter((name) => !name.includes('\0') && says(name))).toEqual([]);
  });
});

describe('placeOf', () => {
  test.each([
    ['HEAD', 'own', 'HEAD'],
    ['AUTO_MERGE', 'own', 'AUTO_MERGE'],
    ['refs/bisect/bad', 'own', 'refs/bisect/bad'],
    ['refs/worktree/x', 'own', 'refs/worktree/x'],
    ['refs/rewritten/x', 'own', 'refs/rewritten/x'],
    ['refs/worktrees/x', 'common', 'refs/worktrees/x'],
    ['refs/heads/main', 'common', 'refs/heads/main'],
    ['refs/heads/HEAD', 'common', 'refs/heads/HEAD'],
    ['main-worktree/HEAD', 'common', 'HEAD'],
    ['main-worktree/refs/bisect/bad', 'common', 'refs/bisect/bad'],
    ['main-worktree/refs/heads/main', 'common', 'main-worktree/refs/heads/main'],
    ['worktrees/w/HEAD', { worktree: 'w' }, 'HEAD'],
    ['worktrees/w/refs/worktree/a/b', { worktree: 'w' }, 'refs/worktree/a/b'],
    ['worktrees/w/refs/heads/main', 'common', 'worktrees/w/refs/heads/main'],
  ])('%s', (name, where, inside) => expect(placeOf(name)).toEqual({ where, name: inside }));
});

test.skipIf(gitProgram === undefined).each(['files', 'reftable'])('Git keeps refs of worktrees there (%s)', (format) => {
  const folder = scratchFolder();
  git(folder, 'init', '-q', `--ref-format=${format}`, 'main');
  const main = join(folder, 'main');
  git(main, 'commit', '-q', '--allow-empty', '-m', 'x');
  git(main, 'worktree', 'add', '-q', '../linked');
  const linked = join(folder, 'linked');
  const oid = git(main, 'rev-parse', 'HEAD');
  for (const name of ['refs/bisect/bad', 'refs/worktree/x', 'refs/rewritten/x', 'refs/heads/x', 'refs/worktrees/x']) {
    git(linked, 'update-ref', name, oid);
    const isSeen = tryGit(main, 'rev-parse', '--verify', '-q', name) !== null;
    expect([name, isSeen ? 'common' : 'own']).toEqual([name, placeOf(name).where]);
    if (!isSeen) expect(git(main, 'rev-parse', `worktrees/linked/${name}`)).toBe(oid);
  }
});
