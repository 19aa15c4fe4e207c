/*
 * Asks a table everything, whatever its bytes are, and judges the answers: each question ends in a typed error of kind
 * `format` or `unsupported`, or in well-formed records in ascending order. Both faces and both inflaters must say the same.
 */
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import type { LogRecord, Ref } from '@reftable/block';
import { HostileSource, largestAllocation } from '@reftable/conformance/hostile';
import type { Cursor, CursorSync } from '@reftable/io';
import { compareBytes, isReftableError } from '@reftable/varint';
import type { LogView, RefView } from './reader-core.js';
import { openTable, openTableSync, type Table, type TableSync } from './table.js';
import { judgeBlock, judgeLog, judgeRef, judgeView, type Judged } from './well-formed.testing.js';

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

type Face = 'sync' | 'async';

/** No table of these tests may keep a reader busy for longer, in milliseconds. */
const MAX_TIME = 1000;

/** DEFLATE can't make more bytes than this from one, and a block can't have more than that. */
const MAX_INFLATION = 1032;
const MAX_BLOCK = 2 ** 24;

/** What may be allocated at once, apart from what the input justifies. */
const FREE_ALLOCATION = 1 << 16;

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
      const answers = await interview(bytes, questions, face);
      first ??= answers;
      if (answers !== first) throw new Error(`${face} with ${current} differs: ${JSON.stringify(firstDifference(first, answers))}`);
    }
    // Without a log block, the other inflater makes no difference.
    if (inflater.calls === 0) break;
  }
  return first!;
}

/** About `count` names and ids of a sound table, the last among them, and some that it has not. */
export function questionsOf(bytes: Uint8Array, count: number): Questions {
  const table = openTableSync(new HostileSource(bytes));
  const refs = [...table.refs({ tombstones: true })];
  const logs = [...table.logs({ tombstones: true })];
  const some = <T>(list: readonly T[]): T[] => list.filter((_, index) => (list.length - 1 - index) % Math.ceil(list.length / count) === 0);
  const names = [...some(refs).map(({ name, nameBytes }) => nameBytes ?? name), ...some(logs).map(({ ref, refBytes }) => refBytes ?? ref)];
  const ids = some(refs.flatMap((ref) => (ref.kind === 'direct' ? [ref.oid] : ref.kind === 'peeled' ? [ref.peeled] : [])));
  return {
    names: [...new Set(names), 'refs/heads/m', new Uint8Array([0xff, 0xff])],
    ids: [...ids.map((id) => Uint8Array.from(Buffer.from(id.padEnd(64, '0'), 'hex'))), new Uint8Array(32)],
  };
}

