// @ts-check
// Where writers meet: a repository, the refs that they write to, and the ids that they write.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';

/** @typedef {import('../../fixtures/lib/git.mjs').Git} Git */
/** @typedef {import('@reftable/block').Hash} Hash */

/** The ref that all writers write to. */
export const SHARED = 'refs/heads/shared';

/**
 * The refs that one writer alone writes to: its branch, two that always hold the same, and one that comes and goes.
 * @param {string} writer
 */
export function refsOf(writer) {
  return { own: `refs/heads/${writer}`, pair: [`refs/pair/${writer}/a`, `refs/pair/${writer}/b`], flapping: `refs/heads/flapping-${writer}` };
}

/** How many ids each writer has, to write them by turns: more than it makes attempts between two that succeed, of which nobody knows whether they did. */
const IDS = 32;

/** A repository of Git's. */
export class Scene {
  /** @type {Git} */
  git;
  /** @type {string} the git dir */
  dir;
  /** @type {Hash} */
  hash;
  #ids;

  /**
   * @param {Git} git
   * @param {string} dir does not exist
   * @param {Hash} hash
   * @param {number} writers
   */
  constructor(git, dir, hash, writers) {
    this.git = git;
    this.dir = dir;
    this.hash = hash;
    git.run(['init', '-q', '--bare', '--template=', '--ref-format=reftable', `--object-format=${hash}`, dir]);
    git.run(['config', 'core.logAllRefUpdates', 'true'], { cwd: dir });
    const marks = join(dir, 'marks');
    const commits = Array.from({ length: writers * IDS }, (_, number) => `commit refs/heads/import\nmark :${number + 1}\ncommitter A U Thor <author@example.invalid> ${number} +0000\ndata 0\n\n`);
    git.run(['fast-import', '--quiet', `--export-marks=${marks}`], { cwd: dir, input: commits.join('') });
    git.run(['update-ref', '-d', 'refs/heads/import'], { cwd: dir });
    this.#ids = [...readFileSync(marks, 'utf8').matchAll(/^:(\d+) (\S+)$/gm)].sort((a, b) => Number(a[1]) - Number(b[1])).map(([, , id]) => String(id));
  }

  /** The folder of the stack. */
  get stack() {
    return join(this.dir, 'reftable');
  }

  get nullId() {
    return '0'.repeat(this.hash === 'sha1' ? 40 : 64);
  }

  /** The ids that a writer writes. @param {number} writer its number */
  idsOf(writer) {
    return this.#ids.slice(writer * IDS, (writer + 1) * IDS);
  }
}

/** Puts a large table at the bottom of a stack: while it is merged, others have time to do something. @param {Scene} scene @param {number} refs */
export function fillWith(scene, refs) {
  const stack = openStackSync(new FolderStorage(scene.stack));
  const [oid = ''] = scene.idsOf(0);
  stack.transaction((transaction) => {
    for (let number = 0; number < refs; number++) transaction.addRef({ kind: 'direct', name: `refs/padding/base/${number}`, oid });
  });
  stack.close();
}
