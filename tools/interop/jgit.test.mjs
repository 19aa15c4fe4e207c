// @ts-check
// JGit reads the tables that we write. Where it does not, it does not read Git's of that kind either: each such difference has a test.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askJGit, logOf, refOf } from './ask-jgit.mjs';
import { makeCases } from './cases.mjs';
import { characters, differences, logLine, refLine, sample } from './lines.mjs';
import { reach } from './reach.mjs';
import { Maker } from './records.mjs';
import { write } from './tables.mjs';

/** @typedef {import('./ask-jgit.mjs').Answer} Answer */
/** @typedef {import('./tables.mjs').TableContent} TableContent */

const classPath = process.env['REFTABLE_JGIT_CLASSPATH'];
if (classPath === undefined) {
  if (process.env['REFTABLE_REQUIRE_JGIT'] === '1') throw new Error('REFTABLE_REQUIRE_JGIT is set, but REFTABLE_JGIT_CLASSPATH is not');
  process.stderr.write('NOTICE: REFTABLE_JGIT_CLASSPATH is not set: whether JGit reads our tables is not tested\n');
}

/** One table of a case, and what is asked about it. */
class Asked {
  name;
  content;
  file;
  bytes;
  statistics;
  names;
  ids;
  logged;
  /** @type {Map<string, Answer>} by request */
  answers = new Map();
  /** The last key that JGit comes to through the index of a section, if not all. */
  reach;

  /** @param {string} name @param {TableContent} content @param {string} file */
  constructor(name, content, file) {
    this.name = name;
    this.content = content;
    this.file = file;
    const { bytes, statistics } = write('sha1', content);
    this.bytes = bytes;
    this.statistics = statistics;
    this.reach = {
      refs: reach(bytes, statistics.refs),
      objects: reach(bytes, statistics.objects),
      logs: reach(bytes, statistics.logs),
    };
    const there = sample(content.refs).map((ref) => ref.name);
    this.names = [...there, 'A', 'refs/heads', 'zzz', ...there.map((ref) => `${ref}!`)];
    const ids = sample(content.refs).flatMap((ref) => (ref.kind === 'peeled' ? [ref.oid, ref.peeled] : ref.kind === 'direct' ? [ref.oid] : []));
    this.ids = [...ids, new Maker('nowhere', 'sha1').id()];
    this.logged = sample([...new Set(content.logs.map(({ ref }) => ref))]);
  }

  /** What is asked of JGit; the file is put in by whoever asks. */
  get requests() {
    return [
      ['all'],
      ...this.names.map((name) => ['ref', name]),
      ...this.ids.map((id) => ['object', id]),
      ...this.logged.map((name) => ['log', name]),
    ];
  }

  /** @param {...string} request */
  answer(...request) {
    const { records, error } = this.answers.get(request.join(' ')) ?? { records: [], error: 'not asked' };
    expect(error).toBeUndefined();
    return {
      refs: records.filter((record) => !('ref' in record)).map((record) => refLine(refOf(record))),
      logs: records.filter((record) => 'ref' in record).map((record) => logLine(logOf(record))),
    };
  }

  /** A table whose first block is of logs. */
  get isLogOnly() {
    return this.content.refs.length === 0 && this.content.logs.length > 0;
  }

  /** @param {'refs' | 'objects' | 'logs'} section @param {string} key */
  reaches(section, key) {
    const last = this.reach[section];
    return last === undefined || key <= last;
  }
}

const dir = mkdtempSync(join(tmpdir(), 'reftable-jgit-'));
const asked = (classPath === undefined ? [] : makeCases('sha1'))
  .filter(({ notForJGit }) => notForJGit === undefined)
  .flatMap(({ name, tables }) => tables.map((content, at) => ({ name: tables.length > 1 ? `${name}, table ${at + 1}` : name, content })))
  .map(({ name, content }, number) => new Asked(name, content, join(dir, `${number}.ref`)));

describe.skipIf(classPath === undefined)('JGit', () => {
  beforeAll(() => {
    for (const { file, bytes } of asked) writeFileSync(file, bytes);
    const all = asked.flatMap((table) => table.requests.map((request) => ({ table, request })));
    const answers = askJGit(
      classPath ?? '',
      all.map(({ table, request: [verb = '', ...rest] }) => [verb, table.file, ...rest]),
    );
    for (const [at, { table, request }] of all.entries()) table.answers.set(request.join(' '), answers[at] ?? { records: [] });
  }, 120_000);

  afterAll(() => rmSync(dir, { recursive: true }));

  describe.each(asked)('$name', (table) => {
    const { refs, logs } = table.content;

    it('every ref, tombstones included', () => {
      expect(differences(table.answer('all').refs, refs.map(refLine))).toEqual([]);
    });

    it(table.isLogOnly ? 'no log entry: a known difference where there are no refs' : 'every log entry, tombstones included', () => {
      expect(differences(table.answer('all').logs, table.isLogOnly ? [] : logs.map(logLine))).toEqual([]);
    });

    it('refs by name, as far as it can reach', () => {
      for (const name of table.names) {
        const there = refs.filter((ref) => ref.name === name && ref.kind !== 'deletion' && table.reaches('refs', characters(name)));
        expect(table.answer('ref', name).refs, name).toEqual(there.map(refLine));
      }
    });

    it('refs by the object id that they hold, as far as it can reach', () => {
      for (const id of table.ids) {
        const key = Buffer.from(id, 'hex').subarray(0, table.statistics.objectIdLength).toString('latin1');
        const there = refs.filter((ref) => 'oid' in ref && ref.oid === id && table.reaches('objects', key));
        expect(table.answer('object', id).refs, id).toEqual(there.map(refLine));
      }
    });

    it("one ref's log, as far as it can reach", () => {
      for (const name of table.logged) {
        // JGit looks for the newest entry that a number of 63 bits can name.
        const key = `${characters(name)}\0\x80\0\0\0\0\0\0\0`;
        const isReached = !table.isLogOnly && table.reaches('logs', key);
        const there = logs.filter((log) => log.ref === name && log.kind === 'update' && isReached);
        expect(table.answer('log', name).logs, name).toEqual(there.map(logLine));
      }
    });
  });

  it('looks up nothing past the first block of the topmost index level: a known difference', () => {
    const tables = asked.filter((table) => table.reach.refs !== undefined);
    expect(tables.length).toBeGreaterThan(0);
    for (const table of tables) {
      const unreached = table.content.refs.filter((ref) => table.names.includes(ref.name) && !table.reaches('refs', characters(ref.name)));
      expect(unreached.length).toBeGreaterThan(0);
      for (const { name } of unreached) expect(table.answer('ref', name).refs, name).toEqual([]);
    }
  });

  it('finds no ref by the object id that it peels to: a known difference', () => {
    const found = asked.flatMap((table) =>
      table.content.refs
        .filter((ref) => ref.kind === 'peeled')
        .filter(({ peeled }) => table.ids.includes(peeled))
        .map(({ peeled }) => table.answer('object', peeled).refs),
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found.flat()).toEqual([]);
  });
});
