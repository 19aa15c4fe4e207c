// Writes data/crafted: tables of kinds that neither Git nor JGit was seen to write, with every record known.
// @ts-check
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { constants, deflateSync } from 'node:zlib';
import { Table, be, concat, logRecord, objectRecord, refRecord } from './assemble.mjs';

const target = fileURLToPath(new URL('../data/crafted/', import.meta.url));

/** An id that depends on a label alone. @param {string} label @param {'sha1' | 'sha256'} hash */
const id = (label, hash = 'sha1') => createHash(hash).update(label).digest('hex');

/** A number of an expectation. @param {bigint | number} value */
const numeric = (value) => (BigInt(value) > BigInt(Number.MAX_SAFE_INTEGER) ? String(value) : Number(value));

/** A text of an expectation: under its key, or in hex where it is not UTF-8. @param {string} key @param {string | Uint8Array} value */
function text(key, value) {
  if (typeof value === 'string') return { [key]: value };
  const bytes = Buffer.from(value);
  return Buffer.from(bytes.toString()).equals(bytes) ? { [key]: bytes.toString() } : { [`${key}_hex`]: bytes.toString('hex') };
}

/** @param {string | Uint8Array} name @param {bigint | number} updateIndex @param {string} oid */
const direct = (name, updateIndex, oid) => ({ ...text('name', name), updateIndex: numeric(updateIndex), kind: 'direct', oid });

/** @param {string} ref @param {bigint | number} updateIndex @param {object} [fields] */
const update = (ref, updateIndex, fields = {}) => ({
  ref,
  updateIndex: numeric(updateIndex),
  kind: 'update',
  old: id(`${ref} ${BigInt(updateIndex) - 1n}`),
  new: id(`${ref} ${updateIndex}`),
  name: 'A U Thor',
  email: 'author@example.invalid',
  time: 1500000000,
  tz: 0,
  message: 'change\n',
  ...fields,
});

/** @typedef {{ refs?: any[], logs?: any[], min?: bigint, max?: bigint }} Contents */

/** The object section: for each id, cut to the shortest length that keeps all apart, the blocks that have it. @param {{ oid?: string, peeled?: string }[]} refs @param {{ start: number, records: unknown[] }[]} blocks @param {number} limit */
function objects(refs, blocks, limit) {
  /** @type {Map<string, Set<number>>} */
  const blocksOf = new Map();
  let next = 0;
  for (const { start, records } of blocks) {
    for (const ref of refs.slice(next, (next += records.length))) {
      for (const oid of [ref.oid, ref.peeled]) if (oid !== undefined) blocksOf.set(oid, (blocksOf.get(oid) ?? new Set()).add(start));
    }
  }
  const ids = [...blocksOf.keys()].sort();
  const alike = (/** @type {string} */ a, /** @type {string} */ b) => {
    let bytes = 0;
    while (a.slice(2 * bytes, 2 * bytes + 2) === b.slice(2 * bytes, 2 * bytes + 2)) bytes++;
    return bytes;
  };
  const idLength = Math.max(2, ...ids.slice(1).map((oid, i) => alike(ids[i] ?? '', oid) + 1));
  const records = ids.map((oid) => {
    const key = Buffer.from(oid.slice(0, 2 * idLength), 'hex');
    const record = objectRecord(key, [...(blocksOf.get(oid) ?? [])]);
    // Positions that don't fit a block are left out, which tells readers to scan.
    return record.value.length + key.length + 12 > limit ? objectRecord(key, []) : record;
  });
  return { idLength, records };
}

/**
 * A whole table: blocks of at most `limit` bytes, an index wherever a section has several, an object section where refs have one.
 * @param {Contents} contents @param {{ version?: number, blockSize?: number, limit?: number, interval?: number, deflate?: ((inflated: Buffer) => Buffer)[] }} [options]
 */
function build({ refs = [], logs = [], min = 1n, max = 1n }, { version = 1, blockSize = 0, limit = 4096, interval = 16, deflate = [] } = {}) {
  const table = new Table({ version, blockSize, min, max });
  /** @type {Parameters<Table['finish']>[0]} */
  const sections = {};
  const refBlocks = table.blocks('r', refs.map((ref) => refRecord(ref, min)), limit, { interval });
  if (refBlocks.length > 1) {
    sections.refIndex = table.index(refBlocks, limit);
    const { idLength, records } = objects(refs, refBlocks, limit);
    const objectBlocks = table.blocks('o', records, limit, { interval });
    sections.objects = objectBlocks[0]?.start ?? 0;
    sections.idLength = idLength;
    if (objectBlocks.length > 1) sections.objectIndex = table.index(objectBlocks, limit);
  }
  const logBlocks =
    deflate.length === 0
      ? table.blocks('g', logs.map(logRecord), limit, { interval })
      : deflate.flatMap((method, i) => {
          const part = logs.filter((_, at) => Math.floor((at * deflate.length) / logs.length) === i).map(logRecord);
          return table.blocks('g', part, 2 ** 24, { interval, deflate: method });
        });
  sections.log = logBlocks[0]?.start ?? 0;
  if (logBlocks.length > 1) sections.logIndex = table.index(logBlocks, limit);
  return table.finish(sections);
}

