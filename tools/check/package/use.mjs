// @ts-check
// Copied into the bare project and run there, in each runtime: writes a table and reads it back, both faces, with what
// the plain doors offer; and a stack, which may have copies of its own of what it is built on. `use.mjs require` loads the packages through `require`.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const load = process.argv[2] === 'require' ? createRequire(import.meta.url) : (/** @type {string} */ name) => import(name);

/** @type {typeof import('@reftable/varint')} */
const { decodeVarint, encodeVarint, isReftableError, ReftableError } = await load('@reftable/varint');
/** @type {typeof import('@reftable/io')} */
const { BlobSource, BytesSource } = await load('@reftable/io');
/** @type {typeof import('@reftable/table')} */
const { openTable, openTableSync, writeTable } = await load('@reftable/table');
/** @type {typeof import('@reftable/stack')} */
const { openStackSync } = await load('@reftable/stack');

assert.equal(decodeVarint(encodeVarint(1_000_000)), 1_000_000);

const count = 1000;
const oid = (/** @type {number} */ i) => i.toString(16).padStart(40, '0');
const refs = Array.from({ length: count }, (_, i) => ({
  kind: /** @type {const} */ ('direct'),
  name: `refs/heads/${String(i).padStart(5, '0')}`,
  updateIndex: 1,
  oid: oid(i),
}));
const logs = refs.map(({ name, oid: newOid }) => ({
  kind: /** @type {const} */ ('update'),
  ref: name,
  updateIndex: 1,
  oldOid: oid(0),
  newOid,
  name: 'A U Thor',
  email: 'author@example.com',
  time: 1_700_000_000,
  timeZone: -330,
  message: 'commit: a message\n',
}));
const bytes = writeTable({ refs, logs }, { minUpdateIndex: 1, maxUpdateIndex: 1 });

const sync = openTableSync(new BytesSource(bytes));
assert.deepEqual([...sync.refs()], refs);
assert.deepEqual([...sync.logs()], logs);
assert.deepEqual(sync.refsByObject(oid(7)), [refs[7]]);

const table = await openTable(new BlobSource(new Blob([bytes.slice()])));
const listed = [];
for await (const ref of table.refs()) listed.push(ref);
assert.deepEqual(listed, refs);
assert.deepEqual(await table.getRef('refs/heads/00999'), refs[999]);

assert.throws(
  () => openTableSync(new BytesSource(bytes.subarray(0, 100))),
  (error) => isReftableError(error),
);
/** @param {Record<string, Uint8Array>} files */
const stackOf = (files) =>
  openStackSync({
    name: 'memory',
    openSync: (name) => new BytesSource(fileOf(files, name)),
    holdSync: (name) => ({ bytes: fileOf(files, name), identity: undefined }),
    letGoSync: () => undefined,
    identifySync: () => undefined,
  });
/** @param {Record<string, Uint8Array>} files @param {string} name */
function fileOf(files, name) {
  const file = files[name];
  if (file === undefined) throw new ReftableError('not-found', 'FILE_NOT_FOUND', 'no such file', { file: name });
  return file;
}
const list = new TextEncoder().encode('a.ref\n');
const stack = stackOf({ 'tables.list': list, 'a.ref': bytes });
assert.deepEqual([...stack.refs()], refs);
assert.deepEqual([...stack.logs()], logs);
assert.deepEqual([...stackOf({}).refs()], []);
assert.throws(
  () => stackOf({ 'tables.list': list }),
  (error) => isReftableError(error, 'TABLE_MISSING'),
);

console.log(`${refs.length} refs, ${logs.length} log entries, ${bytes.length} bytes`);
