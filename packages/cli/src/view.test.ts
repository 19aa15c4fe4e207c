import { join } from 'node:path';
import { gitStacks } from '@reftable/conformance';
import { describe, expect, it } from 'vitest';
import { inFolder, lines, output, reftableStub, scratchFolder, writeTree } from './cli.testing.js';

const scratch = scratchFolder();
const cases = gitStacks('git')
  .filter(({ worktrees }) => worktrees.length > 0)
  .flatMap((stack) => stack.worktrees.map((worktree) => ({ title: `${stack.name}/${worktree.name}`, stack, worktree })));

describe('a linked worktree', () => {
  it('is in the fixtures', () => expect(cases.length).toBeGreaterThan(0));

  it.each(cases)('$title: sees what Git shows from inside it', async ({ title, stack, worktree }) => {
    const inner = `worktrees/${worktree.name}`;
    const repository = writeTree(join(scratch, title), {
      ...reftableStub(),
      ...inFolder('reftable', stack.files),
      ...inFolder(`${inner}/reftable`, worktree.files),
      [`${inner}/HEAD`]: 'ref: refs/heads/.invalid\n',
      [`${inner}/commondir`]: '../..\n',
      [`${inner}/refs/heads`]: 'this repository uses the reftable format\n',
    });
    if (stack.hash === 'sha256') writeTree(repository, { config: `${reftableStub()['config']!}\tobjectformat = sha256\n` });
    const work = writeTree(join(scratch, `${title} work`), { '.git': `gitdir: ${join(repository, inner)}\n` });

    const all = await lines('ls', work);
    const oids = new Map(all.filter((line) => !line.startsWith('ref: ')).map((line) => [line.split('\t')[1], line.split('\t')[0]]));
    const resolved = all.flatMap((line) => {
      const [value, name] = line.split('\t') as [string, string];
      if (name.endsWith('^{}')) return [];
      const oid = value.startsWith('ref: ') ? oids.get(value.slice(5)) : value;
      return oid === undefined ? [] : [{ name, oid }];
    });
    expect(resolved).toEqual(worktree.expected.visible);

    // Logs come from the stack that the ref is in.
    for (const { ref, entries } of worktree.expected.logs) {
      const shown = await lines('log', ref!, work);
      expect(shown.map((line) => line.split(' ')[0])).toEqual(entries.map((entry) => entry.new));
    }
    const shared = stack.expected.logs.find(({ ref }) => ref?.startsWith('refs/heads/'));
    if (shared !== undefined) expect(await output('log', shared.ref!, work)).toBe(await output('log', shared.ref!, repository));
    // A dump is of its own stack.
    expect(await output('dump', '--json', work)).toBe(await output('dump', '--json', worktree.directory));
  });
});
