// @ts-check
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../lib/workspace.mjs';
import { Digest } from './lib/digest.mjs';
import { readFixture, writeFixture } from './lib/fixture.mjs';
import { makeLayers } from './lib/layers.mjs';
import { median } from './lib/measure.mjs';
import { FULL, makeRefs, QUICK } from './lib/records.mjs';
import { toJson, toText } from './lib/report.mjs';
import { loadWorks } from './lib/work.mjs';

/** @type {import('./lib/records.mjs').Scale} */
const SMALL = { refs: 2_000, branches: 20, tags: 10, ids: 1_000, seeks: 100, lookups: 100, layers: 20, transactions: 50, bulk: 200, appends: 100, processes: 1, compactions: 1 };

describe('makeRefs', () => {
  const refs = makeRefs(SMALL);

  it('gives as many of each kind as asked for, in the order of a table', () => {
    const names = refs.map(({ name }) => name);
    expect(names).toHaveLength(SMALL.refs);
    expect(names.toSorted()).toEqual(names);
    expect(new Set(names).size).toBe(SMALL.refs);
    expect(names.filter((name) => name.startsWith('refs/heads/'))).toHaveLength(SMALL.branches);
    expect(refs.filter(({ kind }) => kind === 'peeled')).toHaveLength(SMALL.tags);
    expect(names).toContain('refs/changes/42/100042/1');
  });

  it('uses just as many ids as asked for', () => {
    const ids = refs.flatMap((ref) => (ref.kind === 'peeled' ? [ref.oid, ref.peeled] : ref.kind === 'direct' ? [ref.oid] : []));
    expect(ids).toHaveLength(SMALL.refs + SMALL.tags);
    expect(new Set(ids).size).toBe(SMALL.ids);
  });

  it('gives the same each time', () => {
    expect(makeRefs(SMALL)).toEqual(refs);
  });
});

describe('makeLayers', () => {
  const refs = makeRefs(SMALL);
  const names = new Set(refs.map(({ name }) => name));
  const layers = makeLayers(refs, 21);

  it('makes as many refs new as it changes and deletes, in the order of a table', () => {
    expect(layers).toHaveLength(10);
    for (const layer of layers) {
      expect(layer.map(({ name }) => name).toSorted()).toEqual(layer.map(({ name }) => name));
      expect(new Set(layer.map(({ name }) => name)).size).toBe(21);
      expect(layer.filter(({ name }) => !names.has(name))).toHaveLength(7);
      expect(layer.filter(({ kind }) => kind === 'deletion').every(({ name }) => names.has(name))).toBe(true);
      expect(layer.filter(({ kind }) => kind === 'deletion')).toHaveLength(7);
    }
  });

  it('gives the same each time', () => {
    expect(makeLayers(refs, 21)).toEqual(layers);
  });
});

it('is about the table that the goals were set for', () => {
  expect(FULL).toMatchObject({ refs: 866_456, ids: 433_000 });
});

it('has a small table that JGit looks everything up in', () => {
  const dir = mkdtempSync(join(tmpdir(), 'reftable-bench-'));
  const { refs, objects } = writeFixture(dir, QUICK);
  rmSync(dir, { recursive: true });
  expect(refs).toMatchObject({ indexLevels: 1, indexBlocks: 1 });
  expect(objects).toMatchObject({ indexLevels: 1, indexBlocks: 1 });
});

describe('median', () => {
  it('is the number in the middle', () => expect(median([9, 1, 5])).toBe(5));
  it('is between the two in the middle', () => expect(median([9, 1, 5, 7])).toBe(6));
});

describe('works', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'reftable-bench-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  writeFixture(dir, SMALL);
  const fixture = readFixture(dir);
  const works = await loadWorks();

  it('have names of their own', () => {
    expect(new Set(works.map(({ name }) => name)).size).toBe(works.length);
  });

  // Whole processes load what is built.
  const isBuilt = existsSync(join(root, 'packages/cli/dist/main.js'));
  if (!isBuilt) process.stderr.write('NOTICE: the packages are not built: the bench of start-up is not tried\n');

  it.each(works.filter(({ per }) => isBuilt || per !== 'processes'))('$name counts what it does and can be checked', async ({ prepare }) => {
    const { reset, run, check, close } = prepare(fixture);
    reset?.();
    expect(await run()).toBeGreaterThan(0);
    const [first, second] = [new Digest(), new Digest()];
    await check(first);
    await check(second);
    expect(first.hex()).toBe(second.hex());
    close?.();
  });
});

describe('report', () => {
  /** @type {import('./lib/work.mjs').Work} */
  const work = { name: 'scan', per: 'refs', against: [], prepare: () => expect.unreachable() };
  const ours = { median: 30, least: 25, count: 1000 };
  const alone = { work, operations: 1000, ours };
  const measure = { median: 50, least: 45, count: 1000 };
  const met = { ...alone, peer: { comparison: { peer: 'JGit', work: 'scan', goal: 0.6 }, measure } };
  const missed = { ...alone, peer: { comparison: { peer: 'JGit', work: 'names', goal: 0.5 }, measure } };

  it('has a form that programs read', () => {
    expect(JSON.parse(toJson([met, missed, alone]))).toEqual([
      { work: 'scan', peer: 'JGit', ours_ms: 30, peer_ms: 50, ratio: 0.6, goal: 0.6 },
      { work: 'scan', peer: 'JGit: names', ours_ms: 30, peer_ms: 50, ratio: 0.6, goal: 0.5 },
      { work: 'scan', peer: null, ours_ms: 30, peer_ms: null, ratio: null, goal: null },
    ]);
  });

  it('gives what we take longer in milliseconds where that counts', () => {
    const comparison = { peer: 'Node', work: 'nothing', over: true };
    const rows = [15, -21].map((goal) => ({ ...alone, peer: { comparison: { ...comparison, goal }, measure } }));
    expect(JSON.parse(toJson(rows.slice(0, 1)))).toEqual([
      { work: 'scan', peer: 'Node: nothing', ours_ms: 30, peer_ms: 50, over_ms: -20, goal: 15 },
    ]);
    const [, met, missed] = toText(rows).split('\n');
    expect(met).toMatch(/ -20\.0 ms +-20\.0 ms +\+15\.0 ms +met$/);
    expect(missed).toMatch(/ -21\.0 ms +MISSED$/);
  });

  it('says which goals are met, and what one operation takes', () => {
    const [, first, second, third] = toText([met, missed, alone]).split('\n');
    expect(first).toMatch(/^scan +30\.0 ms +25\.0 ms +30\.00 us +JGit +50\.0 ms +45\.0 ms +50\.00 us +0\.60 +0\.56 +0\.60 +met$/);
    expect(second).toMatch(/JGit: names .* 0\.60 +0\.56 +0\.50 +MISSED$/);
    expect(third).toMatch(/^scan +30\.0 ms +25\.0 ms +30\.00 us$/);
  });
});
