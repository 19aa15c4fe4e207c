// @ts-check
// Makes `example.git` anew: a small bare repository in reftable format, by real Git (2.45 or newer; `REFTABLE_GIT` names another than `git`).
// Everything but the random part of the tables' names is the same each time.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const target = join(import.meta.dirname, '../example.git');
const work = mkdtempSync(join(tmpdir(), 'reftable-example-'));
const gitDir = join(work, '.git');

const people = [
  { name: 'Ada Nilsson', email: 'ada@example.org', zone: '+0200' },
  { name: 'Tomás Vega', email: 'tomas@example.org', zone: '-0330' },
];

const CONFIG = `[core]
\trepositoryformatversion = 1
\tbare = true
[extensions]
\trefstorage = reftable
`;

let hours = 0;
let compacts = true;

/**
 * Runs Git. Each call is an hour after the one before, and now and then somebody else takes over.
 * @param {readonly string[]} args
 */
function git(...args) {
  hours++;
  const { name, email, zone } = /** @type {typeof people[0]} */ (people[(hours >> 2) % people.length]);
  const date = `${Date.UTC(2024, 4, 6, hours) / 1000} ${zone}`;
  const env = {
    PATH: process.env['PATH'],
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
    GIT_TEST_REFTABLE_AUTOCOMPACTION: String(compacts),
  };
  execFileSync(process.env['REFTABLE_GIT'] ?? 'git', args, { cwd: work, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * Changes a file and commits it.
 * @param {string} name
 * @param {string} message
 */
function commit(name, message) {
  writeFileSync(join(work, name), `${message}\n`);
  git('add', name);
  git('commit', '--quiet', '--message', message);
}

git('init', '--quiet', '--ref-format=reftable', '--initial-branch=main');
for (const [key, value] of Object.entries({ 'maintenance.auto': 'false', 'repack.writeBitmaps': 'false' })) git('config', key, value);
commit('README', 'Start the lighthouse log');
commit('lamp', 'Describe the lamp');
git('tag', '--annotate', '--message', 'First light', 'v1.0');
git('switch', '--quiet', '--create', 'fog-horn');
commit('horn', 'Add the fog horn');
commit('horn', 'Make the horn louder');
git('switch', '--quiet', 'main');
commit('lamp', 'Clean the lens');
git('tag', 'checked');
git('merge', '--quiet', '--no-edit', 'fog-horn');
git('tag', '--annotate', '--message', 'Light and sound', 'v1.1');
git('update-ref', '-m', 'fetch: storing head', 'refs/remotes/origin/main', 'v1.1~1');
git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
git('branch', 'tide-tables', 'v1.0^{commit}');
git('branch', 'mistake');

// From here on every transaction leaves a table.
compacts = false;
git('branch', '--quiet', '-D', 'mistake');
git('notes', 'add', '--message', 'Seen from the ferry', 'v1.0^{commit}');
commit('lamp', 'Paint the gallery');
git('reset', '--quiet', '--hard', 'HEAD~1');

git('repack', '--quiet', '-a', '-d');
rmSync(target, { recursive: true, force: true });
for (const name of ['HEAD', 'refs', 'reftable', 'objects/pack']) cpSync(join(gitDir, name), join(target, name), { recursive: true });
writeFileSync(join(target, 'config'), CONFIG);
// A reverse index only makes large packs faster.
for (const name of readdirSync(join(target, 'objects/pack'))) if (name.endsWith('.rev')) rmSync(join(target, 'objects/pack', name));
rmSync(work, { recursive: true });
