// @ts-check
// Both formats on tables of several shapes, as the table in packages/sst-v2/README.md has it: node tools/bench/formats.mjs [SHAPE …]
import { BytesSource } from '@reftable/io';
import { compareFormats } from '@reftable/sst-v2/git';
import { openTableSync, writeTable } from '@reftable/table';
import { Random } from '../fixtures/lib/random.mjs';
import { FULL, makeRefs, UPDATE_INDEX } from './lib/records.mjs';

/** @typedef {import('@reftable/block').LogInput} LogInput */

/** @type {Record<string, { refs: number, branches: number, tags: number, entries: number }>} */
const SHAPES = {
  few: { refs: 12, branches: 9, tags: 3, entries: 60 },
  thousands: { refs: 6000, branches: 1500, tags: 4000, entries: 0 },
  logs: { refs: 3000, branches: 2500, tags: 500, entries: 60_000 },
  many: { refs: FULL.refs, branches: FULL.branches, tags: FULL.tags, entries: 0 },
};

/**
 * Entries of the logs of branches, as people and their tools write them.
 * @param {readonly import('@reftable/block').Ref[]} refs @param {number} count
 * @returns {LogInput[]}
 */
function makeLogs(refs, count) {
  const random = new Random('logs');
  const branches = refs.filter(({ name }) => name.startsWith('refs/heads/'));
  return Array.from({ length: count }, (_, number) => ({
    ref: random.pick(branches).name,
    kind: 'update',
    updateIndex: number + 1,
    oldOid: randomId(random),
    newOid: randomId(random),
    name: `${random.word()} ${random.word()}`,
    email: `${random.word()}@example.org`,
    time: 1_600_000_000 + number * 60,
    timeZone: random.pick([-500, 0, 100, 530]),
    message: `commit: ${random.words(6, ' ')}`,
  }));
}

/** @param {Random} random */
function randomId(random) {
  return Array.from({ length: 5 }, () => random.next().toString(16).padStart(8, '0')).join('');
}

/** @param {number} value @param {number} [digits] */
const round = (value, digits = 0) => value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SHAPES);
for (const name of wanted) {
  const shape = SHAPES[name];
  if (shape === undefined) throw new Error(`no shape ${name}`);
  const refs = makeRefs({ ...FULL, ...shape, ids: Math.ceil(shape.refs / 2) });
  const logs = makeLogs(refs, shape.entries);
  const table = openTableSync(new BytesSource(writeTable({ refs, logs }, { minUpdateIndex: UPDATE_INDEX, maxUpdateIndex: Math.max(UPDATE_INDEX, shape.entries) })));
  console.log(`\n${name}: ${round(shape.refs)} refs, ${round(shape.tags)} of them annotated tags, ${round(shape.entries)} log entries\n`);
  console.log('| | bytes | refs | objects | logs | index | padding | blocks | write ms | scan ms | logs ms | seek µs | by object µs | cold bytes | cold reads |');
  console.log(`|${' --- |'.repeat(15)}`);
  for (const report of compareFormats(table.tableCore)) {
    const { sections, dataBlocks, indexBlocks, write, scanRefs, scanLogs, seek = 0, findByObject = 0, coldBytes = 0, coldReads = 0 } = report;
    const sizes = [report.size, sections.refs, sections.objects, sections.logs, sections.index, sections.padding, dataBlocks + indexBlocks].map((size) => round(size));
    const times = [round(write, 1), round(scanRefs, 2), round(scanLogs, 2), round(seek, 2), round(findByObject, 2), round(coldBytes), round(coldReads, 1)];
    console.log(`| ${[report.name, ...sizes, ...times].join(' | ')} |`);
  }
}
