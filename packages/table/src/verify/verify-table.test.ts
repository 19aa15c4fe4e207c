import { LOG_BLOCK, REF_BLOCK } from '@reftable/block';
import { craftedTables, damagedTables, gitStacks, jgitStacks, jgitTables } from '@reftable/conformance';
import { Random } from '@reftable/conformance/hostile';
import { BytesSource } from '@reftable/io';
import { describe, expect, test } from 'vitest';
import { putTogether, takeApart } from '../damage.testing.js';
import { branches, CountingSource, deletion, direct, footerSizeOf, logDeletion, patched, peeled, spreadOid, update, write } from '../table.testing.js';
import { SEVERITIES, type FindingCode } from './finding.js';
import { verifyTable, verifyTableSync } from './verify-table.js';

/** The codes of what is found on the sync face, each once, in alphabetical order. The async face says the same. */
async function codesOf(bytes: Uint8Array, name?: string): Promise<FindingCode[]> {
  const options = name === undefined ? {} : { name };
  const found = verifyTableSync(new CountingSource(bytes), options);
  expect(await verifyTable(new CountingSource(bytes), options)).toEqual(found);
  return [...new Set(found.map(({ code }) => code))].sort();
}

/** What is found in sound tables, and why. */
const NOTICES: Readonly<Record<string, readonly FindingCode[]>> = {
  // Zones like +2359 and -9959, which Git takes from whoever gives them.
  'git/reflog-times': ['TIME_ZONE'],
  'git-generated/reflog-times': ['TIME_ZONE'],
  'jgit/log-identities': ['TIME_ZONE'],
  'crafted/log-time-zones': ['TIME_ZONE'],
  // JGit gives refs an index from 5 blocks on, Git from 4.
  'jgit/blocks-4': ['INDEX_ABSENT'],
  'jgit/random-2': ['INDEX_ABSENT'],
  'jgit/update-index-deltas': ['INDEX_ABSENT'],
  'jgit/batches': ['INDEX_ABSENT'],
  'jgit/written-directly': ['INDEX_ABSENT'],
  // JGit pads the index of its refs, but not that of its logs.
  'jgit/refs-and-logs-1024': ['PADDING'],
  'jgit/compacted': ['BLOCK_SIZE', 'PADDING'],
  // With a bound on the number of levels, JGit writes the last one as one block of any size, which Git does not read.
  'jgit/log-block-256-levels-1': ['BLOCK_SIZE'],
  'jgit/names-very-long': ['BLOCK_SIZE'],
  'jgit/thousands-256-levels-1': ['BLOCK_SIZE'],
  'jgit/thousands-256-levels-2': ['BLOCK_SIZE'],
  // Streams that grew.
  'crafted/log-deflated-larger': ['BLOCK_SIZE'],
  // JGit stores messages as they are.
  'jgit/log-messages': ['LOG_MESSAGE'],
  'crafted/log-texts': ['LOG_IDENTITY', 'LOG_MESSAGE'],
  'crafted/names-of-any-bytes': ['REF_NAME', 'REF_TARGET'],
};

const sound = [
  ...gitStacks().map((stack) => ({ name: `${stack.group}/${stack.name}`, tables: [...stack.tables, ...stack.worktrees.flatMap(({ tables }) => tables)] })),
  ...jgitStacks().map(({ name, tables }) => ({ name: `jgit/${name}`, tables })),
  ...jgitTables().map(({ name, bytes }) => ({ name: `jgit/${name}`, tables: [{ bytes, name: undefined }] })),
  ...craftedTables().map(({ name, bytes }) => ({ name: `crafted/${name}`, tables: [{ bytes, name: undefined }] })),
];

describe('the golden data', () => {
  test.each(sound)('$name: no error, and nothing but what is known', async ({ name, tables }) => {
    const codes = new Set<FindingCode>();
    for (const table of tables) for (const code of await codesOf(table.bytes, table.name)) codes.add(code);
    const found = [...codes].sort();
    expect(found.filter((code) => SEVERITIES[code] === 'error')).toEqual([]);
    expect(found).toEqual(NOTICES[name] ?? []);
  });

  test('every notice is of a table that there is', () => {
    const names = new Set(sound.map(({ name }) => name));
    expect(Object.keys(NOTICES).filter((name) => !names.has(name))).toEqual([]);
  });

  test.each(damagedTables())('$name: an error', async ({ bytes }) => {
    const codes = await codesOf(bytes);
    expect(codes.map((code) => SEVERITIES[code])).toContain('error');
  });
});

