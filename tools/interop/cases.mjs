// @ts-check
// Tables of every kind that there is, for other programs to read.
import { logTombstone, Maker, symbolic, tombstone } from './records.mjs';
import { sorted, write } from './tables.mjs';

/** @typedef {import('@reftable/block').Hash} Hash */
/** @typedef {import('@reftable/block').Ref} Ref */
/** @typedef {import('@reftable/block').LogRecord} LogRecord */
/** @typedef {import('./tables.mjs').TableContent} TableContent */

/** @type {readonly [number, number]} */
const MANY = [10, 1_999];
/** @type {readonly [number, number]} */
const THOUSANDS = [2_000, 9_999];

/**
 * What a section of the first table must come to, so that a case is what it is called.
 * @typedef {object} Shape
 * @property {readonly [least: number, most: number]} blocks
 * @property {number} levels of the index
 */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {readonly TableContent[]} tables a stack of them, the oldest first
 * @property {{ refs?: Shape, objects?: Shape, logs?: Shape }} [shape]
 * @property {number} [mergeBlockSize] for the table that Git makes of the stack; default: Git's
 * @property {string} [notForJGit] why JGit is not asked
 */

/**
 * @param {Hash} hash
 * @returns {Case[]}
 */
export function makeCases(hash) {
  return [...kinds(hash), ...sizes(hash), ...geometries(hash), ...objectIds(hash), ...logs(hash), ...stacks(hash)];
}

/**
 * @param {{ refs?: readonly Ref[], logs?: readonly LogRecord[] }} records
 * @param {Partial<TableContent['options']>} [options] the limits are 1 and the greatest update index of a record, unless given
 * @returns {TableContent}
 */
function table(records, options = {}) {
  const { refs = [], logs = [] } = records;
  const maxUpdateIndex = [...refs, ...logs].reduce((max, { updateIndex }) => Math.max(max, updateIndex), 1);
  return { options: { minUpdateIndex: 1, maxUpdateIndex, ...options }, ...sorted(records) };
}

/** @param {Hash} hash @returns {Case[]} */
function kinds(hash) {
  const make = new Maker('kinds', hash);
  const refs = [
    symbolic('HEAD', 'refs/heads/main'),
    make.direct('ORIG_HEAD'),
    make.direct('refs/heads/main'),
    make.direct('refs/heads/grüße/日本/🙂'),
    make.peeled('refs/tags/v1.0'),
    symbolic('refs/heads/alias', 'refs/heads/main'),
    symbolic('refs/heads/dangling', 'refs/heads/nowhere'),
  ];
  return [
    { name: 'empty', tables: [table({})] },
    { name: 'a ref of every kind', tables: [table({ refs })], shape: { refs: { blocks: [1, 1], levels: 0 } } },
    {
      name: 'tombstones among refs and logs',
      tables: [
        table({
          refs: [...refs, tombstone('refs/heads/gone'), tombstone('refs/heads/lost')],
          logs: [make.log('refs/heads/main', 1), logTombstone('refs/heads/gone', 1), logTombstone('refs/heads/main', 2)],
        }),
      ],
    },
    { name: 'tombstones only', tables: [table({ refs: [tombstone('refs/heads/gone')], logs: [logTombstone('refs/heads/gone', 1)] })] },
    {
      name: 'names that are not UTF-8',
      tables: [
        table({
          refs: [
            { ...make.direct('refs/heads/\ufffd'), nameBytes: Buffer.from('refs/heads/\xe9', 'latin1') },
            { ...symbolic('refs/heads/to', ''), targetBytes: Buffer.from('refs/heads/\xe9', 'latin1') },
          ],
          logs: [{ ...make.log('refs/heads/\ufffd', 1), refBytes: Buffer.from('refs/heads/\xe9', 'latin1') }],
        }),
      ],
      notForJGit: 'its names are strings',
    },
    {
      name: 'update indexes far apart',
      tables: [
        table(
          { refs: [100, 101, 228, 20_000, 2 ** 40].map((index) => make.direct(`refs/heads/${index}`, index)) },
          { minUpdateIndex: 100, maxUpdateIndex: 2 ** 40 },
        ),
      ],
    },
  ];
}

