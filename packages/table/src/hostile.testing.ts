/*
 * Asks a table everything, whatever its bytes are, and judges the answers: each question ends in a typed error of kind
 * `format` or `unsupported`, or in well-formed records in ascending order. Both faces and both inflaters must say the same.
 */
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import { isBlockType, type Block, type LogRecord, type Ref } from '@reftable/block';
import type { BlockSource, BlockSourceSync } from '@reftable/io';
import { compareBytes, isReftableError, MAX_U64, putU64 } from '@reftable/varint';
import type { Cursor, CursorSync } from '@reftable/io';
import type { LogView, RefView } from './reader-core.js';
import { openTable, openTableSync, type Table, type TableSync } from './table.js';

/** What a table is asked for, besides all that it has. */
export interface Questions {
  /** Names of refs. */
  readonly names: readonly (string | Uint8Array)[];
  /** Object ids of 32 bytes; where ids have 20, their first 20. */
  readonly ids: readonly Uint8Array[];
}

/** Which inflater reads log blocks, and how often it did. */
export interface InflaterSwitch {
  current: 'zlib' | 'plain';
  calls: number;
}

/** No table of these tests may keep a reader busy for longer, in milliseconds. */
const MAX_TIME = 1000;

/** DEFLATE can't make more bytes than this from one. */
const MAX_INFLATION = 1032;

/** What may be allocated at once, apart from what the input justifies. */
const FREE_ALLOCATION = 1 << 16;

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Asks the questions of a file on both faces and with both inflaters.
 * @returns the answers, a line for each record and for the error that a question ended in
 * @throws an `Error` that says what is wrong, if anything but that came out, or not the same from all
 */
export async function examine(bytes: Uint8Array, questions: Questions, inflater: InflaterSwitch): Promise<string> {
  let first: string | undefined;
  for (const current of ['zlib', 'plain'] as const) {
    inflater.current = current;
    inflater.calls = 0;
    for (const face of ['sync', 'async'] as const) {
      const answers = (await interview(bytes, questions, face)).join('\n');
      first ??= answers;
      if (answers !== first) throw new Error(`${face} with ${current} differs: ${firstDifference(first, answers)}`);
    }
    // Without a log block, the other inflater makes no difference.
    if (inflater.calls === 0) break;
  }
  return first!;
}

/** About `count` names and ids of a sound table, and some that it has not. */
export function questionsOf(bytes: Uint8Array, count: number): Questions {
  const table = openTableSync(new HostileSource(bytes));
  const refs = [...table.refs({ tombstones: true })];
  const logs = [...table.logs({ tombstones: true })];
  const some = <T>(list: readonly T[]): T[] => list.filter((_, index) => index % Math.ceil(list.length / count) === 0);
  const names = [...some(refs).map(({ name, nameBytes }) => nameBytes ?? name), ...some(logs).map(({ ref, refBytes }) => refBytes ?? ref)];
  const ids = some(refs.flatMap((ref) => (ref.kind === 'direct' ? [ref.oid] : ref.kind === 'peeled' ? [ref.peeled] : [])));
  return {
    names: [...new Set(names), 'refs/heads/m', new Uint8Array([0xff, 0xff])],
    ids: [...ids.map((id) => Uint8Array.from(Buffer.from(id.padEnd(64, '0'), 'hex'))), new Uint8Array(32)],
  };
}

async function interview(bytes: Uint8Array, questions: Questions, face: 'sync' | 'async'): Promise<string[]> {
  const allocations = new Allocations();
  const started = performance.now();
  const answers: string[] = [];
  try {
    await new Interview(bytes, questions, answers).run(face);
  } finally {
    allocations.stop();
  }
  const time = performance.now() - started;
  if (time > MAX_TIME) throw new Error(`${face}: took ${Math.round(time)} ms`);
  const allowed = FREE_ALLOCATION + 2 * bytes.length + Math.min(2 ** 24, MAX_INFLATION * bytes.length);
  if (allocations.largest > allowed) throw new Error(`${face}: allocated ${allocations.largest} bytes at once for a file of ${bytes.length}`);
  return answers;
}

/** One face of one table, and the answers that it gives. */
class Interview {
  readonly #source: HostileSource;
  readonly #questions: Questions;
  readonly #answers: string[];
  /** A log block has at most so many bytes for one, and a record has three. */
  readonly #maxRecords: number;

  constructor(bytes: Uint8Array, questions: Questions, answers: string[]) {
    this.#source = new HostileSource(bytes);
    this.#questions = questions;
    this.#answers = answers;
    this.#maxRecords = (bytes.length * MAX_INFLATION) / 3;
  }

  async run(face: 'sync' | 'async'): Promise<void> {
    let table: Table | TableSync | undefined;
    await this.#ask('open', async () => {
      table = await (face === 'sync' ? openTableSync(this.#source) : openTable(this.#source));
    });
    if (table !== undefined) await this.#askAll(table);
  }

