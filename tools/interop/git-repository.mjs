// @ts-check
// A repository of Git's with objects in it, and what Git says of it and does to it.
import { join } from 'node:path';
import { traceLogs } from '../fixtures/lib/probe.mjs';
import { entryLines, line } from './lines.mjs';

/** @typedef {import('../fixtures/lib/git.mjs').Git} Git */
/** @typedef {import('./history.mjs').Change} Change */
/** @typedef {import('./history.mjs').Stamp} Stamp */
/** @typedef {import('@reftable/block').Hash} Hash */

export class GitRepository {
  /** @type {Git} */
  git;
  /** @type {string} where commands are run */
  dir;
  /** @type {string[]} ids of commits */
  commits = [];
  /** @type {Map<string, string>} ids of annotated tags, and of what they peel to */
  tags = new Map();
  nullId;

  /**
   * @param {Git} git
   * @param {string} dir does not exist
   * @param {Hash} hash
   */
  constructor(git, dir, hash) {
    this.git = git;
    this.dir = dir;
    this.nullId = '0'.repeat(hash === 'sha1' ? 40 : 64);
    git.run(['init', '-q', '--template=', '--ref-format=reftable', `--object-format=${hash}`, dir]);
    this.run(['config', 'core.logAllRefUpdates', 'always']);
    const tree = this.text(['mktree']);
    for (let number = 0; number < 10; number++) {
      this.commits.push(this.text(['commit-tree', '-m', String(number), tree, ...this.commits.slice(-1).flatMap((parent) => ['-p', parent])]));
    }
    for (const commit of this.commits.slice(0, 4)) {
      const tag = `object ${commit}\ntype commit\ntag tag\ntagger A U Thor <author@example.invalid> 1400000000 +0000\n\na tag\n`;
      this.tags.set(this.text(['mktag'], tag), commit);
    }
  }

  /** The same repository, as commands find it in another worktree. @param {string} dir @returns {GitRepository} */
  at(dir) {
    return Object.assign(Object.create(GitRepository.prototype), this, { dir });
  }

  /** The folder of the stack. */
  get stack() {
    return join(this.dir, '.git/reftable');
  }

  /** @param {readonly string[]} args @param {{ input?: string, env?: Record<string, string> }} [options] */
  run(args, options = {}) {
    return this.git.run(args, { cwd: this.dir, ...options }).toString('latin1');
  }

  /** What a command prints, without the newline. @param {readonly string[]} args @param {string} [input] */
  text(args, input = '') {
    return this.run(args, { input }).trimEnd();
  }

  /**
   * @param {readonly Change[]} changes of one transaction, or of a symbolic ref alone
   * @param {Stamp} stamp
   */
  change(changes, stamp) {
    const env = stampEnv(stamp);
    const [first] = changes;
    if (first?.to !== undefined && 'target' in first.to) {
      this.run(['symbolic-ref', '-m', stamp.message, first.name, first.to.target], { env });
      return;
    }
    const steps = changes.map(({ name, to }) => (to === undefined ? `option no-deref\ndelete ${name}` : `update ${name} ${'oid' in to ? to.oid : ''}`));
    this.run(['update-ref', '-m', stamp.message, '--stdin'], { env, input: ['start', ...steps, 'commit', ''].join('\n') });
  }

  /** Gives a branch another name. @param {string} from @param {string} to @param {Stamp} stamp @returns {string} the message in the log */
  rename(from, to, stamp) {
    this.run(['branch', '-m', ...[from, to].map((name) => name.replace('refs/heads/', ''))], { env: stampEnv(stamp) });
    return `Branch: renamed ${from} to ${to}`;
  }

  /** The refs that lead to an object, symbolic ones with where they lead to, as lines. */
  refLines() {
    const format = '--format=%(refname) %(objectname) %(symref) %(*objectname)';
    return this.run(['for-each-ref', '--include-root-refs', format]).split('\n').slice(0, -1).map((text) => line(...text.split(' ')));
  }

  /** All reflogs, newest entry first, as lines; a line with the name alone for each log. */
  logLines() {
    return logLines(traceLogs(this.git, this.dir));
  }

  /** What Git finds wrong with refs and objects. */
  complaints() {
    const checks = [['fsck', '--no-dangling', '--no-progress'], ...(this.git.isAtLeast(47) ? [['refs', 'verify']] : [])];
    return checks.map((check) => this.git.attempt(check, { cwd: this.dir })).flatMap(({ status, stdout, stderr }) => (status === 0 ? [] : [String(status)]).concat(String(stdout), stderr).filter((text) => text !== ''));
  }
}

/** @param {ReadonlyMap<string, import('./history.mjs').LogEntry[]>} logs */
export function logLines(logs) {
  return [...[...logs.keys()].map((ref) => line(ref)), ...entryLines(logs)];
}

/** @param {Stamp} stamp @returns {Record<string, string>} */
function stampEnv({ name, email, time, zone }) {
  return { GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: `@${time} ${zone}` };
}
