import { createHash } from 'node:crypto';
import { readJson } from './data.js';
import { concat, digestInput, logBytes, type SstEntry } from './sst-bytes.js';

/** Bytes in JSON: hex, or one byte over and over again. */
type Hex = string | { readonly repeat: string; readonly times: number };

interface EntryJson {
  readonly key: Hex;
  readonly timestamp: string;
  readonly value?: Hex;
}

interface LogJson {
  readonly name: string;
  readonly description: string;
  readonly size: number;
  readonly sha256: string;
  readonly setsum: string;
  readonly count: number;
  readonly entriesSha256: string;
  /** How many entries each batch has; one if it does not say. */
  readonly batches?: readonly number[];
  readonly entries?: readonly EntryJson[];
  /** How its entries are made, where they are not listed. */
  readonly recipe?: 'xorshift' | 'sorted: many-small' | 'threads';
  readonly order?: string;
}

/** What the crate said of a log: an error by its own code, or what it found. */
export type SstError = { readonly code: string } & Readonly<Record<string, string>>;

interface OutcomeJson {
  readonly entriesBefore: number;
  readonly entries?: readonly EntryJson[];
  readonly error?: SstError;
  readonly truncateFinalPartialFrame: number | null | SstError;
  readonly setsum?: string;
}

interface DamagedJson {
  readonly name: string;
  readonly description: string;
  readonly base?: string;
  readonly changes?: readonly ({ readonly op: 'truncate'; readonly length: number } | { readonly op: 'write'; readonly offset: number; readonly hex: string } | { readonly op: 'append'; readonly bytes: Hex })[];
  readonly bytes?: readonly Hex[];
  readonly sha256: string;
  readonly outcome: OutcomeJson;
  readonly outcomeOfRelease?: OutcomeJson;
}

/** What the crate does with a log that is damaged, or put together by hand. */
export interface SstOutcome {
  /** The entries that it gives before it ends, or fails. */
  readonly entries: readonly SstEntry[];
  /** What it then fails with; undefined where it does not. */
  readonly error: SstError | undefined;
  /** What its `truncate_final_partial_frame` says: an offset, nothing to do, or an error. */
  readonly truncateFinalPartialFrame: number | null | SstError;
  /** The setsum of the entries, where it does not fail. */
  readonly setsum: string | undefined;
}

/** A log that the crate wrote. What is in it is made when first asked for. */
export class SstLog {
  readonly name: string;
  readonly description: string;
  /** What the crate's `seal` gave. */
  readonly setsum: string;
  readonly #json: LogJson;
  #batches: readonly (readonly SstEntry[])[] | undefined;
  #bytes: Uint8Array | undefined;

  constructor(json: LogJson) {
    this.#json = json;
    this.name = json.name;
    this.description = json.description;
    this.setsum = json.setsum;
  }

