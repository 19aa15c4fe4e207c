// @ts-check
// A repository that Git and we use by turns: what either may do to it, and whether both then see what a model says.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { logLines } from './git-repository.mjs';
import { History } from './history.mjs';
import { differences, line, logName, refName, shownEntries } from './lines.mjs';
import { allOf, deleteEntry, writeChanges } from './our-writer.mjs';

/** @typedef {import('../fixtures/lib/random.mjs').Random} Random */
/** @typedef {import('./git-repository.mjs').GitRepository} GitRepository */
/** @typedef {import('./history.mjs').Change} Change */
/** @typedef {import('@reftable/block').Ref} Ref */
/** @typedef {import('@reftable/stack').Stack} Stack */
/** @typedef {import('@reftable/stack').StackSync} StackSync */

const ZONES = ['+0000', '+0530', '-0330', '+1400', '-1200'];
const BRANCHES = Array.from({ length: 9 }, (_, number) => `refs/heads/b${number}`);
const ALIAS = 'refs/heads/alias';

/** The stack of a repository, and what must be in it. */
export class SharedStack {
  repository;
  history;
  random;
  /** @type {Stack} */
  async;
  /** @type {StackSync} */
  sync;
  /** What was done, for whoever has to find out why something is not as it should be. @type {string[]} */
  done = [];
  #time = 1_500_000_000;
  /** @type {{ snapshot: import('@reftable/stack').StackSnapshot, lines: string[] }[]} */
  #snapshots = [];

  /** @param {GitRepository} repository @param {Random} random @param {Stack} stack @param {StackSync} sync */
  constructor(repository, random, stack, sync) {
    this.repository = repository;
    this.random = random;
    this.async = stack;
    this.sync = sync;
    this.history = new History(repository.nullId);
    this.history.change([{ name: 'HEAD', to: { target: 'refs/heads/main' } }], this.#stamp());
  }

  #stamp() {
    const { random } = this;
    this.#time += random.between(1, 5000);
    return { name: random.word(), email: `${random.word()}@example.invalid`, time: String(this.#time), zone: random.pick(ZONES), message: random.words(random.between(1, 9)) };
  }

  /** Another id than a ref has. @param {string} name @param {readonly string[]} ids */
  #otherId(name, ids) {
    const before = this.history.resolve(name);
    return this.random.pick(ids.filter((id) => id !== before));
  }

  /** Changes of one transaction. @returns {Change[]} */
  #changes() {
    const { random, history, repository } = this;
    if (random.below(8) === 0) return [{ name: ALIAS, to: { target: random.pick(['refs/heads/main', ...BRANCHES]) } }];
    const names = random.shuffled(['refs/heads/main', 'refs/tags/v1', 'refs/tags/v2', 'refs/notes/commits', ...BRANCHES]).slice(0, random.between(1, 5));
    return names.map((name) => {
      if (name !== 'refs/heads/main' && history.refs.has(name) && random.below(3) === 0) return { name, to: undefined };
      return { name, to: { oid: this.#otherId(name, name.startsWith('refs/tags/') ? [...repository.tags.keys()] : repository.commits) } };
    });
  }

  /** A face of ours, either one. */
  #ours() {
    return this.random.pick([this.async, this.sync]);
  }

  /** We write a transaction. */
  ourChange() {
    return this.#write(this.#changes());
  }

  /** @param {readonly Change[]} changes */
  async #write(changes) {
    await writeChanges(this.#ours(), changes, this.history.change(changes, this.#stamp()), this.repository.tags);
  }

  /** Git writes one. */
  gitChange() {
    this.#gitWrites(this.#changes());
  }

  /** @param {readonly Change[]} changes */
  #gitWrites(changes) {
    const stamp = this.#stamp();
    this.history.change(changes, stamp);
    this.repository.change(changes, stamp);
  }