/** @param {Hash} hash @returns {Case[]} */
function sizes(hash) {
  const small = { blockSize: 512 };
  return [
    ...[1, 3, 4].map((blocks) => ({
      name: `refs of just ${blocks} blocks`,
      tables: [table({ refs: refsOfBlocks(blocks, hash, small) }, small)],
      shape: { refs: { blocks: just(blocks), levels: blocks > 3 ? 1 : 0 } },
    })),
    {
      name: 'refs of thousands of blocks, index of two levels',
      tables: [table({ refs: new Maker('two levels', hash).refs(60_000, 300) }, { blockSize: 1024 })],
      shape: { refs: { blocks: THOUSANDS, levels: 2 }, objects: { blocks: MANY, levels: 2 } },
    },
    {
      name: 'refs of thousands of blocks, index of three levels',
      tables: [table({ refs: new Maker('three levels', hash).refs(14_000) }, { blockSize: 256 })],
      shape: { refs: { blocks: THOUSANDS, levels: 3 }, objects: { blocks: MANY, levels: 2 } },
    },
    {
      name: 'refs and logs of many blocks, each with an index',
      tables: [table({ refs: new Maker('both', hash).refs(2_000, 30), logs: new Maker('both', hash).logs(100, 30) }, { blockSize: 1024 })],
      shape: { refs: { blocks: MANY, levels: 1 }, logs: { blocks: MANY, levels: 2 } },
    },
  ];
}

/** @param {Hash} hash @returns {Case[]} */
function geometries(hash) {
  const make = new Maker('geometries', hash);
  const refs = make.refs(2_000, 9);
  const logs = make.logs(40, 10);
  return [
    {
      name: 'not aligned, one block',
      tables: [table({ refs: refs.slice(0, 20), logs: logs.slice(0, 5) }, { aligned: false })],
      shape: { refs: { blocks: just(1), levels: 0 } },
    },
    {
      name: 'not aligned, two blocks',
      tables: [table({ refs: refsOfBlocks(2, hash, { blockSize: 512, aligned: false }) }, { blockSize: 512, aligned: false })],
      shape: { refs: { blocks: just(2), levels: 1 } },
    },
    {
      name: 'not aligned, many blocks',
      tables: [table({ refs, logs }, { blockSize: 512, aligned: false })],
      shape: { refs: { blocks: MANY, levels: 2 }, objects: { blocks: MANY, levels: 1 }, logs: { blocks: MANY, levels: 2 } },
    },
    { name: 'every record a restart', tables: [table({ refs, logs }, { restartInterval: 1 })] },
    { name: 'no restarts but the first', tables: [table({ refs, logs }, { restartInterval: 65_535 })] },
    { name: 'blocks of an odd size', tables: [table({ refs, logs }, { blockSize: 1001 })] },
    { name: 'blocks of 64 KiB', tables: [table({ refs, logs }, { blockSize: 65_536, restartInterval: 64 })] },
    {
      name: 'the largest block there is, with all the restarts it may have',
      tables: [table({ refs: make.refs(70_000) }, { blockSize: 2 ** 24 - 1, restartInterval: 1 })],
      shape: { refs: { blocks: just(1), levels: 0 } },
    },
    {
      name: 'names as long as a block',
      tables: [table({ refs: Array.from({ length: 5 }, (_, number) => make.direct(`refs/heads/${number}/${'long'.repeat(900)}`)) })],
      shape: { refs: { blocks: just(5), levels: 1 } },
      // Where each index block holds one entry only, every level is as long as the one below: Git's writer never comes to an end.
      mergeBlockSize: 65_536,
    },
  ];
}

/** @param {Hash} hash @returns {Case[]} */
function objectIds(hash) {
  const make = new Maker('object ids', hash);
  const names = Array.from({ length: 1_500 }, (_, number) => `refs/heads/${String(number).padStart(4, '0')}`);
  const shared = make.id();
  const few = Array.from({ length: 20 }, () => make.id());
  const alike = make.id().slice(0, 36);
  /** @param {(number: number) => string} oid @returns {Ref[]} */
  const refs = (oid) => names.map((name, number) => ({ kind: 'direct', name, updateIndex: 1, oid: oid(number) }));
  return [
    { name: 'no object section', tables: [table({ refs: refs(() => make.id()) }, { blockSize: 256, indexObjects: false })] },
    {
      name: 'an id in more blocks than an object record can name',
      tables: [table({ refs: refs((number) => (number % 2 === 0 ? shared : make.id())) }, { blockSize: 256 })],
      shape: { objects: { blocks: MANY, levels: 1 } },
    },
    { name: 'ids in many blocks each', tables: [table({ refs: refs((number) => few[number % few.length] ?? shared) })] },
    {
      name: 'ids alike in many bytes',
      tables: [table({ refs: refs((number) => make.id(number % 3 === 0 ? alike : '')) }, { blockSize: 256 })],
      shape: { objects: { blocks: MANY, levels: 2 } },
    },
  ];
}

