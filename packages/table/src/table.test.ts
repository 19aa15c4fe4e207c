import { isReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { openTable, openTableSync } from './table.js';
import {
  all,
  blocksOf,
  branches,
  codeOf,
  contentOf,
  CountingSource,
  direct,
  LIMITS,
  oid,
  open,
  patched,
  resealed,
  spreadOid,
  update,
  withFooter,
  write,
} from './table.testing.js';

const small = write({ refs: [direct('HEAD'), direct('refs/heads/main')], logs: [update('HEAD')] });
const small256 = write({ refs: [direct('HEAD', oid(1, 32))] }, { hash: 'sha256' });
const opened = (bytes: Uint8Array): unknown => codeOf(() => open(bytes));

describe('opening', () => {
  test('takes two reads: the header and the footer', () => {
    const source = new CountingSource(write({ refs: branches(1000) }));
    openTableSync(source);
    expect(source.reads).toEqual([
      { offset: 0, length: 32 },
      { offset: source.size - 68, length: 68 },
    ]);
  });

  test('tells what the table says of itself', () => {
    expect(open(small).info).toEqual({
      version: 1,
      hash: 'sha1',
      blockSize: 4096,
      minUpdateIndex: 1,
      minUpdateIndexExact: 1n,
      maxUpdateIndex: 1,
      maxUpdateIndexExact: 1n,
      size: small.length,
    });
    expect(open(small256).info).toMatchObject({ version: 2, hash: 'sha256' });
  });

  test.each([
    ['no bytes', 'FILE_TOO_SHORT', new Uint8Array(0)],
    ['1,024 zero bytes', 'MAGIC', new Uint8Array(1024)],
    ['67 bytes', 'FILE_TOO_SHORT', small.subarray(0, 67)],
    ['91 bytes', 'FILE_TOO_SHORT', write({}).subarray(0, 91)],
    ['99 bytes of version 2', 'FILE_TOO_SHORT', write({}, { hash: 'sha256' }).subarray(0, 99)],
    ['92 bytes of version 2', 'FILE_TOO_SHORT', write({}, { hash: 'sha256' }).subarray(0, 92)],
    ['a byte cut off', 'FOOTER_CRC', small.subarray(0, -1)],
    ['a byte more', 'FOOTER_CRC', Uint8Array.of(...small, 0)],
    ['a wrong bit in the checksum', 'FOOTER_CRC', patched(small, -1, small.at(-1)! ^ 1)],
    ['another header in front', 'FOOTER_HEADER', patched(small, 23, 9)],
    ['a wrong first byte', 'MAGIC', patched(small, 0, 0)],
    ['version 3', 'VERSION', patched(small, 4, 3)],
    ['a hash that is not known', 'HASH_ID', patched(small256, 24, 0)],
    ['a first block of no known type', 'BLOCK_TYPE', patched(small, 24, 0x78)],
    ['a log position of 2^64-1', 'SECTION_POSITION', withFooter(small, { logs: 2n ** 64n - 1n })],
    ['a log position in the footer', 'SECTION_POSITION', withFooter(small, { logs: small.length - 60 })],
  ])('%s', (_, code, bytes) => {
    expect(opened(bytes)).toBe(code);
  });

  test('every truncation is damage', () => {
    for (let length = 0; length < small.length; length++) {
      expect(['FILE_TOO_SHORT', 'FOOTER_CRC']).toContain(opened(small.subarray(0, length)));
    }
  });

  test('what is not known is unsupported, not damage', async () => {
    for (const bytes of [patched(small, 4, 3), patched(small256, 24, 0)]) {
      expect(() => open(bytes)).toThrow(expect.objectContaining({ kind: 'unsupported' }));
      await expect(openTable(new CountingSource(bytes))).rejects.toMatchObject({ kind: 'unsupported', file: 'counting' });
    }
  });

  test('leaves the source open when it fails', () => {
    const source = new CountingSource(small.subarray(1));
    expect(codeOf(() => openTableSync(source))).toBe('MAGIC');
    expect(source.closed).toBe(false);
  });

  test('closing the table closes the source', async () => {
    const [a, b] = [new CountingSource(small), new CountingSource(small)];
    openTableSync(a).close();
    expect(a.closed).toBe(true);
    await (await openTable(b)).close();
    expect(b.closed).toBe(true);
  });
});

describe('damage behind the opening', () => {
  test('a flipped bit in deflated data: opening works, refs too, the log is damaged', () => {
    const table = open(patched(small, small.length - 68 - 20, small[small.length - 68 - 20]! ^ 4));
    expect([...table.refs()]).toHaveLength(2);
    expect(codeOf(() => [...table.log('HEAD')])).toBe('LOG_DEFLATE');
    expect(codeOf(() => [...table.logs()])).toBe('LOG_DEFLATE');
  });

  test('a section position that leads to no block is damage, and not an empty section', () => {
    const { logs } = open(small).tableCore.positions;
    for (const position of [logs + 1, logs - 1, small.length - 68 - 1]) {
      const table = open(withFooter(small, { logs: position }));
      expect(isReftableError(thrown(() => [...table.logs()]), 'format')).toBe(true);
      expect(isReftableError(thrown(() => [...table.log('HEAD')]), 'format')).toBe(true);
    }
  });

  const indexed = write({ refs: branches(500), logs: branches(200).map(({ name }) => update(name)) });

  test.each([
    ['the ref index is a ref block', { refIndex: 4096 }, 'BLOCK_TYPE'],
    ['the ref index is an object block', { refIndex: open(indexed).tableCore.positions.objects, objects: 0 }, 'BLOCK_TYPE'],
  ])('%s', (_, fields, code) => {
    const table = open(withFooter(indexed, fields));
    expect(codeOf(() => table.getRef('refs/heads/branch-000400'))).toBe(code);
  });

  test('the object section is an index', () => {
    const { refIndex } = open(indexed).tableCore.positions;
    const table = open(withFooter(withFooter(indexed, { refIndex: 0 }), { objects: (BigInt(refIndex) << 5n) | 2n, objectIndex: 0 }));
    expect(codeOf(() => table.refsByObject(spreadOid(3)))).toBe('BLOCK_TYPE');
  });

  test('a block of another kind where the section should go on', () => {
    // Without an index in the footer, its block stands in the way.
    const table = open(withFooter(indexed, { refIndex: 0 }));
    expect(codeOf(() => [...table.refs()])).toBe('BLOCK_TYPE');
  });

  test('an index that leads to a block which does not reach to the key', () => {
    // The entry of the second block is made to point at the first.
    const { refIndex } = open(indexed).tableCore.positions;
    const at = indexed.findIndex((_, i) => i > refIndex && indexed[i] === 0x9f && indexed[i + 1] === 0);
    const table = open(patched(indexed, at, 0x80, 0x00));
    // 128 lies within the first block.
    expect(isReftableError(thrown(() => table.getRef('refs/heads/branch-000200')), 'format')).toBe(true);
  });

  test('keys that go down from one block to the next', () => {
    const refs = [...branches(200), direct('refs/heads/z')];
    const bytes = write({ refs });
    const second = bytes.slice();
    // The first key of the second block is stored whole: its first letter is made to sort before all others.
    second[4096 + 4 + 3] = 0x41;
    expect(codeOf(() => [...open(second).refs()])).toBe('KEY_ORDER');
  });

  test('a key length in the object section that is not the one that the footer says', () => {
    const { objects, objectIdLength } = open(indexed).tableCore.positions;
    const other = (length: number) => open(withFooter(indexed, { objects: (BigInt(objects) << 5n) | BigInt(length) }));
    const answer = open(indexed).refsByObject(spreadOid(3));
    expect(answer).toHaveLength(1);
    for (const length of [objectIdLength - 1, objectIdLength + 1, 20]) {
      expect(codeOf(() => other(length).refsByObject(spreadOid(3)))).toBe('OBJECT_ID_LENGTH');
    }
  });
});

describe('blocks', () => {
  const bytes = write({ refs: branches(500), logs: branches(500).map(({ name }) => update(name)) });

  test('are given in the order of the file, of every kind, from the first to the footer', () => {
    const blocks = blocksOf(open(bytes));
    expect(new Set(blocks.map(({ type }) => type))).toEqual(new Set('riog'));
    expect(blocks[0]!.position).toBe(0);
    expect(blocks.at(-1)!.position + blocks.at(-1)!.size).toBe(bytes.length - 68);
    for (const [i, { position, size }] of blocks.entries()) {
      const next = blocks[i + 1]?.position ?? bytes.length - 68;
      expect(bytes.subarray(position + size, next).every((byte) => byte === 0)).toBe(true);
    }
  });

  test('of a log-only table, as Git writes it and as JGit does', () => {
    expect(blocksOf(open(write({ logs: [update('HEAD')] })))).toMatchObject([{ type: 'g', position: 0 }]);
  });

  test('async gives the same', async () => {
    const positions = (await all((await openTable(new CountingSource(bytes))).blocks())).map(({ position }) => position);
    expect(positions).toEqual(blocksOf(open(bytes)).map(({ position }) => position));
  });
});

test('the file may end in the middle of what a block promises', () => {
  // The last ref block says that it goes on into the footer.
  const bytes = write({ refs: [direct('HEAD')] });
  const length = bytes.length - 68;
  expect(codeOf(() => [...open(patched(bytes, 25, 0, 0, length + 1)).refs()])).toBe('BLOCK_LENGTH');
});

test('a table whose sections all have one block', () => {
  const content = { refs: [direct('HEAD')], logs: [update('HEAD')] };
  expect(contentOf(open(write(content, LIMITS)))).toEqual(content);
});

test('changed limits with the right checksum in the footer alone are found', () => {
  expect(opened(resealed(patched(small, -68 + 15, 0)))).toBe('FOOTER_HEADER');
});

function thrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
