import { join } from 'node:path';
import { MergedCore } from '@reftable/merged';
import { compareFormats, type FormatReport } from '@reftable/sst-v2/git';
import type { AnyTableCore } from '@reftable/table';
import { openAnyStack } from './any-stack.js';
import { openAnyTable } from './any-table.js';
import { stackFolder, type Place } from './place.js';

/** What the records of a place take, and how fast they are found, in both formats and under several options. @throws what opening and reading it throws */
export async function compare(place: Place, json: boolean): Promise<Iterable<string>> {
  const reports = compareFormats(await coreOf(place));
  return json ? [`${JSON.stringify([...reports], undefined, 1)}\n`] : lines(reports);
}

/** All tables as one. */
async function coreOf(place: Place): Promise<AnyTableCore> {
  if (place.kind === 'table') return (await openAnyTable(place.path)).table.tableCore;
  const folder = stackFolder(place);
  const { stack } = await openAnyStack(place);
  const tables = await Promise.all(stack.tables.map(({ name }) => openAnyTable(join(folder, name))));
  return new MergedCore(tables.map(({ table }) => table.tableCore), stack.hash);
}

type Cell = (report: FormatReport) => number | undefined;

const COLUMNS: readonly (readonly [title: string, cell: Cell, digits?: number])[] = [
  ['bytes', ({ size }) => size],
  ['refs', ({ sections }) => sections.refs],
  ['objects', ({ sections }) => sections.objects],
  ['logs', ({ sections }) => sections.logs],
  ['index', ({ sections }) => sections.index],
  ['padding', ({ sections }) => sections.padding],
  ['blocks', ({ dataBlocks, indexBlocks }) => dataBlocks + indexBlocks],
  ['write ms', ({ write }) => write, 1],
  ['scan ms', ({ scanRefs }) => scanRefs, 2],
  ['logs ms', ({ scanLogs }) => scanLogs, 2],
  ['seek µs', ({ seek }) => seek, 2],
  ['object µs', ({ findByObject }) => findByObject, 2],
  ['cold bytes', ({ coldBytes }) => coldBytes],
  ['cold reads', ({ coldReads }) => coldReads, 1],
];

const NAME_WIDTH = 24;

/** A line for each way, as soon as it is measured. */
function* lines(reports: Iterable<FormatReport>): Generator<string, void, undefined> {
  const width = (title: string): number => Math.max(title.length, 10);
  yield `${''.padEnd(NAME_WIDTH)}${COLUMNS.map(([title]) => title.padStart(width(title))).join(' ')}\n`;
  for (const report of reports) {
    const cells = COLUMNS.map(([title, cell, digits = 0]) => (cell(report)?.toFixed(digits) ?? '-').padStart(width(title)));
    yield `${report.name.padEnd(NAME_WIDTH)}${cells.join(' ')}\n`;
  }
}
