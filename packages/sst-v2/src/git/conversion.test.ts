/* Nothing is lost on the way through the proposed format: every record of every golden table, and what is asked of it, comes out the same. */
import { describe, expect, test } from 'vitest';
import type { GitTableOptions } from './options.js';
import { contentOf, fixtures, openV1, openV2, toV1, toV2 } from './git.testing.js';

/** Names, ids and logs to ask for: of a large table, some. */
function some<T>(all: readonly T[], count = 50): T[] {
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0);
}

const ways: Readonly<Record<string, GitTableOptions>> = {
  'GitStorage 3': {},
  'small blocks, not aligned, all compressed': { blockSize: 256, aligned: false, codec: 'zlib', restartInterval: 3 },
  'with checksums': { blockSize: 1024, codec: 'stored', checksums: true },
  'GitStorage 2': { gitStorage: 2, blockSize: 512 },
};

const tables = fixtures();

test('there are many tables', () => expect(tables.length).toBeGreaterThan(700));

describe.each(Object.entries(ways))('%s', (_, options) => {
  test('has the same records, and gives the same bytes when it is turned back', () => {
    let turned = 0;
    for (const { name, bytes } of tables) {
      const v1 = openV1(bytes);
      if (options.gitStorage === 2 && v1.info.hash !== 'sha1') continue;
      const v2 = openV2(toV2(v1, options));
      v2.verify();
      expect(contentOf(v2), name).toEqual(contentOf(v1));
      const { minUpdateIndexExact: min, maxUpdateIndexExact: max, hash } = v1.info;
      expect(v2.info, name).toMatchObject({ minUpdateIndexExact: min, maxUpdateIndexExact: max, hash });
      expect(Buffer.compare(toV1(v2), toV1(v1)), name).toBe(0);
      turned++;
    }
    expect(turned).toBeGreaterThan(500);
  });

  test('answers what it is asked as a reftable does', () => {
    for (const { name, bytes } of tables) {
      const v1 = openV1(bytes);
      if (options.gitStorage === 2 && v1.info.hash !== 'sha1') continue;
      const v2 = openV2(toV2(v1, options));
      const { refs, logs } = contentOf(v1);
      for (const ref of some(refs)) {
        const wanted = ref.nameBytes ?? ref.name;
        expect(v2.getRef(wanted), name).toEqual(v1.getRef(wanted));
        const prefix = ref.name.slice(0, -2);
        expect([...v2.names({ prefix })], name).toEqual([...v1.names({ prefix })]);
        if (ref.kind === 'direct') expect(v2.refsByObject(ref.oid), name).toEqual(v1.refsByObject(ref.oid));
        if (ref.kind === 'peeled') expect(v2.refsByObject(ref.peeled), name).toEqual(v1.refsByObject(ref.peeled));
      }
      for (const log of some(logs, 20)) {
        const wanted = log.refBytes ?? log.ref;
        expect([...v2.log(wanted)], name).toEqual([...v1.log(wanted)]);
        const from = log.updateIndexExact ?? log.updateIndex;
        expect([...v2.log(wanted, { from, tombstones: true })], name).toEqual([...v1.log(wanted, { from, tombstones: true })]);
      }
      expect(v2.refsByObject('ab'.repeat(v1.info.hash === 'sha1' ? 20 : 32)), name).toEqual([]);
    }
  });
});

test('the statistics count the records', () => {
  for (const { bytes } of tables) {
    const v1 = openV1(bytes);
    const v2 = openV2(toV2(v1));
    const { refs, logs } = contentOf(v1);
    expect(v2.info.statistics).toEqual({
      refs: refs.length,
      refTombstones: refs.filter(({ kind }) => kind === 'deletion').length,
      objects: [...v2.sst.records({ prefix: 'b' })].length,
      logs: logs.length,
      logTombstones: logs.filter(({ kind }) => kind === 'deletion').length,
      dataSize: v2.verify().dataSize,
    });
  }
});
