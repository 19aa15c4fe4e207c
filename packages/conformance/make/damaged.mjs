// Writes data/damaged/tables: one table for each way in which a table can be wrong, with what a reader must say of it.
// @ts-check
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateSync, inflateSync } from 'node:zlib';
import { Table, be, concat, indexRecord, logKey, logRecord, objectRecord, refRecord, resealed, sized, varint } from './assemble.mjs';

const data = fileURLToPath(new URL('../data/', import.meta.url));
const target = `${data}damaged/tables/`;
rmSync(target, { recursive: true, force: true });

/**
 * Writes one case: `README.md` says what the fields of the expectation mean.
 *
 * @typedef {'open' | 'scan-refs' | 'seek' | 'scan-logs' | 'by-object'} Step
 * @typedef {{ kind?: 'damaged' | 'unsupported', must?: 'fail' | 'fail or misread', at?: object, base?: string, hash?: string }} Facts
 * @param {string} name @param {string} failure @param {Step} step @param {string} description @param {Uint8Array} table @param {Facts} [facts]
 */
function damaged(name, failure, step, description, table, { kind = 'damaged', must = 'fail', at, base = 'assembled', hash = 'sha1' } = {}) {
  const expected = { case: name, description, hash, base, size: table.length, failure, kind, step, at, must };
  mkdirSync(target + name, { recursive: true });
  writeFileSync(`${target}${name}/table.ref`, table);
  writeFileSync(`${target}${name}/expected.json`, `${JSON.stringify(expected, null, 1)}\n`);
}

/** The first table of a stack that Git wrote. @param {string} name */
function golden(name) {
  const folder = `git/${name}/reftable`;
  const file = readdirSync(data + folder).filter((entry) => entry.endsWith('.ref')).sort()[0];
  return { base: `${folder}/${file}`, bytes: readFileSync(`${data}${folder}/${file}`) };
}

/** A copy with other bytes from `offset` on (from the end where it is negative). @param {Uint8Array} table @param {number} offset @param {Uint8Array} bytes */
function patched(table, offset, bytes) {
  const copy = Buffer.from(table);
  copy.set(bytes, offset < 0 ? copy.length + offset : offset);
  return copy;
}

const oid = (/** @type {number} */ n) => n.toString(16).padStart(2, '0').repeat(20);
const branch = (/** @type {number} */ n) => `refs/heads/branch-${String(n).padStart(2, '0')}`;
const ref = (/** @type {string} */ name, n = 1) => refRecord({ name, updateIndex: 1, kind: 'direct', oid: oid(n) }, 1n);
/** A zlib stream as Git makes it. @param {Uint8Array} plain */
const deflate = (plain) => deflateSync(plain, { level: 9 });
/** The checksum at the end of a zlib stream. @param {Uint8Array} plain */
const adler32 = (plain) => deflate(plain).subarray(-4);
const update = /** @type {const} */ ({
  kind: 'update',
  old: oid(1),
  new: oid(2),
  name: 'A U Thor',
  email: 'author@example.invalid',
  time: 1500000000,
  tz: 0,
  message: 'change\n',
});
const log = (/** @type {string} */ name, updateIndex = 1) => logRecord({ ref: name, updateIndex, ...update });
const branches = (/** @type {number} */ count) => Array.from({ length: count }, (_, i) => ref(branch(i), i + 1));

/** @typedef {import('./assemble.mjs').Record} Record @typedef {import('./assemble.mjs').BlockOptions} BlockOptions */

/** The object records, of 2 bytes of id, of refs that each have another id. @param {{ start: number, records: Record[] }[]} blocks */
const objectsOf = (blocks) => blocks.flatMap(({ start, records }) => records.map(({ value }) => objectRecord(value.subarray(1, 3), [start])));

/** A table of one ref block. @param {Record[]} records @param {BlockOptions} [options] */
function oneBlock(records, options = {}) {
  const table = new Table();
  table.block('r', records, options);
  return table.finish();
}

// The file as a whole.

const one = golden('one-commit');
const two = golden('sha256-basic');
const v1 = { base: one.base };
const v2 = { base: two.base, hash: 'sha256' };

