/* What is in a write-ahead log, whether it is sound, and where to cut it if it is not. */
import { decodeText } from '@reftable/block';
import { findRecoverySync, LogReaderSync, logToSetsumSync, recoverSync, type LogEntry, type Recovery } from '@reftable/sst-log';
import { LogFileSync } from '@reftable/sst-log/node';
import { isReftableError } from '@reftable/varint';
import { EXIT, Failure } from './failure.js';
import type { Output } from './output.js';
import { count, printable, printableJson } from './text.js';

/** What can be done with a log. */
const ACTIONS = ['dump', 'verify', 'recover', 'to-table'];

/** The options of the subcommand, as they were given. */
export interface WalOptions {
  readonly json: boolean;
  /** Whether a torn end is cut. */
  readonly cut: boolean;
  /** Where damage may be cut, too. */
  readonly cutDamageAt: number | undefined;
}

/** What is wrong with the words that stand behind `wal`; undefined: nothing. */
export function misuseOfWal(action: string, out: string | undefined, { cut, cutDamageAt }: WalOptions): string | undefined {
  if (!ACTIONS.includes(action)) return `"${action}" is not one of ${ACTIONS.join(', ')}`;
  if (action === 'to-table' && out === undefined) return 'OUT is missing';
  if (action !== 'to-table' && out !== undefined) return `"${out}" is too much`;
  if (action !== 'recover' && (cut || cutDamageAt !== undefined)) return `--cut and --cut-damage-at are for recover`;
  return undefined;
}

/** Does what is asked of a log. @param said where it is told what is going to be cut, before it is @throws a `Failure`, and what reading the log throws */
export async function wal(action: string, path: string, out: string | undefined, options: WalOptions, said: Output): Promise<Iterable<string>> {
  if (action === 'recover') return recover(path, options, said);
  const log = opened(() => LogFileSync.open(path), path);
  if (out !== undefined) {
    const { toTable } = await import('./wal-table.js');
    return toTable(log, out, options.json);
  }
  if (action === 'verify') return verify(path, log, options.json);
  return options.json ? dumpJson(log) : dump(log);
}

function opened(open: () => LogFileSync, path: string): LogFileSync {
  try {
    return open();
  } catch (error) {
    throw isReftableError(error, 'FILE_NOT_FOUND') ? new Failure(EXIT.missingPath, `${path}: no such file or folder`) : error;
  }
}

/** Batch by batch: of one with damage in it nothing is shown. */
function* dump(log: LogFileSync): Generator<string, void, undefined> {
  const reader = new LogReaderSync(log);
  let start = 0;
  for (const entries of reader.batches()) {
    yield `batch up to ${reader.end}: ${count(entries.length, 'entry', 'entries')}, ${count(reader.end - start, 'byte')}\n`;
    start = reader.end;
    for (const entry of entries) yield `  ${describe(entry)}\n`;
  }
  log.closeSync();
}

function describe(entry: LogEntry): string {
  const start = `@${entry.timestampExact ?? entry.timestamp} ${quoted(entry.key)}`;
  return entry.kind === 'put' ? `${start} ${quoted(entry.value)}` : `${start} deleted`;
}

/** Keys and values may be empty or have spaces in them: it must be seen where they end, and what is an escape. */
function quoted(bytes: Uint8Array): string {
  // No byte of a longer character is one of these two.
  const escaped = Buffer.from(Buffer.from(bytes).toString('latin1').replace(/["\\]/g, '\\$&'), 'latin1');
  const { text, exact } = decodeText(escaped, 0, escaped.length);
  return `"${printable(text, exact)}"`;
}

function* dumpJson(log: LogFileSync): Generator<string, void, undefined> {
  const reader = new LogReaderSync(log);
  yield '{"batches":[';
  let separator = '\n';
  for (const entries of reader.batches()) {
    yield `${separator}{"end":${reader.end},"entries":[\n${entries.map((entry) => printableJson(JSON.stringify(entryJson(entry)))).join(',\n')}]}`;
    separator = ',\n';
  }
  yield ']}\n';
  log.closeSync();
}

function entryJson(entry: LogEntry): Record<string, string | number> {
  const { kind, timestamp, timestampExact } = entry;
  const json: Record<string, string | number> = { kind };
  putBytes(json, 'key', entry.key);
  json['timestamp'] = timestampExact === undefined ? timestamp : String(timestampExact);
  if (entry.kind === 'put') putBytes(json, 'value', entry.value);
  return json;
}

function putBytes(json: Record<string, string | number>, key: string, bytes: Uint8Array): void {
  const { text, exact } = decodeText(bytes, 0, bytes.length);
  if (exact === undefined) json[key] = text;
  else json[`${key}_hex`] = Buffer.from(bytes).toString('hex');
}

function verify(path: string, log: LogFileSync, isJson: boolean): Iterable<string> {
  const reader = new LogReaderSync(log);
  const setsum = logToSetsumSync(reader).hex();
  log.closeSync();
  const found = { batches: reader.batchCount, entries: reader.entryCount, size: log.size, setsum };
  if (isJson) return [`${JSON.stringify(found)}\n`];
  return [`${printable(path)}: ${inWords(found)}, ${count(log.size, 'byte')}, all sound\nsetsum ${setsum}\n`];
}

async function recover(path: string, { json, cut, cutDamageAt }: WalOptions, said: Output): Promise<Iterable<string>> {
  const options = cutDamageAt === undefined ? {} : { cutDamageAt };
  const log = opened(() => (cut ? LogFileSync.openToRepair(path) : LogFileSync.open(path)), path);
  const recovery = findRecoverySync(log, options);
  const needsCut = recovery.keep < recovery.size;
  if (json) {
    if (cut && needsCut) recoverSync(log, options);
    log.closeSync();
    return [`${JSON.stringify({ ...recovery, cut: cut && needsCut })}\n`];
  }
  const plan = planOf(path, recovery);
  if (!cut || !needsCut) {
    log.closeSync();
    return [plan, ...(needsCut ? ['nothing is cut: --cut does it\n'] : [])];
  }
  await said.write(plan);
  recoverSync(log, options);
  log.closeSync();
  return ['cut\n'];
}

function planOf(path: string, recovery: Recovery): string {
  const { keep, size, tail } = recovery;
  const sound = `${printable(path)}: ${inWords(recovery)} in ${count(keep, 'sound byte')}`;
  if (tail === 'none') return `${sound}, and nothing to cut\n`;
  const what = { incomplete: 'an incomplete batch', zeros: 'zeros', damage: 'damage, and all that follows it' }[tail];
  return `${sound}; to cut: ${count(size - keep, 'byte')} from ${keep} on, ${what}\n`;
}

function inWords({ batches, entries }: { readonly batches: number; readonly entries: number }): string {
  return `${count(batches, 'batch', 'batches')}, ${count(entries, 'entry', 'entries')}`;
}
