/* Records of the golden data in the form in which this package hands them out. */
import type { LogRecord, Ref } from '@reftable/block';
import { bytesOf, exact, type LogRecord as GoldenLog, type Numeric, type RefRecord as GoldenRef } from '@reftable/conformance';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A text under `key`, and its bytes where they are not UTF-8. */
function text(record: object, from: string, to: string): Record<string, unknown> {
  const bytes = bytesOf(record as Record<string, string>, from);
  return { [to]: decoder.decode(bytes), ...(`${from}_hex` in record && { [`${to}Bytes`]: bytes }) };
}

/** A number, and its exact value where it is beyond 2^53-1. */
function number(value: Numeric, to: string): Record<string, unknown> {
  const big = exact(value);
  return big <= Number.MAX_SAFE_INTEGER ? { [to]: Number(big) } : { [to]: Number.MAX_SAFE_INTEGER, [`${to}Exact`]: big };
}

export function refOf(golden: GoldenRef): Ref {
  const { kind } = golden;
  return {
    ...text(golden, 'name', 'name'),
    ...number(golden.updateIndex, 'updateIndex'),
    kind,
    ...((kind === 'direct' || kind === 'peeled') && { oid: golden.oid }),
    ...(kind === 'peeled' && { peeled: golden.peeled }),
    ...(kind === 'symbolic' && text(golden, 'target', 'target')),
  } as unknown as Ref;
}

export function logOf(golden: GoldenLog): LogRecord {
  return {
    ...text(golden, 'ref', 'ref'),
    ...number(golden.updateIndex, 'updateIndex'),
    kind: golden.kind,
    ...(golden.kind === 'update' && {
      oldOid: golden.old,
      newOid: golden.new,
      ...text(golden, 'name', 'name'),
      ...text(golden, 'email', 'email'),
      ...number(golden.time, 'time'),
      timeZone: golden.tz,
      ...text(golden, 'message', 'message'),
    }),
  } as unknown as LogRecord;
}