damaged('empty-file', 'too-short', 'open', 'A file of 0 bytes, as a crash may leave it.', concat());
damaged('too-short', 'too-short', 'open', 'The file ends a byte before the length of a footer.', one.bytes.subarray(0, 67), v1);
damaged('header-only', 'too-short', 'open', 'A header and nothing after it.', one.bytes.subarray(0, 24), v1);
damaged('too-short-for-version-2', 'too-short', 'open', 'As long as an empty table of version 1 (92 bytes), but it says version 2.', patched(patched(new Table().finish(), 4, be(2, 1)), 24, concat('s256')), { hash: 'sha256' });
damaged('zero-filled', 'bad-magic', 'open', '1,024 zero bytes, as a crash may leave them.', Buffer.alloc(1024));
damaged('bad-magic', 'bad-magic', 'open', 'The first byte of the file is wrong.', patched(one.bytes, 0, concat('r')), v1);
damaged('footer-bad-magic', 'footer-missing', 'open', 'The footer does not begin with REFT; its checksum is right.', resealed(patched(one.bytes, -68, concat('r'))), v1);
damaged('truncated-by-a-byte', 'footer-missing', 'open', 'The last byte of the file is missing.', one.bytes.subarray(0, -1), v1);
damaged('truncated-in-the-middle', 'footer-missing', 'open', 'The second half of the file is missing.', one.bytes.subarray(0, one.bytes.length >> 1), v1);
damaged('bytes-after-the-end', 'footer-missing', 'open', 'A byte follows the footer.', concat(one.bytes, '\0'), v1);
for (const version of [0, 3, 255]) {
  const table = resealed(patched(patched(one.bytes, 4, be(version, 1)), -64, be(version, 1)));
  damaged(`version-${version}`, 'unsupported-version', 'open', `Version ${version} in header and footer.`, table, { ...v1, kind: 'unsupported' });
}
damaged('hash-unknown', 'unsupported-hash', 'open', 'The hash of a table of version 2 is called "s512".', resealed(patched(patched(two.bytes, 24, concat('s512')), -48, concat('s512'))), {
  ...v2,
  kind: 'unsupported',
});
damaged('header-footer-differ', 'header-footer-differ', 'open', 'The lowest update index in the header is not that in the footer.', patched(one.bytes, 15, be(9, 1)), v1);
damaged('header-footer-hash-differ', 'header-footer-differ', 'open', 'The header of a table of version 2 says "s256", its footer "sha1".', resealed(patched(two.bytes, -48, concat('sha1'))), v2);
damaged('footer-checksum', 'footer-checksum', 'open', 'A bit of the checksum is wrong.', patched(one.bytes, -1, be((one.bytes.at(-1) ?? 0) ^ 1, 1)), v1);
damaged('footer-field-changed', 'footer-checksum', 'open', 'A bit of a position in the footer was changed after its checksum was made.', patched(one.bytes, -5, be((one.bytes.at(-5) ?? 0) ^ 1, 1)), v1);
damaged('limits-reversed', 'limits-reversed', 'open', 'The lowest update index (9) is above the highest (1).', new Table({ min: 9n }).finish(), { must: 'fail or misread' });

// Where the footer says that sections are.

/** A table with every section: 20 refs in blocks, with index, objects and logs. @param {(sections: any, table: Table) => object} change */
function allSections(change) {
  const table = new Table();
  const refs = table.blocks('r', branches(20), 160);
  const refIndex = table.index(refs, 4096);
  const objects = table.blocks('o', objectsOf(refs), 100);
  const objectIndex = table.index(objects, 4096);
  const logs = table.blocks('g', [0, 1, 2, 3].map((n) => log(branch(n))), 160);
  const logIndex = table.index(logs, 4096);
  const sections = { refIndex, objects: objects[0]?.start ?? 0, idLength: 2, objectIndex, log: logs[0]?.start ?? 0, logIndex };
  return table.finish({ ...sections, ...change(sections, table) });
}