  async #askAll(table: Table | TableSync): Promise<void> {
    const { hash, version, minUpdateIndexExact, maxUpdateIndexExact, size } = table.info;
    this.#answers.push(`version ${version} ${hash} ${minUpdateIndexExact} ${maxUpdateIndexExact}`);
    const idSize = hash === 'sha1' ? 20 : 32;
    const ref = (record: Ref): Judged => judgeRef(record, idSize * 2);
    const log = (record: LogRecord): Judged => judgeLog(record, idSize * 2);
    const { names, ids } = this.#questions;

    await this.#list('blocks', () => table.blocks(), (block) => judgeBlock(block, size));
    await this.#list('refs', () => table.refs({ tombstones: true }), ref);
    await this.#list('logs', () => table.logs({ tombstones: true }), log);
    await this.#list('names', () => table.names(), (name) => ({ line: JSON.stringify(name) }));
    await this.#list('ref cursor', () => views(table.refCursor({ tombstones: true })), judgeView);
    await this.#list('log cursor', () => views(table.logCursor({ tombstones: true })), judgeView);
    for (const name of names) {
      const text = typeof name === 'string' ? name : Buffer.from(name).toString('latin1');
      await this.#ask(`ref ${text}`, async () => {
        const found = await table.getRef(name);
        if (found === undefined) return;
        expectThat(found.kind !== 'deletion' && isNamed(found.name, found.nameBytes, name), `asked for ${text}, got ${found.name}`);
        this.#answers.push(ref(found).line);
      });
      const ofName = (record: LogRecord): Judged => {
        expectThat(isNamed(record.ref, record.refBytes, name), `log of ${text} has an entry of ${record.ref}`);
        return log(record);
      };
      await this.#list(`log ${text}`, () => table.log(name), ofName);
      await this.#list(`log ${text} from`, () => table.log(name, { from: 2, tombstones: true }), (record) => {
        expectThat(record.updateIndex <= 2, `entry of ${record.updateIndex}`);
        return ofName(record);
      });
      await this.#list(`from ${text}`, () => table.refs({ from: name }), ref);
    }
    const exclude = names.slice(0, 2);
    await this.#list('prefix', () => table.refs({ prefix: 'refs/', past: 'refs/heads/a', exclude }), (record) => {
      expectThat(record.name.startsWith('refs/') && record.name > 'refs/heads/a', `${record.name} is out of range`);
      return ref(record);
    });
    for (const id of ids) {
      const hex = Buffer.from(id.subarray(0, idSize)).toString('hex');
      await this.#list(`with ${hex}`, async function* () {
        yield* await table.refsByObject(hex);
      }, (record) => {
        expectThat((record.kind === 'direct' && record.oid === hex) || (record.kind === 'peeled' && [record.oid, record.peeled].includes(hex)), 'ref of another id');
        return ref(record);
      });
    }
  }

  /** Notes each record of a list, which must be in strictly ascending order where it has keys. */
  #list<R>(question: string, list: () => AsyncIterable<R> | Iterable<R>, judge: (record: R) => Judged): Promise<void> {
    return this.#ask(question, async () => {
      let last: Uint8Array | undefined;
      let count = 0;
      for await (const record of list()) {
        expectThat(++count <= this.#maxRecords, 'no end');
        const { line, key } = judge(record);
        expectThat(key === undefined || last === undefined || compareBytes(last, key) < 0, `out of order: ${line}`);
        last = key;
        this.#answers.push(line);
      }
    });
  }

  async #ask(question: string, answer: () => Promise<void>): Promise<void> {
    this.#answers.push(`${question}:`);
    this.#source.begin();
    try {
      await answer();
    } catch (error) {
      if (!isReftableError(error, 'format', 'unsupported')) throw new Error(`${question}: ${String(error)}`, { cause: error });
      expectThat(error.offset === undefined || (error.offset >= 0 && error.offset <= this.#source.size), `error at ${error.offset}`);
      this.#answers.push(`! ${error.code} at ${error.offset}`);
    }
  }
}

/** The records that a cursor passes. */
async function* views<V extends RefView | LogView>(cursor: Cursor<V> | CursorSync<V>): AsyncGenerator<V> {
  while (cursor.next() || (await cursor.load())) yield cursor.record;
}

/** What was found to be well formed: as a line, and with its key in the order of the list. */
interface Judged {
  readonly line: string;
  readonly key?: Uint8Array;
}

function judgeRef(ref: Ref, digits: number): Judged {
  const parts = [ref.kind, text(ref.name, ref.nameBytes), number(ref.updateIndex, ref.updateIndexExact)];
  if (ref.kind === 'direct' || ref.kind === 'peeled') parts.push(oid(ref.oid, digits));
  if (ref.kind === 'peeled') parts.push(oid(ref.peeled, digits));
  if (ref.kind === 'symbolic') parts.push(text(ref.target, ref.targetBytes));
  return { line: parts.join(' '), key: ref.nameBytes ?? Buffer.from(ref.name) };
}