  /** What was appended, append by append. */
  get batches(): readonly (readonly SstEntry[])[] {
    return (this.#batches ??= batchesOf(this.#json));
  }

  /** All entries, in the order of the log. */
  get entries(): readonly SstEntry[] {
    return this.batches.flat();
  }

  /** The log. @throws Error if it does not come out as it was written */
  get bytes(): Uint8Array {
    return (this.#bytes ??= checked(this.name, logBytes(this.batches), this.#json.sha256));
  }
}

/** A log that is damaged, or was put together by hand. */
export class DamagedSstLog {
  readonly name: string;
  readonly description: string;
  readonly outcome: SstOutcome;
  /** What the release 0.24.0 does, where that is something else. */
  readonly outcomeOfRelease: SstOutcome | undefined;
  readonly #json: DamagedJson;

  constructor(json: DamagedJson) {
    this.#json = json;
    this.name = json.name;
    this.description = json.description;
    this.outcome = outcomeOf(json, json.outcome);
    this.outcomeOfRelease = json.outcomeOfRelease && outcomeOf(json, json.outcomeOfRelease);
  }

  /** The log. @throws Error if it does not come out as it was */
  get bytes(): Uint8Array {
    const { name, base, changes = [], bytes = [], sha256 } = this.#json;
    let made = base === undefined ? concat(bytes.map(bytesFrom)) : logNamed(base).bytes.slice();
    for (const change of changes) {
      if (change.op === 'truncate') made = made.subarray(0, change.length);
      else if (change.op === 'write') made.set(bytesFrom(change.hex), change.offset);
      else made = concat([made, bytesFrom(change.bytes)]);
    }
    return checked(name, made, sha256);
  }
}

/** Vectors for setsums: hex digests of the crate `setsum`, and of entries as `sst` sums them up. */
export interface SetsumVectors {
  readonly primes: readonly number[];
  /** The sum of the items `0` to `999`, in decimal digits, each inserted once. */
  readonly thousand: string;
  /** One after another on one set; vectored items are their pieces, one after another. */
  readonly raw: readonly { readonly name: string; readonly ops: readonly SetsumStep[]; readonly hexdigest: string }[];
  readonly binary: readonly { readonly name: string; readonly op: 'add' | 'sub'; readonly lhs: string; readonly rhs: string; readonly hexdigest: string }[];
  readonly entries: readonly { readonly name: string; readonly entries: readonly SstEntry[]; readonly hexdigest: string }[];
  /** What is made of text; null: refused. */
  readonly parse: readonly { readonly name: string; readonly input: string; readonly hexdigest: string | null }[];
}

/** An item that is put in or taken out. */
export interface SetsumStep {
  readonly op: 'insert' | 'remove';
  readonly item: Uint8Array;
}

interface LogsJson {
  readonly logs: readonly LogJson[];
  readonly damaged: readonly DamagedJson[];
}

let loaded: LogsJson | undefined;
let made: readonly SstLog[] | undefined;

function logsJson(): LogsJson {
  return (loaded ??= readJson('sst/logs.json') as LogsJson);
}

/** The logs that the Rust crate `sst` wrote. */
export function sstLogs(): readonly SstLog[] {
  return (made ??= logsJson().logs.map((json) => new SstLog(json)));
}

/** Logs that are damaged, or put together by hand, and what the crate does with them. */
export function damagedSstLogs(): readonly DamagedSstLog[] {
  return logsJson().damaged.map((json) => new DamagedSstLog(json));
}

/** Setsums of the crate `setsum`. */
export function setsumVectors(): SetsumVectors {
  type Steps = readonly Readonly<Record<string, Hex | readonly Hex[]>>[];
  type Json = Omit<SetsumVectors, 'raw' | 'entries'> & {
    readonly raw: readonly { readonly name: string; readonly ops: Steps; readonly hexdigest: string }[];
    readonly entries: readonly { readonly name: string; readonly entries: readonly EntryJson[]; readonly hexdigest: string }[];
  };
  const json = readJson('sst/setsums.json') as Json;
  const step = ([name, item]: [string, Hex | readonly Hex[]]): SetsumStep => {
    const pieces = typeof item === 'object' && 'length' in item ? item : [item];
    return { op: name.startsWith('insert') ? 'insert' : 'remove', item: concat(pieces.map(bytesFrom)) };
  };
  return {
    ...json,
    raw: json.raw.map((one) => ({ ...one, ops: one.ops.flatMap((op) => Object.entries(op).map(step)) })),
    entries: json.entries.map((one) => ({ ...one, entries: one.entries.map(entryFrom) })),
  };
}

function logNamed(name: string): SstLog {
  const log = sstLogs().find((one) => one.name === name);
  if (log === undefined) throw new Error(`no log ${name}`);
  return log;
}

function outcomeOf({ base }: DamagedJson, { entriesBefore, entries, error, truncateFinalPartialFrame, setsum }: OutcomeJson): SstOutcome {
  const found = entries === undefined ? logNamed(String(base)).entries.slice(0, entriesBefore) : entries.map(entryFrom);
  return { entries: found, error, truncateFinalPartialFrame, setsum };
}

function batchesOf(json: LogJson): readonly (readonly SstEntry[])[] {
  const batches = json.entries === undefined ? fromRecipe(json) : cut(json.entries.map(entryFrom), json.batches);
  const entries = batches.flat();
  if (entries.length !== json.count) throw new Error(`${json.name}: ${entries.length} entries instead of ${json.count}`);
  checked(`entries of ${json.name}`, digestInput(entries), json.entriesSha256);
  return batches;
}

function cut(entries: readonly SstEntry[], sizes: readonly number[] = entries.map(() => 1)): SstEntry[][] {
  let at = 0;
  return sizes.map((size) => entries.slice(at, (at += size)));
}

function fromRecipe({ recipe, order = '' }: LogJson): SstEntry[][] {
  if (recipe === 'xorshift') return xorshiftBatches();
  if (recipe === 'threads') return threadBatches(order);
  return logNamed('many-small')
    .entries.toSorted((a, b) => Buffer.compare(a.key, b.key) || (a.timestamp < b.timestamp ? 1 : a.timestamp > b.timestamp ? -1 : 0))
    .map((entry) => [entry]);
}

/** 5,000 entries in batches of 1 to 16: what a generator of pseudo-random numbers gives, drawn in this order. */
function xorshiftBatches(): SstEntry[][] {
  let state = 0x12345678;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
  const bytes = (length: number) => Uint8Array.from({ length }, next);
  const timestamp = () => {
    const drawn = next();
    const width = next() % 4;
    if (width === 0) return BigInt(drawn & 255);
    if (width === 1) return BigInt(drawn & 65_535);
    return width === 2 ? BigInt(drawn) : (BigInt(drawn) << 32n) + BigInt(next());
  };
  const entry = (): SstEntry => ({ key: bytes(next() % 24), timestamp: timestamp(), value: next() % 5 === 0 ? undefined : bytes(next() % 512) });
  const batches: SstEntry[][] = [];
  for (let left = 5000; left > 0; ) {
    const length = Math.min(left, 1 + (next() % 16));
    batches.push(Array.from({ length }, entry));
    left -= length;
  }
  return batches;
}

/** What eight threads appended, in the order that they came to: a digit for each append, those of one frame together. */
function threadBatches(order: string): SstEntry[][] {
  const counts = new Uint8Array(8);
  return order.split(' ').map((frame) =>
    Array.from(frame, (digit) => {
      const thread = Number(digit);
      const index = counts[thread]!++;
      const key = Uint8Array.of(0x74, thread, index);
      return index % 7 === 3
        ? { key, timestamp: BigInt(index), value: undefined }
        : { key, timestamp: BigInt(1000 * thread + index), value: new Uint8Array(index).fill(index) };
    }),
  );
}

function entryFrom({ key, timestamp, value }: EntryJson): SstEntry {
  return { key: bytesFrom(key), timestamp: BigInt(timestamp), value: value === undefined ? undefined : bytesFrom(value) };
}

function bytesFrom(hex: Hex): Uint8Array {
  return Uint8Array.from(Buffer.from(typeof hex === 'string' ? hex : hex.repeat.repeat(hex.times), 'hex'));
}

function checked(what: string, bytes: Uint8Array, sha256: string): Uint8Array {
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new Error(`${what}: not the bytes that were written`);
  return bytes;
}