const far = 1_000_000;
damaged('ref-index-outside-file', 'section-outside-file', 'seek', 'The ref index is said to lie beyond the file.', allSections(() => ({ refIndex: far })), { at: { ref: branch(7) } });
damaged('objects-outside-file', 'section-outside-file', 'by-object', 'The object section is said to lie beyond the file.', allSections(() => ({ objects: far })), { at: { oid: oid(7) } });
damaged('object-index-outside-file', 'section-outside-file', 'by-object', 'The object index is said to lie beyond the file.', allSections(() => ({ objectIndex: far })), { at: { oid: oid(7) } });
damaged('logs-outside-file', 'section-outside-file', 'scan-logs', 'The logs are said to lie beyond the file. They are not "none".', allSections(() => ({ log: far })));
damaged('log-position-huge', 'section-outside-file', 'scan-logs', 'The logs are said to begin at byte 2^64-1.', allSections(() => ({ log: 2n ** 64n - 1n })));
damaged('log-index-outside-file', 'section-outside-file', 'scan-logs', 'The log index is said to lie beyond the file.', allSections(() => ({ logIndex: far })), { must: 'fail or misread' });
damaged('logs-in-footer', 'section-outside-file', 'scan-logs', 'The logs are said to begin in the footer.', allSections((_, table) => ({ log: table.position + 8 })));
damaged('logs-in-header', 'section-outside-file', 'scan-logs', 'The logs are said to begin inside the header, where no block can be.', allSections(() => ({ log: 8 })));
damaged('sections-out-of-order', 'section-order', 'open', 'The logs lie before the objects, and the footer says so.', logsFirst(), { must: 'fail or misread' });
damaged('ref-index-is-ref-block', 'block-type', 'seek', 'The ref index is said to be where the second ref block is.', allSections(() => ({ refIndex: secondBlock() })), { at: { ref: branch(7) }, must: 'fail or misread' });
damaged('objects-are-index-block', 'block-type', 'by-object', 'The object section is said to be where the ref index is.', allSections(({ refIndex }) => ({ objects: refIndex, objectIndex: 0 })), { at: { oid: oid(7) } });
damaged('logs-are-ref-block', 'block-type', 'scan-logs', 'The logs are said to be where the second ref block is; nothing else is said to be there.', logsAreRefs());
damaged('object-id-length-zero', 'object-id-length', 'by-object', 'There are objects, but the length of their ids is said to be 0.', allSections(() => ({ idLength: 0 })), { at: { oid: oid(7) } });
damaged('object-id-length-31', 'object-id-length', 'by-object', 'The length of object ids is said to be 31, more than SHA-1 has.', allSections(() => ({ idLength: 31 })), { at: { oid: oid(7) } });

/** Where the second ref block of `allSections` begins. */
function secondBlock() {
  return new Table().blocks('r', branches(20), 160)[1]?.start ?? 0;
}

function logsFirst() {
  const table = new Table();
  const refs = table.blocks('r', branches(20), 160);
  const refIndex = table.index(refs, 4096);
  const logs = table.block('g', [log(branch(1))]);
  return table.finish({ refIndex, log: logs, objects: table.block('o', objectsOf(refs)), idLength: 2 });
}

function logsAreRefs() {
  const table = new Table();
  table.block('r', branches(2));
  return table.finish({ log: table.block('r', branches(4).slice(2)) });
}

// Blocks.

