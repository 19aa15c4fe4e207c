import type { Core } from '@reftable/io';
import { ReftableError } from '@reftable/varint';
import type { SstCore } from '../sst-core.js';
import type { SstStatistics } from '../statistics.js';
import { decodeRecord, type GitRecord } from './git-record.js';
import type { GitMetadata, GitStatistics } from './metadata.js';

/**
 * Reads and checks all of a Git table: the container, every record, and what the metadata says of them. Of what the object records say, it
 * checks that they point at blocks with refs. It holds the positions of these.
 * @throws a format error at the first damage
 */
export function* verifyGitTable(sst: SstCore, metadata: GitMetadata, idSize: number): Core<SstStatistics> {
  const found = yield* sst.verify();
  const dataEnd = yield* sst.dataEnd();
  const counts = { refs: 0, refTombstones: 0, objects: 0, logs: 0, logTombstones: 0, dataSize: found.dataSize };
  const refBlocks = new Set<number>();
  const cursor = sst.cursor();
  while (cursor.next() || (yield* cursor.load())) {
    const block = cursor.at.block!;
    const damage = (code: string, message: string): Error => block.damage(code, message, cursor.at.valueStart);
    const record = decodeRecord(cursor.at, metadata, idSize, dataEnd);
    checkUpdateIndex(record, metadata, damage);
    switch (record.kind) {
      case 'ref':
        refBlocks.add(block.position);
        counts.refs++;
        if (record.ref.kind === 'deletion') counts.refTombstones++;
        break;
      case 'object':
        counts.objects++;
        if (record.positions?.some((position) => !refBlocks.has(position)) === true)
          throw damage('OBJECT_POSITION', 'object record points at no block with refs');
        break;
      case 'log':
        counts.logs++;
        if (record.log.kind === 'deletion') counts.logTombstones++;
        break;
      default:
    }
  }
  checkStatistics(metadata, counts, { offset: sst.end + 16, file: sst.source.name });
  return found;
}

/** Holds a record's update index against the bounds. Older log entries, and tombstones of any, are legal: see `GitTableWriter.addLog`. */
function checkUpdateIndex(
  record: GitRecord,
  { minUpdateIndex, maxUpdateIndex }: GitMetadata,
  damage: (code: string, message: string) => Error,
): void {
  if (record.kind !== 'ref' && (record.kind !== 'log' || record.log.kind === 'deletion')) return;
  const { updateIndex, updateIndexExact = BigInt(updateIndex) } = record.kind === 'ref' ? record.ref : record.log;
  if (updateIndexExact <= maxUpdateIndex && (record.kind === 'log' || updateIndexExact >= minUpdateIndex)) return;
  throw damage('UPDATE_INDEX', `update index ${updateIndexExact} in a table of ${minUpdateIndex} to ${maxUpdateIndex}`);
}

function checkStatistics(
  { statistics, objectIdLength }: GitMetadata,
  counts: GitStatistics,
  place: { offset: number; file: string | undefined },
): void {
  if (statistics === undefined) return;
  for (const name of ['refs', 'refTombstones', 'objects', 'logs', 'logTombstones', 'dataSize'] as const) {
    if (statistics[name] === counts[name]) continue;
    throw new ReftableError('format', 'STATISTICS', `${name}: ${counts[name]}, where the metadata says ${statistics[name]}`, place);
  }
  if (objectIdLength! > 0 && counts.objects === 0) {
    throw new ReftableError('format', 'OBJECT_ID_LENGTH', 'the metadata says how long ids in object records are, and there are none', place);
  }
}
