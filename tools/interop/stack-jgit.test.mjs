// @ts-check
// JGit and we write to one stack by turns, and both read, record by record, what a model says.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStack, openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../fixtures/lib/random.mjs';
import { logOf, refOf } from './ask-jgit.mjs';
import { JGitProcess } from './jgit-process.mjs';
import { differences, logLine, refLine } from './lines.mjs';
import { allOf } from './our-writer.mjs';
import { logTombstone, Maker, symbolic, tombstone } from './records.mjs';
import { strays } from './shared-stack.mjs';
import { sorted } from './tables.mjs';

/** @typedef {import('@reftable/block').Ref} Ref */
/** @typedef {import('@reftable/block').LogRecord} LogRecord */
/** @typedef {import('@reftable/block').LogUpdate} LogUpdate */
/** @typedef {import('@reftable/stack').Stack} Stack */
/** @typedef {import('@reftable/stack').StackSync} StackSync */

const classPath = process.env['REFTABLE_JGIT_CLASSPATH'];
if (classPath === undefined) {
  if (process.env['REFTABLE_REQUIRE_JGIT'] === '1') throw new Error('REFTABLE_REQUIRE_JGIT is set, but REFTABLE_JGIT_CLASSPATH is not');
  process.stderr.write('NOTICE: REFTABLE_JGIT_CLASSPATH is not set: whether JGit shares a stack with us is not tested\n');
}

const ROUNDS = 200;
/** It stays, and so there always is a table with refs: JGit reads no logs in one without. */
const MAIN = 'refs/heads/main';
const NAMES = Array.from({ length: 12 }, (_, number) => `refs/heads/b${number}`);
const HEX = /^(?:0x)?[0-9a-f]{12}-(?:0x)?[0-9a-f]{12}-[0-9a-f]{8}\.(?:ref|log)$/;

/** @typedef {{ refs: Ref[], logs: LogRecord[] }} Records */

/** A stack's records, without tombstones. */
class Model {
  /** @type {Map<string, Ref>} */
  refs = new Map();
  /** @type {LogUpdate[]} */
  logs = [];
  updateIndex = 0;

  /** @param {Records} records of one transaction */
  apply({ refs, logs }) {
    this.updateIndex++;
    for (const ref of refs) {
      if (ref.kind === 'deletion') this.refs.delete(ref.name);
      else this.refs.set(ref.name, ref);
    }
    for (const log of logs) {
      if (log.kind === 'update') this.logs.push(log);
      else this.logs = this.logs.filter(({ ref, updateIndex }) => ref !== log.ref || updateIndex !== log.updateIndex);
    }
  }

  /** As lines. */
  get records() {
    const { refs, logs } = sorted({ refs: [...this.refs.values()], logs: this.logs });
    return { refs: refs.map(refLine), logs: logs.map(logLine) };
  }
}

/**
 * Records of a transaction.
 * @param {Model} model @param {Maker} make @param {Random} random
 * @returns {Records}
 */
function someRecords(model, make, random) {
  const index = model.updateIndex + 1;
  const refs = random.shuffled([MAIN, ...NAMES]).slice(0, random.between(1, 6)).map((name) => {
    if (name === MAIN) return make.direct(name, index);
    return random.pick([() => make.direct(name, index), () => make.peeled(name, index), () => symbolic(name, MAIN, index), () => tombstone(name, index)])();
  });
  const logs = refs.map(({ name }) => make.log(name, index, { message: `${random.words(3)}\n` }));
  const forgotten = random.shuffled(model.logs).slice(0, random.below(4)).map(({ ref, updateIndex }) => logTombstone(ref, updateIndex));
  return sorted({ refs, logs: [...logs, ...forgotten] });
}

/** A record as a field of JGit's. @param {Ref | LogRecord} record @returns {(string | number)[]} */
function fieldsOf(record) {
  if ('ref' in record) {
    if (record.kind === 'deletion') return ['logdeletion', record.ref, record.updateIndex];
    return ['update', record.ref, record.oldOid, record.newOid, record.name, record.email, record.time, record.timeZone, record.message.trimEnd()];
  }
  switch (record.kind) {
    case 'direct':
      return ['direct', record.name, record.oid];
    case 'peeled':
      return ['peeled', record.name, record.oid, record.peeled];
    case 'symbolic':
      return ['symbolic', record.name, record.target];
    case 'deletion':
      return ['deletion', record.name];
  }
}