test('whatever is written here has no fault', () => {
  const random = new Random(77);
  for (let round = 0; round < 300; round++) {
    const size = random.pick([20, 20, 32]);
    const count = random.pick([0, 1, 5, 60, 400]);
    const refs = Array.from({ length: count }, (_, index) => {
      // Sorted by the writer. Some names are longer than half a block.
      const name = `refs/heads/${String(random.below(9))}/${'n'.repeat(random.pick([0, 3, 3, 3, 40]))}${String(index)}`;
      const id = spreadOid(random.below(500), size);
      return random.once(4) ? peeled(name, id, spreadOid(index, size)) : random.once(6) ? deletion(name) : direct(name, id);
    });
    const logs = Array.from({ length: random.pick([0, 1, 50, 300]) }, (_, index) =>
      random.once(5) ? logDeletion(`refs/x/${String(index)}`) : update(`refs/x/${String(index)}`, 1, { oldOid: spreadOid(index, size), newOid: spreadOid(1, size) }),
    );
    const options = {
      hash: size === 20 ? ('sha1' as const) : ('sha256' as const),
      blockSize: random.pick([220, 256, 1000, 4096]),
      aligned: !random.once(3),
      restartInterval: random.pick([1, 2, 16, 1000]),
      indexObjects: !random.once(4),
    };
    expect(verifyTableSync(new BytesSource(write({ refs, logs }, options))), JSON.stringify({ round, count, ...options })).toEqual([]);
  }
});

test('where names leave no room in an index, one is missed, and that is all', async () => {
  const refs = [deletion('A'), ...Array.from({ length: 30 }, (_, index) => deletion(`refs/${String(index).padStart(3, '0')}${'x'.repeat(235)}`))];
  expect(await codesOf(write({ refs }, { blockSize: 256 }))).toEqual(['INDEX_ABSENT']);
});

describe('behind damage', () => {
  // Blocks of refs at 0, 256, 512, …; logs in a few blocks, too few for an index.
  const refs = branches(40);
  const logs = Array.from({ length: 12 }, (_, i) => update('HEAD', 12 - i, { message: `${'x'.repeat(60)}\n` }));
  const table = write({ refs, logs }, { blockSize: 256, maxUpdateIndex: 12 });
  const parts = takeApart(table);
  const blocksOf = (type: number): typeof parts.pieces => parts.pieces.filter((piece) => piece.type === type);

  /** Where the text of an n-th record's key ends, in the n-th block of refs. */
  const keyEnd = (block: number, record: number): number => block * 256 + blocksOf(REF_BLOCK)[block]!.keyEnds[record]!;

  async function found(bytes: Uint8Array): Promise<string[]> {
    expect(await codesOf(bytes)).toBeTruthy();
    return verifyTableSync(new BytesSource(bytes)).map(({ code, offset }) => `${code} ${String(offset)}`);
  }

  test('within a block, the next restart is the next to be looked at', async () => {
    const one = write({ refs: branches(40) });
    // A block of 4096 bytes: whole keys are those of records 0, 16 and 32.
    const { keyEnds } = takeApart(one).pieces[0]!;
    const [first = 0, second = 0] = [keyEnds[3], keyEnds[17]];
    const damaged = patched(patched(one, first + 1, 9), second + 1, 9);
    expect(await found(damaged)).toEqual([`UPDATE_INDEX ${first + 1}`, `UPDATE_INDEX ${second + 1}`]);
    // Where record 3 ends is not known then, but where record 16 begins is.
    const unknown = patched(damaged, first - 1, (1 << 3) | 7);
    expect(await found(unknown)).toEqual([`VALUE_TYPE ${first + 1}`, `UPDATE_INDEX ${second + 1}`]);
  });

  test('a block that can not be read is left out, and no more', async () => {
    const damaged = patched(patched(table, 512, 0x78), keyEnd(4, 1) + 1, 99);
    expect(await found(damaged)).toEqual(['BLOCK_TYPE 512', 'BYTES_SKIPPED 512', `UPDATE_INDEX ${keyEnd(4, 1) + 1}`, 'OBJECTS_NOT_COMPARED undefined']);
  });

  test('a block with no index over it is left out, and no more: the next one is searched for', async () => {
    const [, second, third] = blocksOf(LOG_BLOCK).map(({ position }) => position);
    expect(third).toBeDefined();
    const marked = putTogether({ ...parts, pieces: parts.pieces.map((piece) => (piece.position === third ? { ...piece, bytes: crossed(piece.bytes), stored: undefined } : piece)) });
    expect(await found(marked)).toEqual([`LOG_IDENTITY ${third!}`]);
    expect(await found(patched(marked, second! + 20, 0))).toEqual([`LOG_DEFLATE ${second!}`, `BYTES_SKIPPED ${second!}`, `LOG_IDENTITY ${third!}`]);
  });

  /** Puts a `<` into the last entry's name. */
  function crossed(bytes: Uint8Array): Uint8Array {
    return patched(bytes, Buffer.from(bytes).lastIndexOf('A U Thor') + 2, 0x3c);
  }

  test('index and object section are still held against what they stand for', async () => {
    const index = parts.pieces.find(({ type }) => type === 0x69)!;
    const at = index.position + index.keyEnds[1]!;
    // The first block of objects is lost; that does not matter to the index of refs.
    const object = blocksOf(0x6f)[0]!.position;
    const damaged = patched(patched(table, at, 0x7a), object + 1, 0xff);
    expect(await found(damaged)).toEqual([`INDEX_KEY ${at + 1}`, `BLOCK_LENGTH ${object}`, `BYTES_SKIPPED ${object}`, 'OBJECTS_NOT_COMPARED undefined']);
  });

  test('what a header or footer says is believed as far as it can be', async () => {
    const wrong = patched(table, keyEnd(4, 1) + 1, 99);
    const lines = await found(wrong);
    expect(lines).toEqual([`UPDATE_INDEX ${keyEnd(4, 1) + 1}`]);
    for (const at of [0, 4, 6, 15, 20]) expect(await found(patched(wrong, at, 77)), `header, byte ${at}`).toEqual(expect.arrayContaining(lines));
    for (let at = table.length - footerSizeOf(table); at < table.length; at++) {
      expect(await found(patched(wrong, at, wrong[at]! ^ 0x40)), `footer, byte ${at}`).toEqual(expect.arrayContaining(lines));
    }
    expect(await found(wrong.subarray(0, wrong.length - 100))).toEqual(expect.arrayContaining(lines));
  });
});