rmSync(target, { recursive: true, force: true });

/**
 * Writes one case.
 * @param {string} name @param {string} description @param {Contents} contents @param {Parameters<typeof build>[1]} [options]
 */
function write(name, description, contents, options = {}) {
  const { refs = [], logs = [], min = 1n, max = 1n } = contents;
  const table = build(contents, options);
  const expected = {
    case: name,
    description,
    hash: options.version === 2 ? 'sha256' : 'sha1',
    version: options.version ?? 1,
    blockSize: options.blockSize ?? 0,
    minUpdateIndex: numeric(min),
    maxUpdateIndex: numeric(max),
    size: table.length,
    refs,
    logs,
  };
  mkdirSync(target + name, { recursive: true });
  writeFileSync(`${target}${name}/table.ref`, table);
  writeFileSync(`${target}${name}/expected.json`, `${JSON.stringify(expected, null, 1)}\n`);
}

const branch = (/** @type {number | string} */ n) => `refs/heads/branch-${String(n).padStart(4, '0')}`;
const range = (/** @type {number} */ count) => Array.from({ length: count }, (_, i) => i);
const top = 2n ** 64n - 1n;
/** A single ref, for tables that are about logs: JGit finds no logs in a table without refs as Git writes it. */
const main = direct('refs/heads/main', 1, id('main'));

// Empty tables.

write('empty-sha256', 'No refs and no logs in version 2: header and footer only, 100 bytes.', {}, { version: 2, blockSize: 4096 });
write('empty-unaligned', 'No refs and no logs, block size 0 in the header.', {});

// Numbers.

{
  const indexes = [2n ** 53n - 2n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 60n, 2n ** 63n - 2n, 2n ** 63n - 1n];
  write(
    'update-indexes-over-53-bits',
    'Update indexes around 2^53 and up to 2^63-1, of refs and of one ref\'s log. 2^53 and 2^53+1 are one number to who reads them as floating point.',
    {
      min: 2n ** 53n - 2n,
      max: 2n ** 63n - 1n,
      refs: indexes.map((index, i) => direct(branch(i), index, id(`${index}`))),
      logs: indexes.toReversed().map((index) => update('refs/heads/main', index)),
    },
  );
}
{
  const indexes = [0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n - 1n, 2n ** 63n, top - 1n, top];
  write('update-indexes-of-64-bits', 'Update indexes from 0 to 2^64-1, the whole range, of refs and of one ref\'s log.', {
    min: 0n,
    max: top,
    refs: indexes.map((index, i) => direct(branch(i), index, id(`${index}`))),
    logs: indexes.toReversed().map((index) => update('refs/heads/main', index, { old: id('before'), new: id(`${index}`) })),
  });
}
{
  const times = [0n, 1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, top];
  write('log-times', 'Times of log entries from 0 to 2^64-1: beyond 31, 32, 53 and 63 bits.', {
    max: BigInt(times.length),
    refs: [main],
    logs: times.toReversed().map((time, i) => update('refs/heads/main', times.length - i, { time: numeric(time), message: `at ${time}\n` })),
  });
}
{
  const zones = [-32768, -1200, -330, -1, 0, 1, 330, 345, 1400, 2359, 32767];
  write('log-time-zones', 'Every kind of number that the 16 bits of a time zone can hold; those of more than 2359 are no zones.', {
    max: BigInt(zones.length),
    refs: [main],
    logs: zones.map((tz, i) => update('refs/heads/main', zones.length - i, { tz, message: `zone ${tz}\n` })),
  });
}
{
  const borders = [127, 128, 16511, 16512];
  const deltas = [0n, 127n, 128n, 16511n, 16512n, 2113663n, 2113664n, 270549119n, 270549120n];
  // The suffix length is shifted by 3 bits, so its varint grows at other lengths of the name.
  const names = [15, 16, 2063, 2064].map((length) => `refs/heads/${'n'.repeat(length - 11)}`).toSorted();
  write(
    'varint-borders',
    'Name lengths, symbolic targets, update index deltas and log texts on either side of the lengths where a varint gets one byte more.',
    {
      min: 5n,
      max: 5n + (deltas.at(-1) ?? 0n),
      refs: [
        ...deltas.map((delta, i) => direct(`refs/deltas/${i}`, 5n + delta, id(`${delta}`))),
        ...names.map((name) => direct(name, 5n, id(name))),
        ...borders.map((length, i) => ({ name: `refs/symbolic/${i}`, updateIndex: 5, kind: 'symbolic', target: `refs/heads/${'t'.repeat(length - 11)}` })),
      ],
      logs: borders.map((length, i) => update(branch(i), 5n, { name: 'n'.repeat(length), email: 'e'.repeat(length), message: 'm'.repeat(length) })),
    },
    { limit: 2 ** 17 },
  );
}

