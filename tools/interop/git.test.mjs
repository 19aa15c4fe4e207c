// @ts-check
// Git reads the tables that we write, and merges them into one of its own without losing anything. There are no objects behind the
// ids, so Git is asked for what it can tell without: its listings, its own trace of its ref backend, and what it makes of the stack.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BytesSource } from '@reftable/io';
import { openTableSync } from '@reftable/table';
import { afterAll, describe, expect, it } from 'vitest';
import { Git } from '../fixtures/lib/git.mjs';
import { Probe } from '../fixtures/lib/probe.mjs';
import { makeCases } from './cases.mjs';
import { characters, differences, entryLines, line, logLine, logName, merge, refLine, refName, sample, shownEntries } from './lines.mjs';
import { symbolic } from './records.mjs';
import { writeStack } from './tables.mjs';

/** @typedef {import('./cases.mjs').Case} Case */
/** @typedef {import('@reftable/block').Hash} Hash */
/** @typedef {import('@reftable/block').Ref} Ref */

// The global set-up of the tests has seen to it that this Git knows the format.
const program = process.env['REFTABLE_GIT'];
if (program === undefined) process.stderr.write('NOTICE: no Git that knows the reftable format: whether it reads our tables is not tested\n');

const scratch = mkdtempSync(join(tmpdir(), 'reftable-git-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const git = program === undefined ? undefined : new Git(program, join(scratch, 'home'));

/** A stack in the place of a repository's, a new copy for every question that changes it. */
class Stack {
  records;
  #hash;
  #dir;
  #mergeBlockSize;
  #maxUpdateIndex;

  /** @param {Case} stack @param {Hash} hash @param {number} number */
  constructor({ tables, mergeBlockSize = 4096 }, hash, number) {
    this.records = merge(tables);
    this.#hash = hash;
    this.#dir = join(scratch, `${hash}-${number}`);
    this.#mergeBlockSize = mergeBlockSize;
    this.#maxUpdateIndex = Number(tables.at(-1)?.options.maxUpdateIndex);
    writeStack(this.#dir, hash, tables);
    mkdirSync(join(scratch, 'no-objects'), { recursive: true });
  }

  /** @returns {Probe} */
  probe() {
    if (git === undefined) throw new Error('no Git');
    return new Probe(git, join(scratch, 'probe'), this.#hash, join(scratch, 'no-objects'), this.#dir);
  }

  /** Lets Git add a table, and merge all into one. @returns {{ added: Ref, bytes: Uint8Array }} */
  merged() {
    const added = symbolic('refs/added/by-git', 'refs/heads/nowhere', this.#maxUpdateIndex + 1);
    const { dir, git } = this.probe();
    const config = ['-c', `reftable.blockSize=${this.#mergeBlockSize}`];
    git.run([...config, 'symbolic-ref', 'refs/added/by-git', 'refs/heads/nowhere'], { cwd: dir });
    git.run([...config, 'pack-refs', '--all'], { cwd: dir });
    const names = readFileSync(join(dir, 'reftable/tables.list'), 'utf8').split('\n').slice(0, -1);
    expect(names).toHaveLength(1);
    return { added, bytes: readFileSync(join(dir, 'reftable', ...names)) };
  }
}

/**
 * The id that a ref leads to, if it leads to one.
 * @param {Ref} ref
 * @param {ReadonlyMap<string, Ref>} all
 * @returns {string | undefined}
 */
function resolve(ref, all) {
  if (ref.kind === 'deletion') return undefined;
  if (ref.kind !== 'symbolic') return ref.oid;
  const target = all.get(characters(ref.target, ref.targetBytes));
  return target === undefined ? undefined : resolve(target, all);
}

describe.skipIf(git === undefined)('Git', () => {
  it('knows the format', () => {
    expect(git?.isAtLeast(45)).toBe(true);
  });

  describe.each(/** @type {Hash[]} */ (['sha1', 'sha256']))('%s', (hash) => {
    const cases = git === undefined ? [] : makeCases(hash);
    describe.each(cases.map((stack, number) => ({ name: stack.name, stack: new Stack(stack, hash, number) })))('$name', ({ stack }) => {
      const { refs, logs } = stack.records;

      it('lists every ref that leads to an object, and nothing else', () => {
        const all = new Map(refs.map((ref) => [refName(ref), ref]));
        const expected = refs.flatMap((ref) => {
          const oid = resolve(ref, all);
          return oid === undefined ? [] : [`${oid} ${refName(ref)}`];
        });
        const listed = stack.probe().ask(['for-each-ref', '--include-root-refs', '--format=%(objectname) %(refname)']);
        expect(differences(listed.split('\n').slice(0, -1), expected)).toEqual([]);
      });

      it('finds refs by name, and none where there is none', () => {
        const probe = stack.probe();
        const named = refs.flatMap((ref) => ('oid' in ref && ref.nameBytes === undefined ? [ref] : []));
        const wanted = sample(named);
        // Each name is looked up as it is, and in several places where it is not.
        const found = wanted.length === 0 ? '' : probe.ask(['rev-parse', ...wanted.map(({ name }) => name)]);
        expect(found.split('\n').slice(0, -1)).toEqual(wanted.map(({ oid }) => oid));
        for (const name of ['refs/A', 'refs/heads/mmm', 'refs/zzz']) {
          expect(probe.git.attempt(['rev-parse', '--verify', '--quiet', name], { cwd: probe.dir })).toMatchObject({ status: 1, stderr: '' });
        }
      });

      it('lists every log, and every entry', () => {
        const probe = stack.probe();
        const traced = probe.tracedLogs();
        expect(differences(entryLines(traced), shownEntries(logs, false))).toEqual([]);
        const names = [...new Set(logs.map(logName))];
        expect([...traced.keys()]).toEqual(names);
        expect(probe.ask(['reflog', 'list']).split('\n').slice(0, -1)).toEqual(names);
      });

      it.skipIf(!git?.isAtLeast(47))('finds nothing wrong', () => {
        const { dir, git } = stack.probe();
        expect(git.attempt(['refs', 'verify'], { cwd: dir })).toMatchObject({ status: 0, stderr: '' });
      });

      it.skipIf(!git?.isAtLeast(49))('makes loose files of it, from symbolic refs to time zones', () => {
        const probe = stack.probe();
        probe.migrate(true);
        const expected = refs.map((ref) => ('oid' in ref ? line(refName(ref), ref.oid) : line(refName(ref), ref.kind === 'symbolic' ? characters(ref.target, ref.targetBytes) : '')));
        const stored = probe.migratedRefs().map(({ name, oid, symref }) => line(name, oid ?? symref ?? ''));
        expect(differences(stored, expected)).toEqual([]);
        const migrated = new Map([...probe.migratedLogs()].sort(([a], [b]) => (a < b ? -1 : 1)));
        expect(differences(entryLines(migrated), shownEntries(logs, true))).toEqual([]);
      });

      it('merges it into one table with all that it holds, and without tombstones', () => {
        const { added, bytes } = stack.merged();
        const expected = merge([{ options: { minUpdateIndex: 0, maxUpdateIndex: 0 }, refs: [...refs, added], logs }]);
        const table = openTableSync(new BytesSource(bytes));
        expect(differences(Array.from(table.refs({ tombstones: true }), refLine), expected.refs.map(refLine))).toEqual([]);
        expect(differences(Array.from(table.logs({ tombstones: true }), logLine), expected.logs.map(logLine))).toEqual([]);
      });
    });
  });
});