describe('the object section', () => {
  const shared = spreadOid(7);
  const refs = [...branches(200), ...Array.from({ length: 200 }, (_, i) => peeled(`refs/tags/t${String(i).padStart(4, '0')}`, spreadOid(i + 1000), shared))];

  test('may leave out the list of an id that is in too many blocks', async () => {
    // 400 refs in some 90 blocks: more than a block of 128 bytes can name.
    const table = write({ refs }, { blockSize: 128 });
    expect(await codesOf(table)).toEqual([]);
    // Ids near it are still held against the refs.
    const at = Buffer.from(table).indexOf(Buffer.from(spreadOid(150), 'hex'));
    expect(await codesOf(patched(table, at, table[at]! ^ 1))).toEqual(['OBJECT_EXTRA', 'OBJECT_MISSING']);
  });

  test('each id in each block is held against the refs', async () => {
    const table = write({ refs }, { blockSize: 256 });
    expect(await codesOf(table)).toEqual([]);
    const ids = refs.flatMap((ref) => (ref.kind === 'peeled' ? [ref.oid, ref.peeled] : [ref.oid]));
    for (const id of ids.filter((_, index) => index % 20 === 0)) {
      const at = Buffer.from(table).indexOf(Buffer.from(id, 'hex'));
      expect(await codesOf(patched(table, at, table[at]! ^ 0x55))).toEqual(expect.arrayContaining(['OBJECT_MISSING']));
    }
  });
});

describe('what it takes', () => {
  const refs = branches(20_000);
  const logs = refs.map(({ name }, index) => (index % 9 === 0 ? logDeletion(name) : update(name)));
  const table = write({ refs, logs });

  test('each byte is read once, those of an index twice, some at a time', () => {
    const source = new CountingSource(table);
    expect(verifyTableSync(source)).toEqual([]);
    const total = source.reads.reduce((sum, { length }) => sum + length, 0);
    expect(total).toBeLessThan(1.4 * table.length);
    expect(Math.max(...source.reads.map(({ length }) => length))).toBeLessThanOrEqual(256 << 10);
    expect(source.closed).toBe(false);
  });

  test('what the source throws is no finding', async () => {
    for (const failAt of [0, 2, 5]) {
      const source = new CountingSource(table);
      const read = source.readSync.bind(source);
      let reads = 0;
      source.readSync = (offset, length) => {
        if (reads++ === failAt) throw new Error('out of order');
        return read(offset, length);
      };
      expect(() => verifyTableSync(source)).toThrow('out of order');
      reads = 0;
      await expect(verifyTable(source)).rejects.toThrow('out of order');
    }
  });

  test('a name that is not of Git says nothing', async () => {
    for (const name of ['table.ref', '0x1-0x2-3.ref', '000000000001-000000000001.ref', '0x000000000001-0x000000000001-12345678.ref']) {
      expect(await codesOf(write({ refs: [direct('HEAD')] }), name)).toEqual([]);
    }
    for (const name of ['000000000000-000000000001.ref', '0x000000000001-0x00000000000a-12345678.log', '0x8000000000000001-0x8000000000000001-12345678.ref']) {
      expect(await codesOf(write({ refs: [direct('HEAD')] }), name)).toEqual(['FILE_NAME']);
    }
  });
});