// Names and texts.

write(
  'names-prefixes-of-each-other',
  'Each name is the one before it and one letter more, over many blocks and two index levels: a border of blocks, and each key of the index, lies between a name and its own prefix. Their logs likewise.',
  {
    max: 3n,
    refs: range(120).map((i) => direct(`refs/heads/${'abcdefgh'.repeat(15).slice(0, i + 1)}`, 1n + BigInt(i % 3), id(`prefix ${i}`))),
    logs: range(60).flatMap((i) => [3, 1].map((index) => update(`refs/heads/${'abcdefgh'.repeat(15).slice(0, i + 1)}`, index, { message: '' }))),
  },
  { limit: 400 },
);
{
  const suffixes = [
    [0x01],
    [0x20],
    [0x61, 0x01],
    [0x7f],
    [0x80],
    [0xc0, 0x80],
    [0xc3],
    [0xc3, 0xa9],
    [0xed, 0xa0, 0x80],
    [0xef, 0xbb, 0xbf],
    [0xef, 0xbf, 0xbd],
    [0xf0, 0x9f, 0x98, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xfe],
    [0xff],
    [0xff, 0x61],
    [0xff, 0xff, 0xff],
  ];
  const names = suffixes.map((bytes) => concat('refs/heads/', Buffer.from(bytes)));
  write(
    'names-of-any-bytes',
    'Names, targets and log texts of bytes that are not UTF-8 (single bytes, overlong, surrogates, beyond U+10FFFF), a byte order mark, the replacement character, characters beyond the basic plane, control characters.',
    {
      refs: [
        ...names.map((name, i) => direct(name, 1n, id(`bytes ${i}`))),
        ...names.map((name, i) => ({ name: `refs/symbolic/${String(i).padStart(2, '0')}`, updateIndex: 1, kind: 'symbolic', ...text('target', name) })),
        { ...text('name', Buffer.from([0xef, 0xbb, 0xbf, 0x61])), updateIndex: 1, kind: 'deletion' },
      ],
      logs: names.map((name, i) => ({
        ...text('ref', name),
        updateIndex: 1,
        kind: 'update',
        old: id(`old ${i}`),
        new: id(`new ${i}`),
        time: 1500000000,
        tz: 0,
        ...text('name', name),
        ...text('email', name),
        ...text('message', concat(name, '\n')),
      })),
    },
  );
}
{
  const texts = [
    { name: '', email: '', message: '' },
    { message: 'no newline at its end' },
    { message: '\n' },
    { message: 'two\nlines\n' },
    { message: 'a\0b\n' },
    { message: '\ufeffmark first\n' },
    { name: ' < blank > ', email: '<a>@b', message: '\ttab and blanks  \n' },
    { old: '0'.repeat(40), new: '0'.repeat(40), name: '', email: '', time: 0, message: '' },
    { message: `${'long '.repeat(20_000)}\n` },
  ];
  write('log-texts', 'Identities and messages: empty, without newline, several lines, a NUL, a byte order mark, the marker of an existing empty log, 100,000 bytes.', {
    max: BigInt(texts.length),
    refs: [main],
    logs: [
      ...texts.map((fields, i) => update('refs/heads/main', texts.length - i, fields)),
      { ref: 'refs/heads/main', updateIndex: 0, kind: 'deletion' },
    ],
  }, { limit: 2 ** 18 });
}

// Structure.