damaged('block-type-unknown', 'block-type', 'scan-refs', 'The first block is of type "x".', patched(oneBlock(branches(3)), 24, concat('x')));
damaged('block-type-unknown-later', 'block-type', 'scan-refs', 'The second of two blocks is of type "x".', (() => {
  const table = new Table();
  table.block('r', branches(3));
  table.block('x', branches(6).slice(3));
  return table.finish();
})(), { must: 'fail or misread' });
damaged('block-length-zero', 'block-length', 'scan-refs', 'The block says that it has 0 bytes.', oneBlock(branches(3), { length: () => 0 }));
damaged('block-length-below-header', 'block-length', 'scan-refs', 'The first block says that it has 27 bytes, while the file\'s header and its own have 28.', oneBlock(branches(3), { length: () => 27 }));
damaged('block-length-without-restarts', 'block-length', 'scan-refs', 'The first block says that it has 29 bytes: no room for a count of restarts.', oneBlock(branches(3), { length: () => 29 }));
damaged('block-length-beyond-blocks', 'block-length', 'scan-refs', 'The block says that it has one byte more than there are before the footer.', oneBlock(branches(3), { length: (length) => length + 1 }));
damaged('block-length-beyond-file', 'block-length', 'scan-refs', 'The block says that it has 2^24-1 bytes.', oneBlock(branches(3), { length: () => 2 ** 24 - 1 }));
damaged('restart-count-zero', 'restart-count', 'scan-refs', 'The block has no restarts.', oneBlock(branches(3), { restarts: () => [] }), { must: 'fail or misread' });
damaged('restart-count-too-large', 'restart-count', 'scan-refs', 'The block says that it has 65,535 restarts, for which it has no room.', oneBlock(branches(3), { count: 65535 }));
damaged('restart-count-covers-records', 'restart-count', 'scan-refs', 'The restarts, as many as the block says, begin inside the block\'s header.', (() => {
  let length = 0;
  oneBlock(branches(1), { length: (right) => (length = right) });
  return oneBlock(branches(1), { count: Math.ceil((length - 30) / 3) + 1 });
})());
damaged('restart-beyond-records', 'restart-offset', 'seek', 'A restart lies at 2^24-1, outside the block.', oneBlock(branches(40), { interval: 4, restarts: ([first = 0, ...rest]) => [first, ...rest.map(() => 2 ** 24 - 1)] }), { at: { ref: branch(30) } });
damaged('restart-in-restarts', 'restart-offset', 'seek', 'A restart lies among the restarts themselves.', (() => {
  let length = 0;
  oneBlock(branches(40), { interval: 4, length: (right) => (length = right) });
  return oneBlock(branches(40), { interval: 4, restarts: ([first = 0, ...rest]) => [first, ...rest.map((_, i) => length - 20 + i)] });
})(), { at: { ref: branch(30) }, must: 'fail or misread' });
damaged('restart-in-header', 'restart-offset', 'seek', 'All restarts lie at 0, in the header of the file.', oneBlock(branches(40), { interval: 4, restarts: (all) => all.map(() => 0) }), { at: { ref: branch(30) }, must: 'fail or misread' });
damaged('restarts-descend', 'restart-offset', 'seek', 'The restarts are in reverse order.', oneBlock(branches(40), { interval: 4, restarts: (all) => all.toReversed() }), { at: { ref: branch(30) }, must: 'fail or misread' });
damaged('restart-with-prefix', 'restart-offset', 'seek', 'The second restart lies at a record that leaves out a prefix.', (() => {
  // The restart is moved on by one record: two lengths, the name, the update index and the id.
  const records = branches(12);
  return oneBlock(records, { interval: 4, restarts: (all) => all.map((offset, i) => (i === 1 ? offset + 3 + branch(0).length + 21 : offset)) });
})(), { at: { ref: branch(6) }, must: 'fail or misread' });

// Keys and records.

const claim = (/** @type {Record[]} */ records, /** @type {number} */ at, /** @type {Partial<Record>} */ change) =>
  records.map((record, i) => (i === at ? { ...record, ...change } : record));