function judgeLog(log: LogRecord, digits: number): Judged {
  const index = number(log.updateIndex, log.updateIndexExact);
  const parts = [log.kind, text(log.ref, log.refBytes), index];
  if (log.kind === 'update') {
    parts.push(oid(log.oldOid, digits), oid(log.newOid, digits), text(log.name, log.nameBytes), text(log.email, log.emailBytes));
    parts.push(number(log.time, log.timeExact), String(log.timeZone), text(log.message, log.messageBytes));
    expectThat(Number.isInteger(log.timeZone) && Math.abs(log.timeZone) <= 0x8000, `time zone ${log.timeZone}`);
  }
  const inverted = new Uint8Array(9);
  putU64(inverted, 1, MAX_U64 - BigInt(index));
  return { line: parts.join(' '), key: Buffer.concat([log.refBytes ?? Buffer.from(log.ref), inverted]) };
}

function judgeView(view: RefView | LogView): Judged {
  const line = [view.isDeletion, number(view.updateIndex, undefined), view.updateIndexExact, text(view.name, undefined)].join(' ');
  expectThat(view.updateIndexExact >= 0n && view.updateIndexExact <= MAX_U64, line);
  expectThat(view.keyLength > 0 && view.keyLength <= view.key.length && view.shared < view.keyLength, line);
  return { line, key: view.key.slice(0, view.keyLength) };
}

function judgeBlock({ type, position, sizeOnDisk, bytes, end }: Block, size: number): Judged {
  expectThat(isBlockType(type) && sizeOnDisk > 0 && end >= position + sizeOnDisk && position + sizeOnDisk <= size, `block at ${position}`);
  const key = new Uint8Array(8);
  putU64(key, 0, position);
  return { line: `${String.fromCharCode(type)} ${position} ${sizeOnDisk} ${bytes.length}`, key };
}

function oid(hex: string, digits: number): string {
  expectThat(hex.length === digits && /^[0-9a-f]*$/.test(hex), `object id ${hex}`);
  return hex;
}

function number(value: number, exact: bigint | undefined): string {
  expectThat(Number.isSafeInteger(value) && value >= 0, `number ${value}`);
  if (exact === undefined) return String(value);
  expectThat(exact > MAX_SAFE && exact <= MAX_U64 && value === Number.MAX_SAFE_INTEGER, `number ${exact}`);
  return String(exact);
}

function text(value: string, exact: Uint8Array | undefined): string {
  expectThat(typeof value === 'string' && (exact === undefined || exact.length > 0), 'text');
  return JSON.stringify(exact === undefined ? value : Buffer.from(exact).toString('latin1'));
}

function isNamed(name: string, exact: Uint8Array | undefined, asked: string | Uint8Array): boolean {
  return Buffer.compare(exact ?? Buffer.from(name), Buffer.from(asked)) === 0;
}

function expectThat(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

function firstDifference(a: string, b: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  return at < 0 ? `${right[left.length]!} is added` : `${right[at] ?? 'nothing'} instead of ${left[at]!}`;
}

/** A file in memory that answers only what may be asked, and not for ever. Async reads are promises of copies, sync reads are views. */
class HostileSource implements BlockSource, BlockSourceSync {
  readonly size: number;
  readonly name = undefined;
  readonly #bytes: Uint8Array;
  #reads = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  /** A question starts: it may read each byte of the file about once, in blocks of ten bytes or more. */
  begin(): void {
    this.#reads = 0;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return Promise.resolve(this.readSync(offset, length).slice());
  }

  readSync(offset: number, length: number): Uint8Array {
    expectThat(offset >= 0 && length >= 0 && offset + length <= this.size, `read of ${length} bytes at ${offset}`);
    expectThat(++this.#reads <= this.size, 'reads without end');
    return this.#bytes.subarray(offset, offset + length);
  }

  close(): void {
    // Nothing is held.
  }

  closeSync(): void {
    // Nothing is held.
  }
}

/** Watches for large pieces of memory: those that JavaScript makes, and those that Node's zlib does. */
class Allocations {
  largest = 0;
  readonly #array = globalThis.Uint8Array;
  readonly #allocUnsafe = Buffer.allocUnsafe.bind(Buffer);

  constructor() {
    const note = (size: unknown): void => {
      if (typeof size === 'number' && size > this.largest) this.largest = size;
    };
    globalThis.Uint8Array = new Proxy(this.#array, {
      construct: (target, args: unknown[]) => {
        note(args[0]);
        return Reflect.construct(target, args) as object;
      },
    });
    Buffer.allocUnsafe = (size) => {
      note(size);
      return this.#allocUnsafe(size);
    };
  }

  stop(): void {
    globalThis.Uint8Array = this.#array;
    Buffer.allocUnsafe = this.#allocUnsafe;
  }
}
