/* One JSON document, a record at a time: nothing is held but the record at hand. */
import { isExistenceMarker, type LogRecord, type LogUpdate, type Ref } from '@reftable/block';
import type { StackSync } from '@reftable/stack';
import type { AnyTable } from './any-table.js';
import { withoutNewline } from './log.js';
import { printableJson, signed } from './text.js';

type JsonObject = Record<string, string | number>;

/** Every record of a table, tombstones included. */
export function* tableJson(table: AnyTable['table']): Generator<string, void, undefined> {
  const { minUpdateIndex, minUpdateIndexExact, maxUpdateIndex, maxUpdateIndexExact, size } = table.info;
  yield `{"minUpdateIndex":${number(minUpdateIndex, minUpdateIndexExact)},"maxUpdateIndex":${number(maxUpdateIndex, maxUpdateIndexExact)},"size":${size},"refs":[`;
  yield* elements(table.refs({ tombstones: true }), (ref) => stringify(refRecord(ref)));
  yield '],"logs":[';
  yield* elements(table.logs({ tombstones: true }), (log) => stringify(logRecord(log)));
  yield ']}\n';
}

/** What a stack says in the end: its tables, and the refs and logs that are live. */
export function* stackJson(stack: StackSync): Generator<string, void, undefined> {
  yield '{"tables":[';
  yield* elements(stack.tables, ({ name, size }) => stringify({ name, size }));
  yield '],"refs":[';
  yield* elements(stack.refs(), (ref) => stringify(liveRef(ref)));
  yield '],"logs":[';
  yield* stackLogs(stack);
  yield ']}\n';
}

/** Log after log. A log exists where there is any record of it, though all that Git shows of it be nothing. */
function* stackLogs(stack: StackSync): Generator<string, void, undefined> {
  let current: string | undefined;
  let separator = '';
  for (const log of stack.logs()) {
    if (log.kind === 'deletion') continue;
    const name: JsonObject = {};
    putText(name, 'ref', log.ref, log.refBytes);
    const key = stringify(name);
    if (key !== current) {
      yield `${current === undefined ? '' : ']},'}\n${key.slice(0, -1)},"entries":[`;
      current = key;
      separator = '\n';
    }
    if (isExistenceMarker(log)) continue;
    yield separator + stringify(logEntry(log));
    separator = ',\n';
  }
  if (current !== undefined) yield ']}';
}

function* elements<T>(items: Iterable<T>, toJson: (item: T) => string): Generator<string, void, undefined> {
  let separator = '\n';
  for (const item of items) {
    yield separator + toJson(item);
    separator = ',\n';
  }
}

function refRecord(ref: Ref): JsonObject {
  const json: JsonObject = {};
  putText(json, 'name', ref.name, ref.nameBytes);
  putIndexAndKind(json, ref);
  if (ref.kind === 'symbolic') putText(json, 'target', ref.target, ref.targetBytes);
  else putIds(json, ref);
  return json;
}

function liveRef(ref: Ref): JsonObject {
  const json: JsonObject = {};
  putText(json, 'name', ref.name, ref.nameBytes);
  if (ref.kind === 'symbolic') putText(json, 'symref', ref.target, ref.targetBytes);
  else putIds(json, ref);
  return json;
}

function logRecord(log: LogRecord): JsonObject {
  const json: JsonObject = {};
  putText(json, 'ref', log.ref, log.refBytes);
  putIndexAndKind(json, log);
  if (log.kind === 'deletion') return json;
  putChange(json, log);
  json['tz'] = log.timeZone;
  putText(json, 'message', log.message, log.messageBytes);
  return json;
}

function logEntry(log: LogUpdate): JsonObject {
  const json: JsonObject = {};
  putChange(json, log);
  json['tz'] = signed(log.timeZone);
  putText(json, 'message', log.message.replace(/\n$/, ''), log.messageBytes && withoutNewline(log.messageBytes));
  return json;
}

function putIds(json: JsonObject, ref: Ref): void {
  if (ref.kind === 'direct' || ref.kind === 'peeled') json['oid'] = ref.oid;
  if (ref.kind === 'peeled') json['peeled'] = ref.peeled;
}

function putIndexAndKind(json: JsonObject, { updateIndex, updateIndexExact, kind }: Ref | LogRecord): void {
  json['updateIndex'] = updateIndexExact === undefined ? updateIndex : String(updateIndexExact);
  json['kind'] = kind;
}

function putChange(json: JsonObject, log: LogUpdate): void {
  json['old'] = log.oldOid;
  json['new'] = log.newOid;
  putText(json, 'name', log.name, log.nameBytes);
  putText(json, 'email', log.email, log.emailBytes);
  json['time'] = log.timeExact === undefined ? log.time : String(log.timeExact);
}

/** What is not UTF-8 is given in hex, and its key says so. */
function putText(json: JsonObject, key: string, text: string, exact: Uint8Array | undefined): void {
  if (exact === undefined) json[key] = text;
  else json[`${key}_hex`] = Buffer.from(exact).toString('hex');
}

/** A number that JSON readers would round is given as a string. */
function number(value: number, exact: bigint): string {
  return BigInt(value) === exact ? String(value) : `"${exact}"`;
}

function stringify(json: JsonObject): string {
  return printableJson(JSON.stringify(json));
}
