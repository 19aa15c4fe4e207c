// @ts-check
// Git and we write to one repository by turns, and both see what a model says: refs, reflogs, and nothing left over in the folder.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStack, openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Git } from '../fixtures/lib/git.mjs';
import { traceLogs } from '../fixtures/lib/probe.mjs';
import { Random } from '../fixtures/lib/random.mjs';
import { GitRepository } from './git-repository.mjs';
import { entryLines, line, logName, shownEntries } from './lines.mjs';
import { allOf, writeChanges } from './our-writer.mjs';
import { BULK, SharedStack, STEPS, storedLine, strays } from './shared-stack.mjs';

/** @typedef {import('@reftable/block').Hash} Hash */

const program = process.env['REFTABLE_GIT'];
if (program === undefined) process.stderr.write('NOTICE: no Git that knows the reftable format: whether it shares a stack with us is not tested\n');

const scratch = mkdtempSync(join(tmpdir(), 'reftable-shared-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const git = program === undefined ? undefined : new Git(program, join(scratch, 'home'));

const ROUNDS = 150;
describe.skipIf(git === undefined)('a stack shared with Git', () => {
  describe.each(/** @type {Hash[]} */ (['sha1', 'sha256']))('%s', (hash) => {
    /** @type {SharedStack} */
    let shared;

    beforeAll(async () => {
      const repository = new GitRepository(/** @type {Git} */ (git), join(scratch, hash), hash);
      const stack = await openStack(new FolderStorage(repository.stack), { durability: 'none' });
      shared = new SharedStack(repository, new Random(`shared ${hash}`), stack, openStackSync(new FolderStorage(repository.stack)));
    });

    afterAll(() => {
      shared.async.close();
      shared.sync.close();
    });

    it(`is what a model says, after each of ${ROUNDS} random changes by either`, { timeout: 180_000 }, async () => {
      await shared.check();
      for (let round = 1; round <= ROUNDS; round++) {
        const [what, work] = BULK.get(round) ?? shared.random.pick(STEPS);
        shared.done.push(what);
        await work(shared);
        await shared.check();
        if (round % 10 > 0) continue;
        await shared.mend();
        expect(shared.repository.complaints(), shared.done.slice(-12).join('; ')).toEqual([]);
      }
      expect(new Set(shared.done).size).toBe(15);
    });

    it("may be a linked worktree's", async () => {
      const main = shared.repository;
      await shared.mend();
      main.run(['worktree', 'add', '-q', '--detach', `${main.dir}-linked`, 'refs/heads/main']);
      const linked = main.at(`${main.dir}-linked`);
      const path = join(main.dir, '.git/worktrees', `${hash}-linked`, 'reftable');
      expect(existsSync(path)).toBe(true);
      const stack = await openStack(new FolderStorage(path));
      shared.sync.reload();
      const before = shared.sync.tables;
      const { commits } = main;
      const stamp = { name: 'N', email: 'e@example.invalid', time: '1600000000', zone: '+0200', message: 'step' };
      /** What is in the worktree's own stack. */
      const refs = new Map(['HEAD', 'ORIG_HEAD'].map((name) => [name, linked.text(['rev-parse', name])]));
      const [bad, good, mine] = ['refs/bisect/bad', 'refs/bisect/good', 'refs/worktree/mine'];

      for (const [step, oid] of commits.entries()) {
        if (oid === refs.get('HEAD')) continue;
        const changes = ['HEAD', bad, mine].map((name) => ({ name, to: { oid } }));
        const added = changes.map(({ name }) => ({ ref: name, entry: { ...stamp, old: refs.get(name) ?? main.nullId, new: oid } }));
        await writeChanges(stack, changes, { added, dropped: [] }, main.tags);
        linked.change([good, `refs/rewritten/${step}`].map((name) => ({ name, to: { oid } })), stamp);
        if (step % 4 === 1) await stack.compact();
        if (step % 4 === 3) linked.run(['pack-refs']);
        for (const name of ['HEAD', bad, mine, good, `refs/rewritten/${step}`]) refs.set(name, oid);

        await stack.reload();
        const expected = [...refs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, id]) => line(name, id, ''));
        expect((await allOf(stack.refs())).map(storedLine)).toEqual(expected);
        expect(linked.text(['rev-parse', ...refs.keys()]).split('\n')).toEqual([...refs.values()]);
        expect(main.text(['rev-parse', ...[...refs.keys()].map((name) => `worktrees/${hash}-linked/${name}`)]).split('\n')).toEqual([...refs.values()]);
        const records = await allOf(stack.logs());
        const own = new Set(records.map(logName));
        expect(shownEntries(records, false)).toEqual(entryLines(new Map([...traceLogs(main.git, linked.dir)].filter(([ref]) => own.has(ref)))));
        expect(strays(path)).toEqual([]);
      }
      expect(linked.complaints()).toEqual([]);
      expect(shared.sync.reload()).toBe(false);
      expect(shared.sync.tables).toEqual(before);
      stack.close();
    });
  });
});