damaged('prefix-longer-than-key', 'key-prefix', 'scan-refs', 'A record takes 100 bytes of a name of 20.', oneBlock(claim(branches(3), 1, { prefix: 100 })));
damaged('prefix-at-first-record', 'key-prefix', 'scan-refs', 'The first record of the block takes 4 bytes of a name before it.', oneBlock(claim(branches(3), 0, { prefix: 4 })));
damaged('prefix-of-64-bits', 'key-prefix', 'scan-refs', 'A record takes 2^64-1 bytes of the name before it.', oneBlock(claim(branches(3), 1, { prefix: 2n ** 64n - 1n })));
damaged('suffix-beyond-block', 'record-truncated', 'scan-refs', 'A record has 1,000 bytes of name, more than the block.', oneBlock(claim(branches(3), 2, { suffix: 1000 })));
damaged('suffix-of-61-bits', 'record-truncated', 'scan-refs', 'A record has 2^61-1 bytes of name.', oneBlock(claim(branches(3), 2, { suffix: 2n ** 61n - 1n })));
damaged('key-empty', 'key-empty', 'scan-refs', 'A ref has no name.', oneBlock([ref(''), ...branches(2)]), { must: 'fail or misread' });
damaged('keys-descend', 'key-order', 'scan-refs', 'A name sorts before the one before it.', oneBlock([1, 0, 2].map((n) => ref(branch(n)))), { must: 'fail or misread' });
damaged('keys-descend-over-blocks', 'key-order', 'scan-refs', 'The second block begins with a name that sorts before the last of the first.', (() => {
  const table = new Table();
  table.block('r', [0, 1, 4].map((n) => ref(branch(n))));
  table.block('r', [2, 3, 5].map((n) => ref(branch(n))));
  return table.finish();
})(), { must: 'fail or misread' });
damaged('key-twice', 'key-duplicate', 'scan-refs', 'A name is there twice.', oneBlock([0, 1, 1, 2].map((n) => ref(branch(n)))), { must: 'fail or misread' });
damaged('key-twice-over-blocks', 'key-duplicate', 'scan-refs', 'The second block begins with the last name of the first.', (() => {
  const table = new Table();
  table.block('r', [0, 1].map((n) => ref(branch(n))));
  table.block('r', [1, 2].map((n) => ref(branch(n))));
  return table.finish();
})(), { must: 'fail or misread' });
for (const type of [4, 5, 6, 7]) {
  damaged(`value-type-${type}`, 'value-type', 'scan-refs', `A ref has a value of type ${type}, which is reserved.`, oneBlock(claim(branches(3), 1, { type })));
}
damaged('varint-overflow', 'varint-overflow', 'scan-refs', 'An update index is a number of 10 bytes that goes beyond 64 bits.', oneBlock(claim(branches(3), 1, { value: concat(Buffer.alloc(9, 0xff), '\0', Buffer.alloc(20)) })));
damaged('varint-endless', 'varint-overflow', 'scan-refs', 'A prefix length is a number of 200 bytes.', oneBlock(claim(branches(3), 1, { prefix: 2n ** 1400n })));
damaged('varint-truncated', 'record-truncated', 'scan-refs', 'The last number of the block does not end.', oneBlock([...branches(2), { key: concat('refs/heads/x'), type: 0, value: be(0x80, 1) }]));
damaged('value-truncated', 'record-truncated', 'scan-refs', 'The last object id of the block has 19 bytes.', oneBlock(claim(branches(3), 2, { value: concat('\0', Buffer.alloc(19)) })));
damaged('peeled-truncated', 'record-truncated', 'scan-refs', 'The last ref of the block is a tag without its peeled id.', oneBlock(claim(branches(3), 2, { type: 2 })));
damaged('target-beyond-block', 'record-truncated', 'scan-refs', 'The target of a symbolic ref has 2^50 bytes.', oneBlock([...branches(2), { key: concat('refs/heads/x'), type: 3, value: concat('\0', varint(2n ** 50n), 'refs') }]));
damaged('block-without-records', 'block-empty', 'scan-refs', 'A block with a restart, but without any record.', oneBlock([], { restarts: () => [28] }), { must: 'fail or misread' });
damaged('update-index-overflow', 'update-index-overflow', 'scan-refs', 'The lowest update index is 2^63, a ref\'s difference to it 2^63.', (() => {
  const table = new Table({ min: 2n ** 63n, max: 2n ** 64n - 1n });
  table.block('r', claim(branches(3), 1, { value: concat(varint(2n ** 63n), Buffer.alloc(20, 7)) }));
  return table.finish();
})(), { must: 'fail or misread' });

// The ref index.

/** A table of four ref blocks with an index of one block, changed. @param {(entries: { last: Buffer, position: number }[], index: number) => { last: Buffer, position: number, type?: number }[]} change */
function indexed(change) {
  const table = new Table();
  const blocks = table.blocks('r', branches(20), 160);
  const entries = change(blocks.map(({ start, last }) => ({ last, position: start })), table.position);
  const top = table.block('i', entries.map(({ last, position, type = 0 }) => ({ ...indexRecord(last, position), type })));
  return table.finish({ refIndex: top });
}
const sought = branch(8);
/** Lets the entry that leads to the name sought lead elsewhere. @param {(position: number, index: number) => number} elsewhere */
const misled = (elsewhere) =>
  indexed((entries, index) => {
    const at = entries.findIndex(({ last }) => last.toString() >= sought);
    return entries.map((entry, i) => (i === at ? { ...entry, position: elsewhere(entry.position, index) } : entry));
  });
const at = { at: { ref: sought } };