/** @param {Hash} hash @returns {Case[]} */
function logs(hash) {
  const make = new Maker('logs', hash);
  const ref = 'refs/heads/main';
  const marker = { oldOid: make.nullId, newOid: make.nullId, name: '', email: '', time: 0, timeZone: 0 };
  return [
    {
      name: 'logs only, one block',
      tables: [table({ logs: make.logs(3, 3) })],
      shape: { logs: { blocks: just(1), levels: 0 } },
    },
    {
      name: 'logs only, thousands of blocks, index of two levels',
      tables: [table({ logs: make.logs(300, 20) }, { blockSize: 512 })],
      shape: { logs: { blocks: THOUSANDS, levels: 2 } },
    },
    { name: 'a log that exists and has no entries', tables: [table({ refs: [make.direct(ref)], logs: [make.log(ref, 1, { ...marker, message: '\n' })] })] },
    {
      name: 'entries older than the table',
      tables: [table({ refs: [make.direct(ref, 9)], logs: [make.log(ref, 3), make.log(ref, 9)] }, { minUpdateIndex: 9 })],
    },
    {
      name: 'first and last entries of a ref',
      tables: [table({ refs: [make.direct(ref)], logs: [make.log(ref, 1, { oldOid: make.nullId }), make.log(ref, 2, { newOid: make.nullId })] })],
    },
    {
      name: 'messages of all lengths',
      tables: [
        table({
          refs: [make.direct(ref)],
          logs: [0, 1, 127, 128, 2000, 3800].map((length, number) => make.log(ref, number + 1, { message: `${'m'.repeat(length)}\n` })),
        }),
      ],
    },
    {
      name: 'logs that deflate to more than they were',
      tables: [
        table(
          { refs: [make.direct('refs/heads/x')], logs: Array.from({ length: 40 }, (_, number) => make.log('refs/heads/x', number + 1, { name: 'N', email: 'e', message: 'm\n' })) },
          { blockSize: 256 },
        ),
      ],
    },
  ];
}

/** @param {Hash} hash @returns {Case[]} */
function stacks(hash) {
  const make = new Maker('stacks', hash);
  const refs = make.refs(3_000);
  const logs = make.logs(20, 3);
  const changed = refs.filter((_, number) => number % 7 === 0).map(({ name }) => make.peeled(name, 10));
  const deleted = refs.filter((_, number) => number % 5 === 1).map(({ name }) => tombstone(name, 11));
  const forgotten = logs.filter((_, number) => number % 4 === 0).map((log) => logTombstone(log.ref, log.updateIndex));
  return [
    {
      name: 'a stack: refs changed and deleted, log entries deleted and added',
      tables: [
        table({ refs, logs }),
        table({ refs: changed, logs: [make.log('refs/heads/added', 10)] }, { minUpdateIndex: 10, blockSize: 512 }),
        table({ refs: deleted, logs: forgotten }, { minUpdateIndex: 11 }),
      ],
    },
    {
      name: 'a stack: all deleted',
      tables: [
        table({ refs: refs.slice(0, 50) }),
        table({ refs: refs.slice(0, 50).map(({ name }) => tombstone(name, 2)) }, { minUpdateIndex: 2 }),
      ],
    },
  ];
}

/** @param {number} blocks @returns {readonly [number, number]} */
function just(blocks) {
  return [blocks, blocks];
}

/**
 * As many refs as fill that many blocks.
 * @param {number} blocks
 * @param {Hash} hash
 * @param {Partial<TableContent['options']>} options
 */
function refsOfBlocks(blocks, hash, options) {
  const many = new Maker('blocks', hash).refs(100);
  for (let count = 1; count <= many.length; count++) {
    const refs = many.slice(0, count);
    if (write(hash, table({ refs }, options)).statistics.refs.blocks === blocks) return refs;
  }
  throw new Error(`no number of refs fills ${blocks} blocks`);
}