describe.skipIf(classPath === undefined)('a stack shared with JGit', () => {
  const dir = mkdtempSync(join(tmpdir(), 'reftable-jgit-shared-'));
  /** @type {JGitProcess} */
  let jgit;
  beforeAll(() => {
    jgit = new JGitProcess(classPath ?? '');
    mkdirSync(join(dir, 'objects'));
    mkdirSync(join(dir, 'reftable'));
    writeFileSync(join(dir, 'HEAD'), 'ref: refs/heads/.invalid\n');
    writeFileSync(join(dir, 'config'), '[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\trefstorage = reftable\n');
    writeFileSync(join(dir, 'reftable/tables.list'), '');
  });
  afterAll(() => {
    jgit.stop();
    rmSync(dir, { recursive: true });
  });

  it(`is what a model says, after each of ${ROUNDS} random changes by either`, { timeout: 180_000 }, async () => {
    const path = join(dir, 'reftable');
    const faces = [await openStack(new FolderStorage(path)), openStackSync(new FolderStorage(path), { durability: 'none' })];
    const [model, make, random] = [new Model(), new Maker('shared with JGit', 'sha1'), new Random('shared with JGit')];
    /** @type {string[]} */
    const done = [];

    /** @param {Records} records @param {Stack | StackSync} stack */
    const weWrite = async ({ refs, logs }, stack) => {
      await stack.transaction((transaction) => {
        expect(transaction.updateIndex).toBe(model.updateIndex + 1);
        for (const ref of refs) transaction.addRef(ref);
        for (const log of logs) transaction.addLog(log);
      });
      model.apply({ refs, logs });
    };
    /** @param {Records} records */
    const jgitWrites = async ({ refs, logs }) => {
      await jgit.ask('commit', dir, ...[...refs, ...logs].flatMap(fieldsOf));
      // JGit stores a message as it is given.
      model.apply({ refs, logs: logs.map((log) => (log.kind === 'update' ? { ...log, message: log.message.trimEnd() } : log)) });
    };
    /** @type {readonly [string, (stack: Stack | StackSync) => unknown][]} */
    const steps = [
      ...Array.from({ length: 4 }, () => /** @type {[string, (stack: Stack | StackSync) => unknown]} */ (['we write', (stack) => weWrite(someRecords(model, make, random), stack)])),
      ...Array.from({ length: 4 }, () => /** @type {[string, () => unknown]} */ (['JGit writes', () => jgitWrites(someRecords(model, make, random))])),
      ['we merge all', (stack) => stack.compact()],
      ['we merge some', async (stack) => {
        await stack.reload();
        const last = stack.tables.length - 1;
        if (last >= 0) await stack.compact({ tables: { first: random.between(0, last), last } });
      }],
      ['JGit merges all', () => jgit.ask('compact', dir)],
      ['we let entries expire', async (stack) => {
        const minUpdateIndex = model.updateIndex - random.between(10, 40);
        model.logs = model.logs.filter(({ updateIndex }) => updateIndex >= minUpdateIndex);
        await stack.compact({ expire: { minUpdateIndex } });
      }],
    ];

    await weWrite({ refs: [make.direct(MAIN, 1)], logs: [make.log(MAIN, 1)] }, random.pick(faces));
    for (let round = 1; round <= ROUNDS; round++) {
      const [what, work] = random.pick(steps);
      done.push(what);
      await work(random.pick(faces));

      const context = done.slice(-10).join('; ');
      const expected = model.records;
      const records = await jgit.ask('stack', dir);
      expect(differences(records.filter((record) => !('ref' in record)).map((record) => refLine(refOf(record))), expected.refs), context).toEqual([]);
      expect(differences(records.filter((record) => 'ref' in record).map((record) => logLine(logOf(record))), expected.logs), context).toEqual([]);
      for (const stack of faces) {
        await stack.reload();
        expect(differences((await allOf(stack.refs())).map(refLine), expected.refs), context).toEqual([]);
        expect(differences((await allOf(stack.logs())).map(logLine), expected.logs), context).toEqual([]);
      }
      expect(strays(path), context).toEqual([]);
      expect(readdirSync(path).filter((name) => name !== 'tables.list' && !HEX.test(name)), context).toEqual([]);
    }
    expect(new Set(done).size).toBe(6);
    for (const stack of faces) stack.close();
  });
});
