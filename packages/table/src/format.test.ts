/* One test for each answer of FORMAT.md, under the name that it has there. */
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { BlockCursor, decodeIndexPosition, INDEX_BLOCK, isExistenceMarker, LOG_BLOCK, OBJECT_BLOCK, REF_BLOCK, type Block } from '@reftable/block';
import { craftedTables, gitStacks, jgitTables } from '@reftable/conformance';
import { expect, test } from 'vitest';
import { RecordTooLargeError } from './errors.js';
import type { TableSync } from './table.js';
import {
  blocksOf,
  branches,
  codeOf,
  contentOf,
  deletion,
  direct,
  logDeletion,
  oid,
  open,
  patched,
  resealed,
  spreadOid,
  symbolic,
  update,
  withFooter,
  write,
  writeRaw,
} from './table.testing.js';

const pinned: string[] = [];

/** A test that FORMAT.md names. */
function pin(name: string, act: () => void): void {
  pinned.push(name);
  test(name, act);
}

const blocksOfType = (table: TableSync, type: number): Block[] => [...table.blocks()].filter((block) => block.type === type);

/** The keys of a block's records, and with what they share. */
function keysOf(block: Block, idSize = 20): Uint8Array[] {
  const cursor = new BlockCursor(idSize);
  cursor.enter(block);
  const keys: Uint8Array[] = [];
  while (cursor.next()) keys.push(cursor.key.slice(0, cursor.keyLength));
  return keys;
}

/** The tables of Git's stacks, some of which have what is looked for. */
function gitTables(): { readonly bytes: Uint8Array; readonly table: TableSync }[] {
  return gitStacks('git').flatMap(({ tables }) => tables.map(({ bytes }) => ({ bytes, table: open(bytes) })));
}