const many = (/** @type {'sha1' | 'sha256'} */ hash, /** @type {number} */ count) => ({
  min: 7n,
  max: 9n,
  refs: range(count).map((i) => {
    const ref = direct(branch(i), 7 + (i % 3), id(`${i % 200}`, hash));
    return i % 10 === 3 ? { ...ref, kind: 'peeled', peeled: id(`peeled ${i}`, hash) } : ref;
  }),
  logs: range(count / 4).flatMap((i) =>
    [9, 7].map((index) => update(branch(i), index, { old: id(`old ${i}`, hash), new: id(`new ${i}`, hash), message: `${index}` })),
  ),
});
write('index-levels-unaligned', 'Blocks of up to 200 bytes, not aligned: index levels over refs and over logs, one index over objects.', many('sha1', 400), { limit: 200 });
write('index-levels-unaligned-sha256', 'The same in version 2, with blocks of up to 300 bytes.', many('sha256', 400), { version: 2, limit: 300 });
write('index-levels-aligned', 'Blocks padded to 200 bytes: index levels over refs and over logs, one index over objects.', many('sha1', 200), { limit: 200, blockSize: 200 });
write('restarts-at-every-record', 'Every record has its whole key.', many('sha1', 40), { interval: 1, limit: 1000 });
write('restarts-at-first-record-only', 'One restart in each block, so that a search is a scan.', many('sha1', 40), { interval: 65535, limit: 1000 });
write('block-size-largest', 'Block size 2^24-1 in the header of a small table.', many('sha1', 4), { blockSize: 2 ** 24 - 1 });
write('logs-only-unaligned', 'Log blocks only, block size 0, with an index.', { ...many('sha1', 100), refs: [] }, { limit: 500 });
write('logs-only-sha256', 'Log blocks only in version 2, with an index.', { ...many('sha256', 40), refs: [] }, { version: 2, blockSize: 256, limit: 500 });
write(
  'object-in-every-block-sha256',
  'Version 2. One id is in every one of many small blocks, so that its positions do not fit and the object record says "scan"; others are in one, some in 8 blocks.',
  {
    refs: range(300).map((i) => direct(branch(i), 1n, i % 3 === 0 ? id('everywhere', 'sha256') : id(i % 37 === 1 ? 'some' : `${i}`, 'sha256'))),
  },
  { version: 2, limit: 130 },
);
write(
  'object-ids-alike-sha256',
  'Version 2. Ids that differ in their 31st byte only: object id length 31, the largest that the footer can say.',
  { refs: range(30).map((i) => direct(branch(i), 1n, `${'ab'.repeat(30)}${be(i * 8, 1).toString('hex')}00`)) },
  { version: 2, limit: 250 },
);
{
  const zlib = (/** @type {import('node:zlib').ZlibOptions} */ options) => (/** @type {Buffer} */ plain) => deflateSync(plain, options);
  /** Stored pieces with empty ones between them, by hand. @param {Buffer} plain */
  const stored = (plain) => {
    const sum = deflateSync(plain).subarray(-4);
    const piece = (/** @type {Buffer} */ bytes, /** @type {number} */ last) => {
      const length = Buffer.from(be(bytes.length, 2)).reverse();
      return concat(be(last, 1), length, length.map((byte) => byte ^ 0xff), bytes);
    };
    const half = plain.length >> 1;
    return concat(be(0x7801, 2), piece(plain.subarray(0, half), 0), piece(concat(), 0), piece(plain.subarray(half), 0), piece(concat(), 1), sum);
  };
  const deflate = [
    zlib({ level: 9 }),
    zlib({ level: 1 }),
    zlib({ level: 0 }),
    zlib({ strategy: constants.Z_FIXED }),
    zlib({ strategy: constants.Z_HUFFMAN_ONLY }),
    zlib({ strategy: constants.Z_RLE }),
    zlib({ windowBits: 9 }),
    zlib({ memLevel: 1, level: 9 }),
    stored,
  ];
  const logs = (/** @type {number} */ count, /** @type {number} */ words) =>
    range(count).map((i) => {
      const message = range(words).map((n) => id(`${i} ${n % (1 + (i % words))}`)).join(' ');
      return update(branch(i), 9n, { message: `${message}\n` });
    });
  write(
    'log-deflate-forms',
    'Log blocks in every form that a deflated stream may take: stored, fixed and dynamic codes, run lengths, small windows, many small pieces, empty pieces, the zlib header of each level.',
    { max: 9n, refs: [main], logs: logs(90, 6) },
    { deflate },
  );
  write(
    'log-deflated-larger',
    'Log blocks of 10 KB that take more bytes deflated (stored, that is) than inflated. Git 2.55 does not read these: it takes only as many bytes as the block has inflated.',
    { max: 9n, refs: [main], logs: logs(40, 12) },
    { deflate: [zlib({ level: 0 }), stored] },
  );
}
