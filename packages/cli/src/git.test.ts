/* The command beside a real Git, on repositories that this Git has just made. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lines, output, run, scratchFolder } from './cli.testing.js';

/** A Git that knows the format, if there is one: the global set-up of the tests has seen to that. */
const program = process.env['REFTABLE_GIT'];
if (program === undefined) process.stderr.write('NOTICE: no Git that knows the reftable format: the command is not compared with it\n');

let seconds = Date.UTC(2024, 0, 1) / 1000;

function git(folder: string, ...args: readonly string[]): string {
  seconds += 100;
  const date = `${seconds} ${seconds % 3 === 0 ? '-0330' : '+0100'}`;
  const env = {
    PATH: process.env['PATH'],
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'A U Thor',
    GIT_AUTHOR_EMAIL: 'author@example.invalid',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: 'Comítter',
    GIT_COMMITTER_EMAIL: 'committer@example.invalid',
    GIT_COMMITTER_DATE: date,
  };
  return execFileSync(program!, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
}

function commit(folder: string, message: string): void {
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', message);
}

/** What `reftable ls` should print, from Git's own listing. */
function listing(folder: string): string[] {
  const peeled = new Map(
    gitLines(folder, 'show-ref', '--dereference', '--tags')
      .filter((line) => line.endsWith('^{}'))
      .map((line) => [line.slice(line.indexOf(' ') + 1, -3), line.split(' ')[0]]),
  );
  return gitLines(folder, 'for-each-ref', '--include-root-refs', '--format=%(objectname)|%(refname)|%(symref)').flatMap((line) => {
    const [oid, name, symref] = line.split('|');
    if (symref !== '') return [`ref: ${symref!}\t${name!}`];
    const target = peeled.get(name!);
    return target === undefined ? [`${oid!}\t${name!}`] : [`${oid!}\t${name!}`, `${target}\t${name!}^{}`];
  });
}

function gitLines(folder: string, ...args: readonly string[]): string[] {
  return git(folder, ...args)
    .split('\n')
    .slice(0, -1);
}

describe.skipIf(program === undefined).each(['sha1', 'sha256'])('a repository of Git, %s', (hash) => {
  const scratch = scratchFolder();
  const work = join(scratch, 'work');
  const linked = join(scratch, 'linked');

  beforeAll(() => {
    git(scratch, 'init', '--quiet', '--ref-format=reftable', `--object-format=${hash}`, '--initial-branch=main', 'work');
    commit(work, 'first');
    commit(work, 'second ☃');
    git(work, 'tag', '--annotate', '--message', 'one', 'v1');
    git(work, 'tag', 'light');
    git(work, 'branch', 'side/line', 'HEAD~1');
    git(work, 'branch', 'gone');
    git(work, 'branch', '--quiet', '-D', 'gone');
    git(work, 'update-ref', 'refs/remotes/origin/main', 'HEAD~1');
    git(work, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
    git(work, 'update-ref', '--create-reflog', '-m', 'a note', 'refs/notes/x', 'HEAD');
    git(work, 'reset', '--quiet', '--hard', 'HEAD~1');
    for (let number = 0; number < 40; number++) git(work, 'update-ref', `refs/heads/many/${number}`, 'HEAD');
    git(work, 'worktree', 'add', '--quiet', '-b', 'linked-branch', linked);
    git(linked, 'update-ref', 'refs/worktree/mine', 'HEAD');
    git(linked, 'update-ref', 'refs/bisect/bad', 'HEAD');
    git(work, 'update-ref', 'refs/bisect/good', 'HEAD');
    commit(linked, 'in the worktree');
  }, 120_000);

  it('is listed as Git lists it, also from a linked worktree', async () => {
    expect(await lines('ls', work)).toEqual(listing(work));
    expect(await lines('ls', linked)).toEqual(listing(linked));
    expect(await output('ls', linked)).toMatch(/refs\/worktree\/mine/);
    expect(await output('ls', linked)).not.toMatch(/refs\/bisect\/good/);
  });

  it('is listed by prefix', async () => {
    for (const prefix of ['refs/heads/', 'refs/bisect', 'refs/', 'HEA', 'refs/heads/many/1', 'x']) {
      for (const folder of [work, linked]) {
        const expected = listing(folder).filter((line) => line.split('\t')[1]!.startsWith(prefix));
        expect(await lines('ls', '--prefix', prefix, folder), `${prefix} in ${folder}`).toEqual(expected);
      }
    }
  });

  it('has the logs that Git shows', async () => {
    for (const folder of [work, linked]) {
      for (const name of ['HEAD', 'main', 'refs/heads/main', 'heads/main', 'side/line', 'origin', 'origin/main', 'many/7', 'linked-branch', 'refs/notes/x']) {
        const expected = git(folder, 'reflog', 'show', '--no-abbrev', '--date=raw', name);
        expect(await output('log', name, folder), `${name} in ${folder}`).toBe(expected);
      }
    }
  });

  it('has an empty log where a ref has none', async () => {
    git(work, 'update-ref', 'refs/other/x', 'HEAD');
    expect(await output('log', 'refs/other/x', work)).toBe('');
    expect((await run(['log', 'gone', work])).exitCode).toBe(1);
  });

  it('has, in raw form, the entries that Git keeps in log files', async () => {
    const files = join(scratch, 'as-files');
    git(scratch, 'clone', '--quiet', '--mirror', work, files);
    const rows = await lines('log', '--raw', 'main', work);
    const expected = gitLines(work, 'reflog', 'show', '--no-abbrev', '--date=raw', '--format=%H %gn <%ge> %gd%x09%gs', 'main');
    expect(rows.map((row) => row.replace(/^[0-9a-f]+ /, ''))).toEqual(
      expected.map((row) => row.replace(/ main@\{(.*?)\}\t/, ' $1\t')),
    );
    // The old id of each is the new id of the one before.
    expect(rows.slice(0, -1).map((row) => row.split(' ')[0])).toEqual(rows.slice(1).map((row) => row.split(' ')[1]));
  });

  it('is shown with all that a person asks for first', async () => {
    const text = await output('show', '--all', work);
    const head = git(work, 'rev-parse', 'HEAD').trim();
    expect(text).toContain(`HEAD is on branch main at ${head}\n`);
    expect(text).toContain(`* ${head}  main\n`);
    const branches = gitLines(work, 'for-each-ref', '--format=%(objectname)  %(refname:lstrip=2)', 'refs/heads');
    expect(text).toContain(`Branches (${branches.length})\n`);
    for (const branch of branches) expect(text).toContain(` ${branch}\n`);
    expect(text).toContain(`  ${git(work, 'rev-parse', 'v1').trim()}  v1  peels to ${git(work, 'rev-parse', 'v1^{commit}').trim()}\n`);
    expect(text).toContain('  refs/remotes/origin/HEAD → refs/remotes/origin/main\n');
    const own = await output('show', linked);
    expect(own).toMatch(/^HEAD is on branch linked-branch at /m);
    expect(own).toMatch(/ {2}refs\/worktree\/mine\n/);
    expect(own).toMatch(/\nTables of this worktree \(\d+\)\n/);
  });

  it('is shown detached, unborn, and bare', async () => {
    git(linked, 'switch', '--quiet', '--detach');
    expect(await output(linked)).toMatch(/^HEAD is detached at [0-9a-f]+$/m);
    git(scratch, 'init', '--quiet', '--bare', '--ref-format=reftable', '--initial-branch=trunk', `new-${hash}`);
    const text = await output(join(scratch, `new-${hash}`));
    expect(text).toMatch(/^Bare repository /);
    expect(text).toMatch(/^HEAD is on branch trunk, which has no commit yet$/m);
  });

  it('is found by the file that a linked worktree has for a git dir', async () => {
    expect(await output('ls', join(linked, '.git'))).toBe(await output('ls', linked));
  });

  it('is refused once its refs are files', async () => {
    git(scratch, 'init', '--quiet', '--ref-format=files', `plain-${hash}`);
    writeFileSync(join(scratch, `plain-${hash}`, 'file'), '');
    const { exitCode, stderr } = await run([join(scratch, `plain-${hash}`)]);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/not in reftable format/);
  });
});
