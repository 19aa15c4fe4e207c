/* Records as they stand in a table, in words. */
import { toHex, type LogRecord, type Ref } from '@reftable/block';
import { messageOf, whoAndWhen } from './log.js';
import { printable } from './text.js';

/** A ref. */
export function describeRef(ref: Ref): string {
  const start = `@${ref.updateIndexExact ?? ref.updateIndex} ${printable(ref.name, ref.nameBytes)}`;
  if (ref.kind === 'deletion') return `${start} deleted`;
  if (ref.kind === 'symbolic') return `${start} ref: ${printable(ref.target, ref.targetBytes)}`;
  return ref.kind === 'peeled' ? `${start} ${ref.oid} peeled ${ref.peeled}` : `${start} ${ref.oid}`;
}

/** A log entry. */
export function describeLog(log: LogRecord): string {
  const start = `@${log.updateIndexExact ?? log.updateIndex} ${printable(log.ref, log.refBytes)}`;
  return log.kind === 'deletion' ? `${start} deleted` : `${start} ${log.oldOid} ${log.newOid} ${whoAndWhen(log)} ${messageOf(log)}`;
}

/** What is said of an object: where refs mention it. */
export function describePositions(id: Uint8Array, positions: readonly number[] | undefined): string {
  const where = positions === undefined ? 'any ref block' : `ref blocks at ${positions.join(', ')}`;
  return `${toHex(id)}: ${where}`;
}