async function interview(bytes: Uint8Array, questions: Questions, face: Face): Promise<string> {
  const started = performance.now();
  const answers: string[] = [];
  const largest = await largestAllocation(() => new Interview(bytes, questions, answers).run(face));
  const time = performance.now() - started;
  if (time > MAX_TIME) throw new Error(`${face}: took ${Math.round(time)} ms`);
  const allowed = FREE_ALLOCATION + 2 * bytes.length + Math.min(MAX_BLOCK, MAX_INFLATION * bytes.length);
  if (largest > allowed) throw new Error(`${face}: allocated ${largest} bytes at once for a file of ${bytes.length}`);
  return answers.join('\n');
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

  async run(face: Face): Promise<void> {
    let table: Table | TableSync | undefined;
    await this.#ask('open', async () => {
      table = await (face === 'sync' ? openTableSync(this.#source) : openTable(this.#source));
    });
    if (table === undefined) return;
    const { hash, version, minUpdateIndexExact, maxUpdateIndexExact } = table.info;
    this.#answers.push(`version ${version} ${hash} ${minUpdateIndexExact} ${maxUpdateIndexExact}`);
    const digits = hash === 'sha1' ? 40 : 64;
    await this.#askForAll(table, digits);
    for (const name of this.#questions.names) await this.#askForName(table, digits, name);
    for (const id of this.#questions.ids) await this.#askForObject(table, Buffer.from(id).toString('hex').slice(0, digits));
  }

  async #askForAll(table: Table | TableSync, digits: number): Promise<void> {
    const tombstones = { tombstones: true };
    await this.#list('blocks', () => table.blocks(), (block) => judgeBlock(block, this.#source.size));
    await this.#list('refs', () => table.refs(tombstones), (ref) => judgeRef(ref, digits));
    await this.#list('logs', () => table.logs(tombstones), (log) => judgeLog(log, digits));
    await this.#list('names', () => table.names(), (line) => ({ line }));
    await this.#list('ref cursor', () => views(table.refCursor(tombstones)), judgeView);
    await this.#list('log cursor', () => views(table.logCursor(tombstones)), judgeView);
    const exclude = this.#questions.names.slice(0, 2);
    await this.#list('range', () => table.refs({ prefix: 'r', past: 'r/0', exclude }), (ref) => {
      const judged = judgeRef(ref, digits);
      // As characters below U+0100: so bytes and their order are kept.
      const name = textOf(judged.key!);
      const isExcluded = exclude.some((prefix) => name.startsWith(textOf(prefix)));
      if (isExcluded || !name.startsWith('r') || name <= 'r/0' || ref.kind === 'deletion') throw new Error(`out of range: ${JSON.stringify(name)}`);
      return judged;
    });
  }

  async #askForName(table: Table | TableSync, digits: number, name: string | Uint8Array): Promise<void> {
    const asked = Buffer.from(name);
    const judge = (log: LogRecord): Judged => {
      if (!asked.equals(log.refBytes ?? Buffer.from(log.ref))) throw new Error(`entry of the log of ${JSON.stringify(log.ref)}`);
      return judgeLog(log, digits);
    };
    const text = JSON.stringify(textOf(name));
    await this.#list(`ref ${text}`, async () => listOf(await table.getRef(name)), (ref) => {
      if (ref.kind === 'deletion' || !asked.equals(ref.nameBytes ?? Buffer.from(ref.name))) throw new Error(`found ${JSON.stringify(ref.name)}`);
      return judgeRef(ref, digits);
    });
    await this.#list(`from ${text}`, () => table.refs({ from: name }), (ref) => {
      const judged = judgeRef(ref, digits);
      if (compareBytes(judged.key!, asked) < 0) throw new Error(`too early: ${JSON.stringify(ref.name)}`);
      return judged;
    });
    await this.#list(`log ${text}`, () => table.log(name, { tombstones: true }), judge);
    await this.#list(`log ${text} from 2`, () => table.log(name, { from: 2 }), (log) => {
      if (log.updateIndex > 2 || log.kind === 'deletion') throw new Error(`${log.kind} at ${log.updateIndex}`);
      return judge(log);
    });
  }

  async #askForObject(table: Table | TableSync, oid: string): Promise<void> {
    await this.#list(`with ${oid}`, () => table.refsByObject(oid), (ref) => {
      const mentions = (ref.kind === 'direct' && ref.oid === oid) || (ref.kind === 'peeled' && (ref.oid === oid || ref.peeled === oid));
      if (!mentions) throw new Error(`other id: ${JSON.stringify(ref.name)}`);
      return judgeRef(ref, oid.length);
    });
  }

  /** Notes each record of a list, which must be in strictly ascending order if they have keys. */
  async #list<R>(question: string, list: () => List<R> | Promise<List<R>>, judge: (record: R) => Judged): Promise<void> {
    await this.#ask(question, async () => {
      let last: Uint8Array | undefined;
      let count = 0;
      for await (const record of await list()) {
        if (++count > this.#maxRecords) throw new Error('no end');
        const { line, key } = judge(record);
        if (key !== undefined && last !== undefined && compareBytes(last, key) >= 0) throw new Error(`out of order: ${JSON.stringify(line)}`);
        last = key;
        this.#answers.push(line);
      }
    });
  }

  async #ask(question: string, answer: () => Promise<void>): Promise<void> {
    this.#answers.push(`${question}:`);
    this.#source.reads = 0;
    try {
      await answer();
    } catch (error) {
      if (!isReftableError(error, 'format', 'unsupported')) throw new Error(`${question}: ${String(error)}`, { cause: error });
      const { code, offset } = error;
      if (offset !== undefined && !(offset >= 0 && offset <= this.#source.size)) throw new Error(`${question}: at ${offset}`, { cause: error });
      this.#answers.push(`! ${code} at ${offset}`);
    }
  }
}

type List<R> = AsyncIterable<R> | Iterable<R>;

/** The records that a cursor passes. */
async function* views<V extends RefView | LogView>(cursor: Cursor<V> | CursorSync<V>): AsyncGenerator<V> {
  while (cursor.next() || (await cursor.load())) yield cursor.record;
}

function listOf(ref: Ref | undefined): Ref[] {
  return ref === undefined ? [] : [ref];
}

function textOf(name: string | Uint8Array): string {
  return Buffer.from(name).toString('latin1');
}

function firstDifference(a: string, b: string): string {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  return at < 0 ? `${right[left.length]!} is added` : `${right[at] ?? 'nothing'} instead of ${left[at]!}`;
}
