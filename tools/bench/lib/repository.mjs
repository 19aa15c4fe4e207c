// @ts-check
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMIT, COMMIT_ID, PERSON } from './updates.mjs';

/** A repository that Git has made, and that can be had again as it was at first. */
export class Repository {
  /** @type {string} */
  dir;
  #git;
  #folder = mkdtempSync(join(tmpdir(), 'reftable-bench-git-'));
  #fresh = join(this.#folder, 'fresh.git');

  /** @param {string} git the program */
  constructor(git) {
    this.#git = git;
    this.dir = join(this.#folder, 'repository.git');
    execFileSync(git, ['init', '-q', '--bare', '--ref-format=reftable', this.#fresh], { env: this.#env });
    execFileSync(git, ['-C', this.#fresh, 'config', 'core.logAllRefUpdates', 'true'], { env: this.#env });
    // The tree that it names need not be there.
    const id = execFileSync(git, ['-C', this.#fresh, 'hash-object', '-w', '-t', 'commit', '--literally', '--stdin'], { env: this.#env, input: COMMIT, encoding: 'utf8' });
    if (id.trim() !== COMMIT_ID) throw new Error(`the commit has become ${id}`);
    this.reset();
  }

  /** The folder of its stack. */
  get stack() {
    return join(this.dir, 'reftable');
  }

  /** Runs Git in it. @param {string[]} args @param {string} input */
  git(args, input) {
    execFileSync(this.#git, ['-C', this.dir, ...args], { env: this.#env, input, stdio: ['pipe', 'ignore', 'inherit'] });
  }

  reset() {
    rmSync(this.dir, { recursive: true, force: true });
    cpSync(this.#fresh, this.dir, { recursive: true });
  }

  close() {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #env() {
    const { name, email, time } = PERSON;
    return {
      ...process.env,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: `${time} +0100`,
    };
  }
}