damaged('index-points-outside', 'index-target', 'seek', 'An entry of the ref index points beyond the file.', misled(() => far), at);
damaged('index-points-into-footer', 'index-target', 'seek', 'An entry of the ref index points into the footer.', misled((_, index) => index + 250), at);
damaged('index-points-into-block', 'index-target', 'seek', 'An entry of the ref index points at the second byte of a block.', misled((position) => position + 1), at);
damaged('index-points-at-itself', 'index-loop', 'seek', 'An entry of the ref index points at the index block it is in.', misled((_, index) => index), at);
damaged('index-points-at-other-index', 'index-loop', 'seek', 'Two index blocks point at each other.', (() => {
  const attempt = (/** @type {number} */ second) => {
    const table = new Table();
    const blocks = table.blocks('r', branches(20), 160);
    const last = blocks.at(-1)?.last ?? '';
    const first = table.block('i', [indexRecord(last, second)]);
    const found = table.block('i', [indexRecord(last, first)]);
    return { found, table: table.finish({ refIndex: found }) };
  };
  return attempt(attempt(999).found).table;
})(), at);
damaged('index-points-at-zeros', 'block-type', 'seek', 'The block that an entry of the ref index points at is all zeros, as a hole in the file would be.', (() => {
  const table = new Table({ blockSize: 160 });
  const blocks = table.blocks('r', branches(20), 160);
  return table.finish({ refIndex: table.index(blocks, 4096) }).fill(0, 160, 320);
})(), { at: { ref: branch(4) } });
damaged('index-record-type', 'value-type', 'seek', 'The records of the ref index have a value type.', indexed((entries) => entries.map((entry) => ({ ...entry, type: 3 }))), { ...at, must: 'fail or misread' });
damaged('index-points-at-log-block', 'block-type', 'seek', 'An entry of the ref index points at a log block.', (() => {
  const table = new Table();
  table.block('r', branches(20));
  const logs = table.block('g', [log(branch(1))]);
  return table.finish({ refIndex: table.block('i', [indexRecord(branch(19), logs)]), log: logs });
})(), { ...at, must: 'fail or misread' });

// Objects.

/** A table of four ref blocks and one block of objects. @param {(ids: Record[], objects: number) => Record[]} change */
function withObjects(change) {
  const table = new Table();
  const blocks = table.blocks('r', branches(20), 160);
  const refIndex = table.index(blocks, 4096);
  return table.finish({ refIndex, objects: table.block('o', change(objectsOf(blocks), table.position)), idLength: 2 });
}
const object = { at: { oid: oid(9) } };
/** Gives the object sought other positions. @param {(record: Record, objects: number) => Record} other */
const moved = (other) => withObjects((ids, objects) => ids.map((record, i) => (i === 8 ? other(record, objects) : record)));

damaged('object-position-outside', 'object-target', 'by-object', 'An object is said to be in a block beyond the file.', moved(({ key }) => objectRecord(key, [far])), object);
damaged('object-position-of-64-bits', 'object-target', 'by-object', 'An object is said to be in a block at 2^64-1.', moved(({ key }) => objectRecord(key, [2n ** 64n - 1n])), object);
damaged('object-position-into-block', 'object-target', 'by-object', 'An object is said to be in a block that begins at the second byte of one.', moved(({ key }) => objectRecord(key, [secondBlock() + 1])), object);
damaged('object-position-no-ref-block', 'block-type', 'by-object', 'An object is said to be in the block of objects.', moved(({ key }, objects) => objectRecord(key, [objects])), object);
damaged('object-positions-overflow', 'object-target', 'by-object', 'The differences of an object\'s positions add up to more than 64 bits.', moved(({ key }) => ({ key, type: 2, value: concat(varint(2n ** 63n), varint(2n ** 63n)) })), object);
damaged('object-count-huge', 'record-truncated', 'by-object', 'An object has 2^50 positions.', moved(({ key }) => ({ key, type: 0, value: varint(2n ** 50n) })), object);
damaged('object-key-too-long', 'key-length', 'by-object', 'The ids of objects have 25 bytes, more than SHA-1 has and the footer says.', withObjects((ids) => ids.map(({ key, ...rest }) => ({ key: concat(key, Buffer.alloc(23)), ...rest }))), { ...object, must: 'fail or misread' });

// Logs.

/** A table of a ref block and a log block. @param {Record[]} records @param {BlockOptions} [options] */
function withLogs(records, options = {}) {
  const table = new Table({ max: 9n });
  table.block('r', branches(3));
  return table.finish({ log: table.block('g', records, options) });
}
const logs = Array.from({ length: 5 }, (_, i) => log(branch(i)));

