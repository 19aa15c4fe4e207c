// @ts-check
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Git } from '../../fixtures/lib/git.mjs';
import { Random } from '../../fixtures/lib/random.mjs';
import { bundleProgram } from '../bundle.mjs';
import { contend } from './contend.mjs';
import { endAgainAndAgain, killAgainAndAgain } from './kill.mjs';
import { checkOutcome } from './check.mjs';
import { Ledger } from './ledger.mjs';
import { kindOfWork, OurProcess } from './our-process.mjs';
import { fillWith, refsOf, Scene, SHARED } from './scene.mjs';
import { Tally } from './tally.mjs';

const program = process.env['REFTABLE_GIT'];
if (program === undefined) process.stderr.write('NOTICE: no Git that knows the reftable format: neither contention with it nor killed processes are tested\n');

/** @typedef {import('./worker.mjs').Work} Work */

/** On a busy machine, fewer kills will have to do after so many milliseconds. */
const PATIENCE = 30_000;

describe.skipIf(program === undefined)('a stack that many write to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reftable-soak-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let worker = '';
  beforeAll(async () => void (worker = await bundleProgram(join(import.meta.dirname, 'worker.mjs'), folder)));
  const git = program === undefined ? undefined : new Git(program, join(folder, 'home'));

  /** @param {string} name @param {import('@reftable/block').Hash} hash @param {number} writers */
  function scene(name, hash, writers) {
    const scene = new Scene(/** @type {Git} */ (git), join(folder, name), hash, writers);
    fillWith(scene, 20_000);
    return scene;
  }

  it('three processes of ours and three of Git: nothing is lost, and nothing left behind', { timeout: 200_000 }, async () => {
    const tally = await contend({ scene: scene('contention', 'sha1', 6), program: worker, ours: 3, git: 3, seconds: 8, isDeadly: false, random: new Random('contention') });
    expect(tally.problems).toEqual([]);
    expect(tally.lost).toBe(0);
    expect(Math.min(tally.ours, tally.git, tally.compactions, tally.reads)).toBeGreaterThan(0);
  });

  it('the same, and some are killed', { timeout: 200_000 }, async () => {
    const tally = await contend({ scene: scene('deadly', 'sha256', 6), program: worker, ours: 3, git: 3, seconds: 8, isDeadly: true, random: new Random('deadly') });
    expect(tally.problems).toEqual([]);
    expect(tally.lost).toBe(0);
    expect(Math.min(tally.ours, tally.git, tally.kills)).toBeGreaterThan(0);
  });

  it('the check itself notices what is lost or half done', async () => {
    const place = scene('check', 'sha1', 1);
    const [ledger, tally] = [new Ledger(), new Tally()];
    const writer = new OurProcess(worker, kindOfWork(place, 0), ledger, tally);
    await writer.start();
    for (let count = 0; count < 3; count++) await writer.progress();
    await writer.stop();
    expect([tally.problems, checkOutcome(place, ledger, [writer.name])]).toEqual([[], { problems: [], lost: 0 }]);

    const [oid = ''] = place.idsOf(0);
    ledger.begin('never', { writer: writer.name, oid, keepsFlapping: true, begin: 0 });
    expect(checkOutcome(place, ledger, [writer.name]).lost).toBe(0);
    ledger.acknowledge('never');
    expect(checkOutcome(place, ledger, [writer.name])).toMatchObject({ lost: 1, problems: expect.arrayContaining(['never was acknowledged and is lost']) });
    ledger.refuse('never');

    const stack = openStackSync(new FolderStorage(place.stack));
    const [newest, second] = stack.log(SHARED);
    stack.transaction((transaction) => {
      for (const name of refsOf(writer.name).pair) transaction.addRef({ kind: 'deletion', name });
      transaction.addLog({ kind: 'deletion', ref: SHARED, updateIndex: Number(second?.updateIndex) });
    });
    stack.close();
    const { problems, lost } = checkOutcome(place, ledger, [writer.name]);
    expect(lost).toBe(0);
    expect(problems).toEqual([
      expect.stringContaining(`${SHARED}: the entry of update index ${newest?.updateIndex} does not follow`),
      `${writer.name}: its own log and the shared one differ`,
      ...refsOf(writer.name).pair.map((name) => `${name} is not as the last transaction left it`),
    ]);
  });

  describe.concurrent('a process of ours that is killed in the middle of it', () => {
    /** @type {{ name: string, work: Partial<Work> }[]} */
    const cases = [
      { name: 'a writer', work: { face: 'sync', durability: 'full' } },
      { name: 'a writer, async', work: { face: 'async', durability: 'full' } },
      { name: 'who compacts', work: { face: 'sync', durability: 'none', compactEvery: 2 } },
      { name: 'who compacts, async', work: { face: 'async', durability: 'full', compactEvery: 2 } },
    ];
    it.for(cases)('$name', { timeout: 200_000 }, async ({ name, work }, { expect }) => {
      const place = scene(name, 'sha1', 1);
      const end = Date.now() + PATIENCE;
      const tally = await killAgainAndAgain({ scene: place, program: worker, work, isEnough: ({ kills }) => kills === 50 || (kills >= 10 && Date.now() > end), random: new Random(name) });
      expect(tally.problems).toEqual([]);
      expect(tally.lost).toBe(0);
      expect(Math.min(tally.ours, tally.inDoubt, tally.staleLocks, tally.leftovers)).toBeGreaterThan(0);
    });
  });

  describe.concurrent('a process of ours that is told to end, and releases its locks', () => {
    it.for(/** @type {const} */ (['sync', 'async']))('%s', { timeout: 200_000 }, async (face, { expect }) => {
      const place = scene(`end-${face}`, 'sha1', 1);
      const tally = await endAgainAndAgain({ scene: place, program: worker, work: { face, compactEvery: 5 }, times: 15, random: new Random(face) });
      expect(tally.problems).toEqual([]);
      expect(tally.lost).toBe(0);
      expect(tally.ours).toBeGreaterThan(0);
    });
  });
});