pin('the example, byte by byte', () => {
  const text = readFileSync(new URL('../FORMAT.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| (\d+) \| (`.+) \|/gm)];
  const example = rows.map(([, offset, cells]) => {
    const hex = [...cells!.matchAll(/`([0-9a-f]+)`/g)].map(([, digits]) => digits).join('');
    return { offset: Number(offset), hex };
  });
  const bytes = write({ refs: [symbolic('HEAD', 'refs/heads/main')] });
  expect(example.map(({ hex }) => hex).join('')).toBe(Buffer.from(bytes).toString('hex'));
  let end = 0;
  for (const { offset, hex } of example) {
    expect(offset).toBe(end);
    end += hex.length / 2;
  }
  expect(text).toContain(`block size 4096. ${bytes.length} bytes.`);
});

pin('an empty table is a header and a footer', () => {
  for (const [options, size] of [
    [{}, 92],
    [{ hash: 'sha256' }, 100],
  ] as const) {
    const bytes = write({}, { ...options, minUpdateIndex: 3, maxUpdateIndex: 9 });
    expect(bytes.length).toBe(size);
    const table = open(bytes);
    expect(contentOf(table)).toEqual({ refs: [], logs: [] });
    expect(table.info).toMatchObject({ minUpdateIndex: 3, maxUpdateIndex: 9 });
    expect(table.tableCore.positions).toEqual({ refIndex: 0, objects: 0, objectIdLength: 0, objectIndex: 0, logs: 0, logIndex: 0 });
  }
});

pin('version 1 is SHA-1, version 2 says which hash', () => {
  const [v1, v2] = [write({ refs: [direct('a')] }), write({ refs: [direct('a', oid(1, 32))] }, { hash: 'sha256' })];
  expect([v1[4], v2[4]]).toEqual([1, 2]);
  expect(Buffer.from(v2.subarray(24, 28)).toString()).toBe('s256');
  expect(Buffer.from(v2.subarray(v2.length - 72, v2.length - 44)).equals(v2.subarray(0, 28))).toBe(true);
  // SHA-1 in version 2: an empty table, with another name of its hash.
  const named = [...Buffer.from('sha1')];
  const empty = write({}, { hash: 'sha256' });
  expect(open(resealed(patched(patched(empty, 24, ...named), -48, ...named))).info).toMatchObject({ version: 2, hash: 'sha1' });
});

pin('an unknown version or hash is unsupported, not damage', () => {
  for (const bytes of [patched(write({}), 4, 3), patched(write({}, { hash: 'sha256' }), 24, 0)]) {
    expect(() => open(bytes)).toThrow(expect.objectContaining({ kind: 'unsupported' }));
  }
});

pin('limits reversed are refused, in reading and in writing', () => {
  expect(codeOf(() => write({}, { minUpdateIndex: 2, maxUpdateIndex: 1 }))).toBe('LIMITS');
  const reversed = resealed(patched(patched(write({}), 15, 9), -68 + 15, 9));
  expect(() => open(reversed)).toThrow(expect.objectContaining({ code: 'LIMITS', kind: 'format' }));
});

pin('section positions ascend and lie before the footer', () => {
  const bytes = write({ refs: branches(500), logs: branches(300).map(({ name }) => update(name)) });
  const { refIndex, objects, logs, logIndex } = open(bytes).tableCore.positions;
  expect(refIndex).toBeLessThan(objects);
  expect(logs).toBeLessThan(logIndex);
  for (const fields of [{ logs: refIndex - 1 }, { refIndex: objects + 1 }, { logIndex: logs }, { logs: 2n ** 64n - 1n }, { logIndex: bytes.length - 68 }]) {
    expect(codeOf(() => open(withFooter(bytes, fields)))).toBe('SECTION_POSITION');
  }
});

pin('a table that is not aligned says block size 0', () => {
  const refs = branches(300);
  const bytes = write({ refs }, { aligned: false, blockSize: 1000 });
  const table = open(bytes);
  expect(table.info.blockSize).toBe(0);
  for (const { size } of blocksOf(table)) expect(size).toBeLessThanOrEqual(1000);
  expect(contentOf(table).refs).toEqual(refs);
});

pin('blocks without padding are read also where the header gives a block size', () => {
  const refs = branches(300);
  const bytes = write({ refs }, { aligned: false, blockSize: 1000 });
  const claimed = resealed(patched(patched(bytes, 5, 0, 0x03, 0xe8), -68 + 5, 0, 0x03, 0xe8));
  const table = open(claimed);
  expect(table.info.blockSize).toBe(1000);
  expect(contentOf(table).refs).toEqual(refs);
  for (const ref of refs) expect(table.getRef(ref.name)).toEqual(ref);
});

pin('the first block contains the file header, and the index points at it with 0', () => {
  for (const [hash, size, start] of [
    ['sha1', 20, 28],
    ['sha256', 32, 32],
  ] as const) {
    const table = open(write({ refs: branches(500, (i) => spreadOid(i, size)) }, { hash }));
    const [first] = blocksOfType(table, REF_BLOCK);
    expect(first).toMatchObject({ position: 0, recordsStart: start });
    expect(first!.restart(0)).toBe(start);
    const index = new BlockCursor(size);
    index.enter(blocksOfType(table, INDEX_BLOCK)[0]!);
    index.next();
    expect(decodeIndexPosition(index)).toBe(0);
  }
});

pin('a block is padded only when an aligned one follows', () => {
  const refs = branches(100);
  const table = open(write({ refs, logs: refs.map(({ name }) => update(name)) }, { blockSize: 512 }));
  const blocks = blocksOf(table);
  const end = table.info.size - 68;
  for (const [i, { type, position, size }] of blocks.entries()) {
    const next = blocks[i + 1];
    const isPadded = type !== 'g' && next !== undefined && next.type !== 'g';
    expect(next?.position ?? end).toBe(isPadded ? position + 512 : position + size);
  }
  expect(new Set(blocks.map(({ type }) => type))).toEqual(new Set('riog'));
});

pin('the byte behind a block tells where the next one is', () => {
  // Ref blocks padded among themselves, the last one not; log blocks; a log index that starts anywhere.
  for (const { bytes, table } of gitTables()) {
    let position = [...table.blocks()][0]?.position ?? 0;
    for (const block of table.blocks()) {
      expect(block.position).toBe(position);
      const behind = bytes[block.position + block.sizeOnDisk];
      const isPadded = block.type !== LOG_BLOCK && behind === 0;
      expect(block.end).toBe(isPadded ? block.position + table.info.blockSize : block.position + block.sizeOnDisk);
      position = block.end;
    }
  }
});

pin('a log block ends where its stream ends', () => {
  const table = open(write({ logs: branches(400).map(({ name }) => update(name)) }));
  const blocks = blocksOfType(table, LOG_BLOCK);
  expect(blocks.length).toBeGreaterThan(4);
  for (const [i, block] of blocks.entries()) {
    expect(block.bytes.length).toBeGreaterThan(block.sizeOnDisk);
    if (i > 0) expect(block.position).toBe(blocks[i - 1]!.position + blocks[i - 1]!.sizeOnDisk);
  }
});

pin('a log block may be larger deflated than inflated, up to a bound', () => {
  const { bytes, expected } = craftedTables().find(({ name }) => name === 'log-deflated-larger')!;
  const table = open(bytes);
  expect(contentOf(table).logs).toHaveLength(expected.logs.length);
  expect(blocksOfType(table, LOG_BLOCK).some((block) => block.sizeOnDisk > block.bytes.length)).toBe(true);

  // The same block, with ever more empty pieces in front of its deflated data.
  const logs = [update('HEAD')];
  const small = write({ logs });
  const [block] = open(small).blocks();
  const plain = block!.bytes.subarray(28);
  const withEmptyPieces = (count: number): Uint8Array => {
    const stream = deflateSync(plain, { level: 0 });
    const pieces = Array.from({ length: count }, () => [0, 0, 0, 0xff, 0xff]).flat();
    return Uint8Array.of(...small.subarray(0, 28), ...stream.subarray(0, 2), ...pieces, ...stream.subarray(2), ...small.subarray(-68));
  };
  expect(contentOf(open(withEmptyPieces(5))).logs).toEqual(logs);
  expect(codeOf(() => contentOf(open(withEmptyPieces(100))))).toBe('LOG_DEFLATE');
});

pin('restarts come at every n-th record, and where nothing is shared', () => {
  const names = ['a', 'aa', 'ab', 'ac', 'b', 'ba', 'bb', 'bc', 'bd'];
  const [block] = open(write({ refs: names.map((name) => deletion(name)) }, { restartInterval: 3 })).blocks();
  const cursor = new BlockCursor(20);
  cursor.enter(block!);
  const starts = [cursor.valueEnd];
  while (cursor.next()) starts.push(cursor.valueEnd);
  const restarts = Array.from({ length: block!.restartCount }, (_, i) => names[starts.indexOf(block!.restart(i))]);
  // Records 0, 3 and 6, and "b", which shares nothing with "ac".
  expect(restarts).toEqual(['a', 'ac', 'b', 'bb']);
});

pin('restarts of JGit, a record earlier, are read', () => {
  let earlier = 0;
  for (const { bytes, expected } of jgitTables()) {
    const table = open(bytes);
    const interval = expected.options.restartInterval ?? 16;
    for (const block of blocksOfType(table, REF_BLOCK)) {
      const cursor = new BlockCursor(20);
      cursor.enter(block);
      const starts = [cursor.valueEnd];
      while (cursor.next()) starts.push(cursor.valueEnd);
      if (block.restartCount > 1 && starts.indexOf(block.restart(1)) === interval - 1) earlier++;
    }
    for (const ref of table.refs()) expect(table.getRef(ref.nameBytes ?? ref.name)).toEqual(ref);
  }
  expect(earlier).toBeGreaterThan(100);
});

pin('the largest record fills a block, and a larger one is told what it needs', () => {
  const needed = (refs: ReturnType<typeof direct>[]): unknown => {
    try {
      return write({ refs }).length;
    } catch (error) {
      if (error instanceof RecordTooLargeError) return error.minimumBlockSize;
      throw error;
    }
  };
  const alone = (length: number) => [direct('x'.repeat(length))];
  expect(needed(alone(4038))).toBe(4096 + 68);
  expect(needed(alone(4039))).toBe(4097);
  expect(needed([direct('a'), ...alone(4062)])).toBe(2 * 4096 + 68);
  expect(needed([direct('a'), ...alone(4063)])).toBe(4097);
  expect(contentOf(open(write({ refs: [deletion('a')] }, { blockSize: 37 }))).refs).toEqual([deletion('a')]);
  expect(codeOf(() => write({}, { blockSize: 36 }))).toBe('BLOCK_SIZE');
  expect(codeOf(() => write({}, { blockSize: 40, hash: 'sha256' }))).toBe('BLOCK_SIZE');
});

pin('an index is there from 4 blocks on, from 2 if not aligned', () => {
  for (const [aligned, least] of [
    [true, 4],
    [false, 2],
  ] as const) {
    for (let count = 1; count <= 6; count++) {
      // A name or an entry a block.
      const names = Array.from({ length: count }, (_, i) => `${String(i)}${'x'.repeat(200)}`);
      const written = writeRaw(
        { refs: names.map((name) => direct(name, spreadOid(name.charCodeAt(0)))), logs: names.map((name) => update(name)) },
        { blockSize: 350, aligned },
      );
      for (const section of [written.refs, written.logs]) expect([section.blocks, section.indexLevels > 0]).toEqual([count, count >= least]);
    }
  }
});

pin('the footer points at the top level, and lower levels stand before it', () => {
  const refs = branches(3000);
  const written = writeRaw({ refs }, { blockSize: 128, indexObjects: false });
  expect(written.refs.indexLevels).toBeGreaterThan(1);
  const table = open(written.bytes);
  const { refIndex } = table.tableCore.positions;
  const index = blocksOfType(table, INDEX_BLOCK);
  const lower = index.filter(({ position }) => position < refIndex);
  expect(lower.length).toBeGreaterThan(3);
  // The top level points at the level below it, and a scan ends where the lowest level begins.
  const top = new BlockCursor(20);
  top.enter(index.find(({ position }) => position === refIndex)!);
  top.next();
  expect(lower.map(({ position }) => position)).toContain(decodeIndexPosition(top));
  expect(contentOf(table).refs).toEqual(refs);
  // So in Git's tables.
  const git = gitTables().filter(({ table: one }) => blocksOfType(one, INDEX_BLOCK).some(({ position }) => position < one.tableCore.positions.refIndex));
  expect(git.length).toBeGreaterThan(0);
});

pin('the top level may be up to three blocks', () => {
  const found = new Set<number>();
  for (let count = 500; count < 4000; count += 250) {
    const refs = branches(count);
    const table = open(write({ refs }, { blockSize: 128, indexObjects: false }));
    const { refIndex } = table.tableCore.positions;
    const top = blocksOfType(table, INDEX_BLOCK).filter(({ position }) => position >= refIndex);
    expect(top.length).toBeLessThanOrEqual(3);
    found.add(top.length);
    for (let i = 0; i < count; i += 13) expect(table.getRef(refs[i]!.name)).toEqual(refs[i]);
    expect(table.getRef(refs[count - 1]!.name)).toEqual(refs[count - 1]);
  }
  expect(found).toEqual(new Set([1, 2, 3]));
});

pin('an index block of JGit larger than the block size is read', () => {
  let oversized = 0;
  for (const { bytes } of jgitTables()) {
    const table = open(bytes);
    const { blockSize } = table.info;
    if (!blocksOfType(table, INDEX_BLOCK).some((block) => blockSize > 0 && block.bytes.length > blockSize)) continue;
    oversized++;
    for (const ref of table.refs()) expect(table.getRef(ref.name)).toEqual(ref);
  }
  expect(oversized).toBeGreaterThan(2);
});

pin('names longer than half a block end the levels', () => {
  const refs = Array.from({ length: 20 }, (_, i) => direct(`${String(i).padStart(2, '0')}${'x'.repeat(100)}`));
  const { bytes, refs: statistics } = writeRaw({ refs }, { blockSize: 200 });
  expect(statistics).toMatchObject({ blocks: 20, indexLevels: 1, indexBlocks: 20 });
  for (const ref of refs) expect(open(bytes).getRef(ref.name)).toEqual(ref);
});

pin('names without room for a position have no index', () => {
  const refs = Array.from({ length: 20 }, (_, i) => deletion(`${String(i).padStart(2, '0')}${'x'.repeat(i === 0 ? 10 : 49)}`));
  const { bytes, refs: statistics } = writeRaw({ refs }, { blockSize: 64 });
  expect(statistics).toMatchObject({ blocks: 20, indexLevels: 0 });
  for (const { name } of refs) expect(open(bytes).refs({ from: name, tombstones: true }).next().value).toEqual(deletion(name));
});

pin('a duplicate key is refused, in writing and in a scan', () => {
  expect(codeOf(() => write({ refs: [direct('a'), direct('a')] }))).toBe('KEYS_NOT_ASCENDING');
  expect(codeOf(() => write({ logs: [update('a'), logDeletion('a')] }))).toBe('KEYS_NOT_ASCENDING');
  // "ab" becomes "aa", which is there already.
  const bytes = write({ refs: [deletion('aa'), deletion('ab'), deletion('b')] });
  const twice = patched(bytes, bytes.indexOf(0x62, 28), 0x61);
  expect(codeOf(() => contentOf(open(twice)))).toBe('KEY_ORDER');
  expect(open(twice).refs({ from: 'b', tombstones: true }).next().value).toEqual(deletion('b'));
});

pin('keys ascend as unsigned bytes, from block to block too', () => {
  const names = ['\u007f', '\u0080', '\uffee', '\u{1f600}'];
  expect([...open(write({ refs: names.toReversed().map((name) => direct(name)) })).names()]).toEqual(names);
  const bytes = write({ refs: branches(300) });
  const [, second] = blocksOf(open(bytes));
  // In the second block the first name is made to sort before all of the first block's.
  expect(codeOf(() => contentOf(open(patched(bytes, second!.position + 7, 0x21))))).toBe('KEY_ORDER');
});

pin('names are any bytes but none', () => {
  const { bytes, expected } = craftedTables().find(({ name }) => name === 'names-of-any-bytes')!;
  expect([...open(bytes).refs({ tombstones: true })]).toHaveLength(expected.refs.length);
  expect(codeOf(() => write({ logs: [update('a\0b')] }))).toBe('LOG_KEY');
  expect(codeOf(() => write({ logs: [{ ...logDeletion('x'), ref: Uint8Array.of(0x61, 0, 0x62) }] }))).toBe('LOG_KEY');
  expect(codeOf(() => write({ refs: [direct('')] }))).toBe('KEYS_NOT_ASCENDING');
  expect(codeOf(() => write({ logs: [update('')] }))).toBe('KEYS_NOT_ASCENDING');
});

pin('object ids are cut to the shortest length that tells them apart, 2 to 31', () => {
  for (const [hash, size, alike, length] of [
    ['sha1', 20, 0, 2],
    ['sha1', 20, 5, 6],
    ['sha256', 32, 30, 31],
  ] as const) {
    const id = (i: number): string => `${'ab'.repeat(alike)}${i.toString(16).padStart(2, '0')}`.padEnd(2 * size, '0');
    const { bytes, objectIdLength } = writeRaw({ refs: branches(200, id) }, { hash, blockSize: 512 });
    expect(objectIdLength).toBe(length);
    for (const block of blocksOfType(open(bytes), OBJECT_BLOCK)) for (const key of keysOf(block, size)) expect(key.length).toBe(length);
    expect(open(bytes).refsByObject(id(7))).toHaveLength(1);
    const { objects } = open(bytes).tableCore.positions;
    const claimed = (claim: number) => withFooter(bytes, { objects: (BigInt(objects) << 5n) | BigInt(claim) });
    expect(codeOf(() => open(claimed(0)))).toBe('OBJECT_ID_LENGTH');
    if (hash === 'sha1') expect(codeOf(() => open(claimed(21)))).toBe('OBJECT_ID_LENGTH');
    expect(codeOf(() => open(claimed(length - 1)).refsByObject(id(7)))).toBe('OBJECT_ID_LENGTH');
  }
});

pin('ids alike in 31 bytes get no object section', () => {
  const id = (i: number): string => `${'ab'.repeat(31)}${i.toString(16).padStart(2, '0')}`;
  const { bytes, objectIdLength, objects } = writeRaw({ refs: branches(200, id) }, { hash: 'sha256', blockSize: 512 });
  expect([objectIdLength, objects.blocks]).toEqual([0, 0]);
  expect(open(bytes).refsByObject(id(7))).toHaveLength(1);
});

pin('without an object section the length says nothing', () => {
  const bytes = write({ refs: branches(200).map(({ name }) => symbolic(name, 'x')) }, { blockSize: 256 });
  expect(open(bytes).tableCore.positions).toMatchObject({ objects: 0, objectIdLength: 2 });
  for (const length of [0, 1, 31]) expect(open(withFooter(bytes, { objects: length })).refsByObject(oid(1))).toEqual([]);
  // Git does so too: in tables with a ref index, and no refs but symbolic ones or tombstones.
  for (const { table } of gitTables()) {
    const { objects, objectIdLength } = table.tableCore.positions;
    if (objects === 0) expect([0, 2]).toContain(objectIdLength);
  }
});

pin('an object record without positions means a scan', () => {
  const { bytes, expected } = craftedTables().find(({ name }) => name === 'object-in-every-block-sha256')!;
  const table = open(bytes);
  const ids = expected.refs.map((ref) => (ref.kind === 'direct' ? ref.oid : ''));
  const everywhere = ids[0]!;
  const cursor = new BlockCursor(32);
  const keyed = blocksOfType(table, OBJECT_BLOCK).flatMap((block) => {
    cursor.reset();
    cursor.enter(block);
    const found: [string, number, number][] = [];
    while (cursor.next()) found.push([Buffer.from(cursor.key.slice(0, cursor.keyLength)).toString('hex'), cursor.valueType, cursor.bytes[cursor.valueStart]!]);
    return found;
  });
  expect(keyed.find(([key]) => everywhere.startsWith(key))).toEqual([expect.any(String), 0, 0]);
  for (const id of new Set(ids)) expect(table.refsByObject(id)).toHaveLength(ids.filter((other) => other === id).length);
  expect(table.refsByObject('cd'.repeat(32))).toEqual([]);
});

pin('a table of logs only, as Git writes it, counts from the start of the file', () => {
  const git = gitTables().filter(({ table }) => [...table.blocks()][0]?.type === LOG_BLOCK);
  expect(git.length).toBeGreaterThan(3);
  for (const table of [...git.map((one) => one.table), open(write({ logs: [update('HEAD')] }))]) {
    const [first] = table.blocks();
    expect(table.tableCore.positions.logs).toBe(0);
    expect(first).toMatchObject({ position: 0, recordsStart: table.info.version === 1 ? 28 : 32 });
    expect(first!.restart(0)).toBe(first!.recordsStart);
    expect([...table.logs({ tombstones: true })].length).toBeGreaterThan(0);
    expect([...table.refs({ tombstones: true })]).toEqual([]);
  }
});

pin('a table of logs only, as JGit writes it, counts from the block', () => {
  const only = jgitTables().filter(({ expected }) => expected.refs.length === 0 && expected.logs.length > 0);
  expect(only.length).toBeGreaterThan(0);
  for (const { bytes, expected } of only) {
    const table = open(bytes);
    const [first] = table.blocks();
    expect(table.tableCore.positions.logs).toBe(24);
    expect(first).toMatchObject({ type: LOG_BLOCK, position: 24, recordsStart: 4 });
    expect(first!.restart(0)).toBe(4);
    expect([...table.logs({ tombstones: true })]).toHaveLength(expected.logs.length);
  }
});

pin('log records may be older than the limits, and tombstones newer', () => {
  const limits = { minUpdateIndex: 5, maxUpdateIndex: 6 };
  const logs = [logDeletion('a', 9), update('a', 6), update('a', 2), logDeletion('a', 1)];
  expect(contentOf(open(write({ logs }, limits))).logs).toEqual(logs);
  expect(codeOf(() => write({ logs: [update('a', 7)] }, limits))).toBe('UPDATE_INDEX');
  expect(codeOf(() => write({ refs: [direct('a', oid(1), 4)] }, limits))).toBe('UPDATE_INDEX');
  // Git does it.
  const outside = gitTables().filter(({ table }) =>
    [...table.logs({ tombstones: true })].some(({ updateIndex }) => updateIndex < table.info.minUpdateIndex || updateIndex > table.info.maxUpdateIndex),
  );
  expect(outside.length).toBeGreaterThan(0);
});

pin('an entry from null to null is a record like any other', () => {
  const marker = update('refs/heads/main', 1, { oldOid: oid(0), newOid: oid(0), name: '', email: '', time: 0, timeZone: 0, message: '' });
  for (const exactLogMessages of [true, false]) expect([...open(write({ logs: [marker] }, { exactLogMessages })).log('refs/heads/main')]).toEqual([marker]);
  // Git's, bare and with a person.
  const markers = gitTables().flatMap(({ table }) => [...table.logs()]).filter((log) => log.kind === 'update' && isExistenceMarker(log));
  expect(markers.some((log) => log.kind === 'update' && log.name === '' && log.message === '')).toBe(true);
  expect(markers.some((log) => log.kind === 'update' && log.name !== '' && log.message === '\n')).toBe(true);
});

pin("a time zone is the number stored, Git's decimal, JGit's minutes", () => {
  const zones = (table: TableSync): number[] => Array.from(table.logs(), (log) => (log.kind === 'update' ? log.timeZone : 0));
  const git = gitTables().flatMap(({ table }) => zones(table));
  expect(git).toContain(-330);
  const minutes = jgitTables().flatMap(({ bytes, expected }) => {
    const stored = expected.logs.map((log) => (log.kind === 'update' ? log.tz : 0));
    expect(zones(open(bytes))).toEqual(stored.filter((_, i) => expected.logs[i]!.kind === 'update'));
    return stored;
  });
  expect(minutes).toContain(330);
  const any = [-32_768, -330, -210, 0, 1400, 32_767];
  expect(zones(open(write({ logs: any.map((timeZone, i) => update(String(i), 1, { timeZone })) })))).toEqual(any);
});

pin('a message is one line and a newline, unless it is to be exact', () => {
  const stored = (message: string, exactLogMessages: boolean): unknown =>
    codeOf(() => [...open(write({ logs: [update('a', 1, { message })] }, { exactLogMessages })).logs()].map((log) => log.kind === 'update' && log.message)[0]);
  expect(['x', 'x\n', 'x\n\n', '', 'x\ny'].map((message) => stored(message, false))).toEqual(['x\n', 'x\n', 'x\n', '\n', 'LOG_MESSAGE']);
  expect(['x', '', 'x\ny\n'].map((message) => stored(message, true))).toEqual(['x', '', 'x\ny\n']);
});

pin('64 bits are read and written exactly', () => {
  const top = 2n ** 64n - 1n;
  const limits = { minUpdateIndex: 0, maxUpdateIndex: top };
  const exact = [top, 2n ** 53n, 2n ** 53n - 1n, 0n];
  const table = open(write({ refs: exact.map((updateIndex, i) => ({ ...direct(String(i)), updateIndex })), logs: exact.map((updateIndex) => ({ ...update('a'), updateIndex, time: updateIndex })) }, limits));
  expect(Array.from(table.refs(), ({ updateIndex, updateIndexExact }) => updateIndexExact ?? BigInt(updateIndex))).toEqual(exact);
  expect(Array.from(table.logs(), ({ updateIndex, updateIndexExact }) => updateIndexExact ?? BigInt(updateIndex))).toEqual(exact);
  expect(Array.from(table.logs(), (log) => log.kind === 'update' && (log.timeExact ?? BigInt(log.time)))).toEqual(exact);
  expect([...table.refs()][0]).toMatchObject({ updateIndex: Number.MAX_SAFE_INTEGER, updateIndexExact: top });
});

pin('numbers of more than 64 bits and reserved value types are damage', () => {
  // The update index of the only record is made a number of ten bytes; its target, of as many bytes, makes room for that.
  const bytes = write({ refs: [symbolic('a', 'x'.repeat(20))] });
  const overflow = patched(bytes, 31, ...Array.from({ length: 9 }, () => 0xff), 0, 11);
  expect(codeOf(() => contentOf(open(overflow)))).toBe('VARINT_OVERFLOW');
  const beyond = resealed(patched(patched(write({ refs: [deletion('a', 2)] }, { maxUpdateIndex: 2 }), 8, ...new Uint8Array(16).fill(0xff)), -60, ...new Uint8Array(16).fill(0xff)));
  expect(codeOf(() => contentOf(open(beyond)))).toBe('UPDATE_INDEX_OVERFLOW');
  for (const type of [4, 5, 6, 7]) expect(codeOf(() => contentOf(open(patched(bytes, 29, (1 << 3) | type))))).toBe('VALUE_TYPE');
});

test('FORMAT.md names these tests, and no others', () => {
  const text = readFileSync(new URL('../FORMAT.md', import.meta.url), 'utf8');
  const named = [...text.matchAll(/^> Test: \*(.+)\*$/gm)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(pinned.toSorted());
});

test('every section of FORMAT.md that answers something is pinned', () => {
  const text = readFileSync(new URL('../FORMAT.md', import.meta.url), 'utf8');
  const sections = text.split(/^#{2,3} /m).slice(1);
  const answers = sections.filter((section) => section.split('\n').slice(1).join('').trim() !== '');
  for (const section of answers) expect(section, section.split('\n')[0]).toMatch(/^> Test: \*.+\*$/m);
  expect(answers.length).toBeGreaterThan(25);
});