damaged('log-length-zero', 'block-length', 'scan-logs', 'The log block says that it inflates to 0 bytes, less than its own header.', withLogs(logs, { length: () => 0 }));
damaged('log-length-below-header', 'block-length', 'scan-logs', 'The log block says that it inflates to 3 bytes, less than its own header.', withLogs(logs, { length: () => 3 }));
damaged('log-length-without-restarts', 'block-length', 'scan-logs', 'The log block says that it inflates to 5 bytes, and it does: no room for a count of restarts.', withLogs(logs, { length: () => 5, deflate: () => deflate(Buffer.alloc(1)) }));
damaged('log-restart-count-too-large', 'restart-count', 'scan-logs', 'The log block says that it has 65,535 restarts.', withLogs(logs, { count: 65535 }));
damaged('log-restart-beyond-records', 'restart-offset', 'scan-logs', 'The only restart of the log block lies at 2^24-1.', withLogs(logs, { restarts: () => [2 ** 24 - 1] }), { must: 'fail or misread' });
for (const type of [2, 7]) {
  damaged(`log-type-${type}`, 'value-type', 'scan-logs', `A log record is of type ${type}, which is reserved.`, withLogs(claim(logs, 2, { type })));
}
damaged('log-key-too-short', 'log-key', 'scan-logs', 'The key of a log record has 8 bytes, which is no update index and the zero before it.', withLogs([{ key: Buffer.alloc(8, 1), type: 0, value: concat() }]));
damaged('log-key-without-zero', 'log-key', 'scan-logs', 'There is no zero between name and update index in the key of a log record.', withLogs([{ key: concat('refs/heads/main', '/', be(1, 8)), type: 0, value: concat() }]));
damaged('log-key-without-name', 'log-key', 'scan-logs', 'The key of a log record has no name.', withLogs([{ key: logKey('', 1), type: 0, value: concat() }]), { must: 'fail or misread' });
damaged('log-keys-ascend', 'key-order', 'scan-logs', 'The older entry of a ref comes before the newer one.', withLogs([1, 2].map((index) => log(branch(1), index))), { must: 'fail or misread' });
damaged('log-key-twice', 'key-duplicate', 'scan-logs', 'An entry is there twice.', withLogs([log(branch(1)), log(branch(1))]), { must: 'fail or misread' });
damaged('log-value-truncated', 'record-truncated', 'scan-logs', 'The last entry of the block ends after its old id.', withLogs(claim(logs, 4, { value: Buffer.alloc(20) })));
damaged('log-time-overflow', 'varint-overflow', 'scan-logs', 'A time is a number of 10 bytes that goes beyond 64 bits.', withLogs(claim(logs, 4, { value: concat(Buffer.alloc(40), sized('name'), sized('email'), Buffer.alloc(9, 0xff), '\0', be(0, 2), sized('')) })));
damaged('log-zone-truncated', 'record-truncated', 'scan-logs', 'The last entry of the block ends within its time zone.', withLogs(claim(logs, 4, { value: concat(Buffer.alloc(40), sized('name'), sized('email'), varint(9), be(0, 1)) })));
damaged('log-message-beyond-block', 'record-truncated', 'scan-logs', 'The message of an entry has 2^40 bytes.', withLogs(claim(logs, 4, { value: concat(Buffer.alloc(40), sized('name'), sized('email'), varint(9), be(0, 2), varint(2n ** 40n), 'message') })));
damaged('log-followed-by-garbage', 'block-type', 'scan-logs', 'Between the log block and the footer is a byte "x".', (() => {
  const table = new Table({ max: 9n });
  table.block('r', branches(3));
  const log = table.block('g', logs);
  table.parts.push(concat('x'));
  return table.finish({ log });
})(), { must: 'fail or misread' });
for (const [name, what, position] of /** @type {[string, string, (index: number) => number][]} */ ([
  ['log-index-points-outside', 'An entry of the log index points beyond the file.', () => far],
  ['log-index-points-at-itself', 'An entry of the log index points at the index block it is in.', (index) => index],
])) {
  const table = new Table({ max: 9n });
  table.block('r', branches(3));
  const blocks = table.blocks('g', logs, 160);
  const index = table.position;
  const entries = blocks.map(({ start, last }, i) => indexRecord(last, i === 1 ? position(index) : start));
  table.block('i', entries);
  const failure = position(0) === far ? 'index-target' : 'index-loop';
  damaged(name, failure, 'seek', what, table.finish({ log: blocks[0]?.start ?? 0, logIndex: index }), { at: { log: (blocks[1]?.records[0]?.key ?? concat()).subarray(0, -9).toString() } });
}