  /** A transaction so large that its table is of many blocks and has indexes. @param {boolean} isOurs @param {boolean} isEnd whether its refs go */
  async bulk(isOurs, isEnd) {
    const changes = Array.from({ length: 1500 }, (_, number) => {
      const name = `refs/bulk/${String(number).padStart(4, '0')}`;
      return { name, to: isEnd ? undefined : { oid: this.#otherId(name, this.repository.commits) } };
    });
    if (isOurs) await this.#write(changes);
    else this.#gitWrites(changes);
  }

  /** We make all symbolic refs lead somewhere: others are an error for Git. */
  async mend() {
    if (this.history.resolve('refs/heads/main') === undefined) await this.#write([{ name: 'refs/heads/main', to: { oid: this.random.pick(this.repository.commits) } }]);
    if (this.history.refs.has(ALIAS)) await this.#write([{ name: ALIAS, to: { target: 'refs/heads/main' } }]);
  }

  /** We delete a symbolic ref, or Git does. @param {boolean} isOurs */
  async deleteAlias(isOurs) {
    if (this.history.resolve(ALIAS) === undefined) return;
    const changes = [{ name: ALIAS, to: undefined }];
    if (isOurs) await this.#write(changes);
    else this.#gitWrites(changes);
  }

  /** One entry of a log goes. @param {boolean} isOurs */
  async deleteEntry(isOurs) {
    const { history, random, repository } = this;
    const logged = [...history.refs.keys()].filter((name) => history.length(name) > 0);
    if (logged.length === 0) return;
    const name = random.pick(logged);
    const at = random.below(history.length(name));
    history.deleteEntry(name, at);
    if (isOurs) await deleteEntry(this.#ours(), name, at, repository.nullId);
    else repository.run(['reflog', 'delete', `${name}@{${at}}`]);
  }

  /** Old entries go: of one ref with Git, of all with us. @param {boolean} isOurs */
  async expire(isOurs) {
    const { history, random, repository } = this;
    const time = this.#time - random.between(0, 100_000);
    if (isOurs) {
      history.expireAll(time);
      await this.#ours().compact({ expire: { before: time } });
      return;
    }
    const name = random.pick([...history.logs.keys()].filter((ref) => history.resolve(ref) !== undefined));
    history.expire(name, time);
    repository.run(['reflog', 'expire', `--expire=@${time} +0000`, '--expire-unreachable=never', name]);
  }

  /** Git gives a branch another name. */
  rename() {
    const { history, random, repository } = this;
    const from = BRANCHES.filter((name) => history.refs.has(name) && history.length(name) > 0);
    const to = BRANCHES.filter((name) => !history.refs.has(name) && !history.logs.has(name));
    if (from.length === 0 || to.length === 0) return;
    const [before, after, stamp] = [random.pick(from), random.pick(to), this.#stamp()];
    history.rename(before, after, { ...stamp, message: repository.rename(before, after, stamp) });
  }

  /** We merge all tables, or some of them. */
  async compact() {
    const stack = this.#ours();
    await stack.reload();
    const last = stack.tables.length - 1;
    if (last < 1 || this.random.below(2) === 0) {
      await stack.compact();
      return;
    }
    const first = this.random.below(last);
    await stack.compact({ tables: { first, last: this.random.between(first, last) } });
  }

  /** Git merges tables. */
  pack() {
    this.repository.run(this.random.pick([['pack-refs'], ['pack-refs', '--auto']]));
  }

  /** Whether both see what must be there, and the folder holds nothing else. */
  async check() {
    const { repository, history } = this;
    const context = this.done.slice(-12).join('; ');
    const refs = [...history.refs].sort(([a], [b]) => (a < b ? -1 : 1));

    const listed = refs.flatMap(([name, to]) => {
      const oid = history.resolve(name);
      return oid === undefined ? [] : [line(name, oid, 'target' in to ? to.target : '', repository.tags.get(oid) ?? '')];
    });
    expect(differences(repository.refLines().sort(), listed.sort()), context).toEqual([]);
    const logs = history.logs;
    const withoutZones = new Map([...logs].map(([ref, entries]) => [ref, entries.map((entry) => ({ ...entry, zone: '' }))]));
    expect(differences(repository.logLines(), logLines(withoutZones)), context).toEqual([]);

    const stored = refs.map(([name, to]) => ('target' in to ? line(name, to.target) : line(name, to.oid, repository.tags.get(to.oid) ?? '')));
    for (const stack of [this.async, this.sync]) {
      await stack.reload();
      expect(differences((await allOf(stack.refs())).map(storedLine), stored), context).toEqual([]);
      const records = await allOf(stack.logs());
      expect(differences([...new Set(records.map(logName))].map((ref) => line(ref)).concat(shownEntries(records, true)), logLines(logs)), context).toEqual([]);
    }
    expect(strays(repository.stack), context).toEqual([]);
    expect(await this.#snapshot()).toEqual(stored);
    await this.#checkSnapshots(context);
  }

  async #snapshot() {
    const snapshot = this.async.snapshot();
    const lines = (await allOf(snapshot.refs())).map(storedLine);
    this.#snapshots.push({ snapshot, lines });
    return lines;
  }

  /** A snapshot stays as it was, whatever Git has merged and removed since. @param {string} context */
  async #checkSnapshots(context) {
    if (this.#snapshots.length < 10) return;
    for (const { snapshot, lines } of this.#snapshots.splice(0)) {
      expect((await allOf(snapshot.refs())).map(storedLine), context).toEqual(lines);
      snapshot.release();
    }
  }
}

/**
 * What is done in a round, one of these; the more often it stands here, the more often it is done.
 * @type {readonly (readonly [string, (shared: SharedStack) => unknown])[]}
 */
export const STEPS = [
  ['we change', (shared) => shared.ourChange()],
  ['Git changes', (shared) => shared.gitChange()],
  ['we change', (shared) => shared.ourChange()],
  ['Git changes', (shared) => shared.gitChange()],
  ['we change', (shared) => shared.ourChange()],
  ['Git changes', (shared) => shared.gitChange()],
  ['we delete a symbolic ref', (shared) => shared.deleteAlias(true)],
  ['Git deletes a symbolic ref', (shared) => shared.deleteAlias(false)],
  ['we delete an entry', (shared) => shared.deleteEntry(true)],
  ['Git deletes an entry', (shared) => shared.deleteEntry(false)],
  ['we expire', (shared) => shared.expire(true)],
  ['Git expires', (shared) => shared.expire(false)],
  ['we compact', (shared) => shared.compact()],
  ['Git renames', (shared) => shared.rename()],
  ['Git packs', (shared) => shared.pack()],
];

/** Rounds in which something else is done. @type {ReadonlyMap<number, (typeof STEPS)[number]>} */
export const BULK = new Map([
  [20, ['we change much', (shared) => shared.bulk(true, false)]],
  [23, ['Git changes much', (shared) => shared.bulk(false, false)]],
  [26, ['we delete much', (shared) => shared.bulk(true, true)]],
  [80, ['Git changes much', (shared) => shared.bulk(false, false)]],
  [83, ['we change much', (shared) => shared.bulk(true, false)]],
  [86, ['Git deletes much', (shared) => shared.bulk(false, true)]],
]);

/** What a ref holds, without the update index. @param {Ref} ref */
export function storedLine(ref) {
  const values = ref.kind === 'symbolic' ? [ref.target] : ref.kind === 'deletion' ? [] : [ref.oid, ref.kind === 'peeled' ? ref.peeled : ''];
  return line(refName(ref), ...values);
}

/** What is in a stack's folder besides the list and its tables. @param {string} stack @returns {string[]} */
export function strays(stack) {
  const listed = readFileSync(join(stack, 'tables.list'), 'utf8').split('\n');
  return readdirSync(stack).filter((name) => name !== 'tables.list' && !listed.includes(name));
}
