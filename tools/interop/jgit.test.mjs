// @ts-check
// JGit reads the tables that we write.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Maker } from './records.mjs';
import { makeCases } from './cases.mjs';
import { askJGit, logOf, refOf } from './ask-jgit.mjs';
import { differences, logLine, refLine } from './lines.mjs';
import { write } from './tables.mjs';

/** @typedef {import('./tables.mjs').TableContent} TableContent */

const classPath = process.env['REFTABLE_JGIT_CLASSPATH'];
if (classPath === undefined) {
  if (process.env['REFTABLE_REQUIRE_JGIT'] === '1') throw new Error('REFTABLE_REQUIRE_JGIT is set, but REFTABLE_JGIT_CLASSPATH is not');
  process.stderr.write('NOTICE: REFTABLE_JGIT_CLASSPATH is not set: whether JGit reads our tables is not tested\n');
}

/** How many names and ids of a table are looked up. */
const SAMPLE = 40;

/** Every table of every case, by its own. */
const tables = makeCases('sha1').flatMap(({ name, tables, notForJGit }) =>
  notForJGit === undefined ? tables.map((content, number) => ({ name: tables.length > 1 ? `${name}, table ${number + 1}` : name, content })) : [],
);

/**
 * Some elements of a list, from all over it.
 * @template T
 * @param {readonly T[]} list
 */
function sample(list) {
  const step = Math.ceil(list.length / SAMPLE);
  return list.filter((_, number) => number % step === 0);
}

/** @param {TableContent} content names that are there, and names that are not */
function namesToFind({ refs }) {
  const names = sample(refs).map(({ name }) => name);
  return [...names, 'A', 'refs/heads', 'zzz', ...names.map((name) => `${name}!`)];
}

/** @param {TableContent} content ids that are there, and one that is not */
function idsToFind({ refs }) {
  return [...sample(refs).flatMap((ref) => ('oid' in ref ? [ref.oid] : [])), new Maker('nowhere', 'sha1').id()];
}

/** @param {TableContent} content @param {string} name */
function live({ refs }, name) {
  return refs.filter((ref) => ref.name === name && ref.kind !== 'deletion');
}

describe.skipIf(classPath === undefined)('JGit', () => {
  const dir = mkdtempSync(join(tmpdir(), 'reftable-jgit-'));
  /** @param {number} number */
  const path = (number) => join(dir, `${number}.ref`);
  /** @type {Map<string, import('./ask-jgit.mjs').Answer>} by request */
  const answers = new Map();
  /** @param {...string} request */
  const answer = (...request) => {
    const { records, error } = answers.get(request.join('\t')) ?? { records: [], error: 'not asked' };
    expect(error).toBeUndefined();
    return records;
  };

  beforeAll(() => {
    const requests = tables.flatMap(({ content }, number) => {
      const { bytes } = write('sha1', content);
      writeFileSync(path(number), bytes);
      const logged = sample([...new Set(content.logs.map(({ ref }) => ref))]);
      return [
        ['all', path(number)],
        ...namesToFind(content).map((name) => ['ref', path(number), name]),
        ...idsToFind(content).map((id) => ['object', path(number), id]),
        ...logged.map((name) => ['log', path(number), name]),
      ];
    });
    const answered = askJGit(classPath ?? '', requests);
    for (const [at, request] of requests.entries()) answers.set(request.join('\t'), answered[at] ?? { records: [] });
  }, 120_000);

  afterAll(() => rmSync(dir, { recursive: true }));

  describe.each(tables.map(({ name, content }, number) => ({ name, content, file: path(number) })))('$name', ({ content, file }) => {
    // A table that has a first block of logs.
    const isLogOnly = content.refs.length === 0 && content.logs.length > 0;

    it('reads every ref', () => {
      const found = answer('all', file).filter((record) => 'name' in record && !('ref' in record));
      expect(differences(found.map((record) => refLine(refOf(record))), content.refs.map(refLine))).toEqual([]);
    });

    it(isLogOnly ? 'finds no logs where there are no refs, as in tables of Git' : 'reads every log entry', () => {
      const found = answer('all', file).filter((record) => 'ref' in record);
      expect(differences(found.map((record) => logLine(logOf(record))), isLogOnly ? [] : content.logs.map(logLine))).toEqual([]);
    });

    it('finds refs by name, and none where there is none', () => {
      for (const name of namesToFind(content)) {
        expect(answer('ref', file, name).map((record) => refLine(refOf(record))), name).toEqual(live(content, name).map(refLine));
      }
    });

    it('finds refs by the object id that they hold', () => {
      for (const id of idsToFind(content)) {
        const holders = content.refs.filter((ref) => 'oid' in ref && ref.oid === id);
        expect(answer('object', file, id).map((record) => refLine(refOf(record))), id).toEqual(holders.map(refLine));
      }
    });

    it.skipIf(isLogOnly)("reads one ref's log", () => {
      for (const name of sample([...new Set(content.logs.map(({ ref }) => ref))])) {
        const entries = content.logs.filter((log) => log.ref === name && log.kind === 'update');
        expect(answer('log', file, name).map((record) => logLine(logOf(record))), name).toEqual(entries.map(logLine));
      }
    });
  });
});