// Deflated streams.

/** @param {string} name @param {string} failure @param {string} description @param {(plain: Buffer) => Buffer} stream @param {(length: number) => number} [length] */
const stream = (name, failure, description, stream, length) =>
  damaged(`deflate-${name}`, failure, 'scan-logs', description, withLogs(logs, { deflate: stream, ...(length && { length }) }));
/** A zlib stream around deflated data made by hand. @param {Buffer} plain @param {number[]} data */
const around = (plain, ...data) => concat(be(0x7801, 2), Buffer.from(data), adler32(plain));

stream('checksum', 'deflate-checksum', 'The last bit of the checksum after the deflated data is wrong.', (plain) => patched(deflate(plain), -1, be((deflate(plain).at(-1) ?? 0) ^ 1, 1)));
stream('checksum-of-other-data', 'deflate-checksum', 'The deflated data are of another message of the same length than the checksum is.', (plain) => concat(deflate(Buffer.from(plain.toString('latin1').replace('change', 'CHANGE'), 'latin1')).subarray(0, -4), adler32(plain)));
stream('byte-inverted', 'deflate-damaged', 'A byte of the deflated data is inverted, so that they are no deflated data any more.', (plain) => {
  const right = deflate(plain);
  const inverted = (/** @type {number} */ at) => patched(right, at, be((right[at] ?? 0) ^ 0xff, 1));
  for (let at = right.length >> 1; ; at++) {
    try {
      inflateSync(inverted(at));
    } catch (error) {
      if (!/check/.test(String(error))) return inverted(at);
    }
  }
});
stream('header-check', 'deflate-damaged', 'The two bytes before the deflated data are not divisible by 31.', (plain) => patched(deflate(plain), 1, be(0, 1)));
stream('header-method', 'deflate-damaged', 'Compression method 9.', (plain) => patched(deflate(plain), 0, be(0x7900 + (31 - (0x7900 % 31)), 2)));
stream('header-window', 'deflate-damaged', 'A window of 64 KiB, larger than there may be.', (plain) => patched(deflate(plain), 0, be(0x881c, 2)));
stream('dictionary', 'deflate-damaged', 'A dictionary is asked for, which the format has not.', (plain) => concat(be(0x7820, 2), be(1, 4), deflate(plain).subarray(2)));
stream('piece-type', 'deflate-damaged', 'A piece of type 3, which is reserved.', (plain) => around(plain, 0x07, 0));
stream('stored-length', 'deflate-damaged', 'A stored piece whose length does not agree with its complement.', (plain) => around(plain, 0x01, plain.length & 0xff, plain.length >> 8, 0, 0, ...plain));
stream('distance', 'deflate-damaged', 'A copy from before the start of the data.', (plain) => around(plain, 0x03, 0x02, 0x00));
stream('codes', 'deflate-damaged', 'Code lengths of which no code can be made.', (plain) => around(plain, 0x05, 0x00, 0x92, 0x04, 0, 0, 0, 0));
stream('truncated', 'deflate-truncated', 'The second half of the stream is missing; the footer follows.', (plain) => deflate(plain).subarray(0, deflate(plain).length >> 1));
stream('checksum-truncated', 'deflate-truncated', 'Two of the four bytes of the checksum are missing; the footer follows.', (plain) => deflate(plain).subarray(0, -2));
stream('missing', 'deflate-truncated', 'Nothing follows the header of the log block but the footer.', () => concat());
stream('too-long', 'deflate-length', 'The data inflate to 10 bytes more than the block says.', (plain) => deflate(concat(plain, Buffer.alloc(10))));
stream('too-long-by-one', 'deflate-length', 'The data inflate to one byte more than the block says.', (plain) => deflate(plain), (length) => length - 1);
stream('too-short', 'deflate-length', 'The data inflate to one byte less than the block says.', (plain) => deflate(plain), (length) => length + 1);
stream('too-short-by-far', 'deflate-length', 'The block says that it inflates to 2^24-1 bytes, of which there are some hundred.', (plain) => deflate(plain), () => 2 ** 24 - 1);
stream('bomb', 'deflate-length', 'The data inflate to 64 MiB more than the block says.', (plain) => deflate(concat(plain, Buffer.alloc(2 ** 26))));
