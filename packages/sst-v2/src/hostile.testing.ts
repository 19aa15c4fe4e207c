/*
 * Asks a table everything, whatever its bytes are, and judges the answers: each question ends in a typed error of kind
 * `format` or `unsupported`, or in well-formed records in strict order. Both faces and both inflaters must say the same.
 */
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import { HostileSource, largestAllocation } from '@reftable/conformance/hostile';
import { compareBytes, isReftableError } from '@reftable/varint';
import type { SstRecord } from './record.js';
import { openSst, openSstSync, type Sst, type SstSync } from './sst.js';

/** Which inflater reads compressed blocks, and how often it did. */
export interface InflaterSwitch {
  current: 'zlib' | 'plain';
  calls: number;
}

/** No table of these tests may keep a reader busy for longer, in milliseconds. */
const MAX_TIME = 1000;

/** DEFLATE can't make more bytes than this from one, and a block can't have more than that. */
const MAX_INFLATION = 1032;
const MAX_BLOCK = 2 ** 24;

/** What may be allocated at once, apart from what the input justifies. */
const FREE_ALLOCATION = 1 << 16;

/** Keys of a sound table, about `count`, and some that it has not. */
export function keysOf(bytes: Uint8Array, count: number): Uint8Array[] {
  const keys = [...openSstSync(new HostileSource(bytes)).records()].map(({ key }) => key);
  const step = Math.max(1, Math.ceil(keys.length / count));
  return [...keys.filter((_, index) => (keys.length - 1 - index) % step === 0), Uint8Array.of(0), Buffer.from('m'), Uint8Array.of(0xff, 0xff)];
}

/**
 * Asks for all records, and for these keys, on both faces and with both inflaters.
 * @returns the answers, a line for each record and for the error that a question ended in
 * @throws an `Error` that says what is wrong, if anything but that came out, or not the same from all
 */
export async function examine(bytes: Uint8Array, keys: readonly Uint8Array[], inflater: InflaterSwitch): Promise<string> {
  let first: string | undefined;
  for (const current of ['zlib', 'plain'] as const) {
    inflater.current = current;
    inflater.calls = 0;
    for (const face of ['sync', 'async'] as const) {
      const started = performance.now();
      const interview = new Interview(bytes, keys);
      const largest = await largestAllocation(() => interview.run(face));
      const time = performance.now() - started;
      if (time > MAX_TIME) throw new Error(`${face}: took ${Math.round(time)} ms`);
      const allowed = FREE_ALLOCATION + 2 * bytes.length + Math.min(MAX_BLOCK, MAX_INFLATION * bytes.length);
      if (largest > allowed) throw new Error(`${face}: allocated ${largest} bytes at once for a file of ${bytes.length}`);
      const answers = interview.answers.join('\n');
      first ??= answers;
      if (answers !== first) throw new Error(`${face} with ${current} differs:\n${first}\n---\n${answers}`);
    }
    // Without a compressed block, the other inflater makes no difference.
    if (inflater.calls === 0) break;
  }
  return first!;
}

type List<R> = AsyncIterable<R> | Iterable<R>;

/** One face of one table, and the answers that it gives. */
class Interview {
  readonly answers: string[] = [];
  readonly #source: HostileSource;
  readonly #keys: readonly Uint8Array[];

  constructor(bytes: Uint8Array, keys: readonly Uint8Array[]) {
    this.#source = new HostileSource(bytes);
    this.#keys = keys;
  }

  async run(face: 'sync' | 'async'): Promise<void> {
    let sst: Sst | SstSync | undefined;
    await this.#ask('open', async () => {
      sst = await (face === 'sync' ? openSstSync(this.#source) : openSst(this.#source));
    });
    if (sst === undefined) return;
    const table = sst;
    const { blockSize, hasChecksums, metadata } = table.info;
    this.answers.push(`${blockSize} ${hasChecksums} ${Buffer.from(metadata).toString('hex')}`);
    await this.#records('records', () => table.records(), 1);
    await this.#records('reverse', () => table.records({ reverse: true }), -1);
    for (const key of this.#keys) {
      const text = Buffer.from(key).toString('latin1');
      await this.#records(`get ${text}`, async () => [await table.get(key)].filter((record) => record !== undefined), 1, key, key);
      await this.#records(`from ${text}`, () => table.records({ from: key }), 1, key);
      await this.#records(`back from ${text}`, () => table.records({ before: key, reverse: true }), -1, undefined, key);
    }
    await this.#ask('blocks', async () => {
      for await (const block of table.blocks()) {
        if (!(block.position + block.size <= block.end && block.end <= this.#source.size)) throw new Error('block beyond the file');
        this.answers.push(JSON.stringify(block));
      }
    });
    await this.#ask('verify', async () => {
      this.answers.push(JSON.stringify(await table.verify()));
    });
  }

  /** Notes each record, which must be within bounds and come in strict order: ascending (1) or descending (-1). */
  async #records(question: string, list: () => List<SstRecord> | Promise<List<SstRecord>>, order: 1 | -1, from?: Uint8Array, to?: Uint8Array): Promise<void> {
    await this.#ask(question, async () => {
      let last: Uint8Array | undefined;
      for await (const { key, value, extra } of await list()) {
        const line = `${Buffer.from(key).toString('hex')} ${extra} ${Buffer.from(value).toString('hex')}`;
        if (key.length === 0 || !(extra >= 0 && extra <= 7)) throw new Error(`no record: ${line}`);
        if (last !== undefined && compareBytes(last, key) * order >= 0) throw new Error(`out of order: ${line}`);
        if ((from && compareBytes(key, from) < 0) || (to && compareBytes(key, to) > 0)) throw new Error(`out of bounds: ${line}`);
        last = key;
        this.answers.push(line);
      }
    });
  }

  async #ask(question: string, answer: () => Promise<void>): Promise<void> {
    this.answers.push(`${question}:`);
    this.#source.reads = 0;
    try {
      await answer();
    } catch (error) {
      if (!isReftableError(error, 'format', 'unsupported')) throw new Error(`${question}: ${String(error)}`, { cause: error });
      const { code, offset } = error;
      if (offset !== undefined && !(offset >= 0 && offset <= this.#source.size)) throw new Error(`${question}: at ${offset}`, { cause: error });
      this.answers.push(`! ${code} at ${offset}`);
    }
  }
}
