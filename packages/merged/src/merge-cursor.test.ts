import { run, runSync } from '@reftable/io';
import { commonPrefixLength, compareBytes } from '@reftable/varint';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MergeCursor, type MergeableCursor, type MergeKey } from './keys.js';

/** What a cursor asks for: its next keys. */
interface Wish {
  readonly of: MemoryCursor;
}

/** A record that counts how often its key is looked at. */
class Entry implements MergeKey {
  readonly shared: number;
  readonly source: number;
  readonly #bytes: Uint8Array;
  readonly #looks: Looks;

  constructor(bytes: Uint8Array, shared: number, source: number, looks: Looks) {
    this.#bytes = bytes;
    this.shared = shared;
    this.source = source;
    this.#looks = looks;
  }

  get key(): Uint8Array {
    this.#looks.count++;
    return this.#bytes;
  }

  get keyLength(): number {
    return this.#bytes.length;
  }
}

interface Looks {
  count: number;
}

/** Sorted keys in memory, of which `run` at a time are at hand: at each end of a run, a wish must be granted. */
class MemoryCursor implements MergeableCursor<Entry, Wish> {
  record!: Entry;
  moves = 0;
  readonly looks: Looks = { count: 0 };
  readonly #keys: readonly Uint8Array[];
  readonly #run: number;
  readonly #source: number;
  #at = -1;
  #target: Uint8Array | undefined;

  constructor(keys: readonly string[], source: number, run = keys.length) {
    this.#keys = keys.map((key) => new TextEncoder().encode(key));
    this.#source = source;
    this.#run = run;
  }

  next(): boolean {
    if (this.#target !== undefined) throw new Error('not settled');
    return (this.#at + 1) % this.#run !== 0 && this.#move();
  }

  *load(): Generator<Wish, boolean, void> {
    if (this.#at + 1 < this.#keys.length) yield { of: this };
    return this.#move();
  }

  /** Half of the targets are found at once. */
  seek(target: Uint8Array, length: number): boolean {
    const copy = target.slice(0, length);
    if (length % 2 === 0) {
      this.#target = copy;
      return false;
    }
    this.#place(copy);
    return true;
  }

  *settle(): Generator<Wish, void, void> {
    if (this.#target === undefined) throw new Error('nothing to settle');
    yield { of: this };
    this.#place(this.#target);
    this.#target = undefined;
  }

  #place(target: Uint8Array): void {
    const at = this.#keys.findIndex((key) => compareBytes(key, target) >= 0);
    this.#at = (at < 0 ? this.#keys.length : at) - 1;
  }

  #move(): boolean {
    this.moves++;
    const before = this.#keys[this.#at];
    const key = this.#keys[this.#at + 1];
    if (key === undefined) return false;
    this.#at++;
    this.record = new Entry(key, before === undefined ? 0 : commonPrefixLength(before, key), this.#source, this.looks);
    return true;
  }
}

const grant = () => undefined;

function text({ key, keyLength }: MergeKey): string {
  return new TextDecoder().decode(key.subarray(0, keyLength));
}

/** The next record as `key@source`; undefined at the end. */
function step(cursor: MergeCursor<Entry, Wish>): string | undefined {
  return cursor.next() || runSync(cursor.load(), grant) ? `${text(cursor.record)}@${cursor.record.source}` : undefined;
}

function rest(cursor: MergeCursor<Entry, Wish>): string[] {
  const found: string[] = [];
  for (let at = step(cursor); at !== undefined; at = step(cursor)) found.push(at);
  return found;
}

function seek(cursor: MergeCursor<Entry, Wish>, target: string): void {
  const bytes = new TextEncoder().encode(target);
  if (!cursor.seek(bytes, bytes.length)) runSync(cursor.settle(), grant);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** What merging must give: each key once, of the newest that has it. */
function model(sources: readonly (readonly string[])[], from = ''): string[] {
  const newest = new Map<string, number>();
  for (const [source, keys] of sources.entries()) for (const key of keys) newest.set(key, source);
  return [...newest.keys()]
    .filter((key) => byBytes(key, from) >= 0)
    .sort(byBytes)
    .map((key) => `${key}@${String(newest.get(key))}`);
}

function merge(sources: readonly (readonly string[])[], runs: readonly number[] = []): MergeCursor<Entry, Wish> {
  return new MergeCursor(sources.map((keys, source) => new MemoryCursor(keys, source, runs[source])));
}

const keys = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\uFFFF', '😀'), minLength: 1, maxLength: 6 }), { maxLength: 40 });
const sources = fc.array(
  keys.map((list) => list.sort(byBytes)),
  { maxLength: 9 },
);
const runs = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 9, maxLength: 9 });

describe('the merge', () => {
  test('of nothing is empty, and stays so', () => {
    const cursor = merge([]);
    expect([step(cursor), step(cursor)]).toEqual([undefined, undefined]);
    seek(cursor, 'a');
    expect(step(cursor)).toBeUndefined();
    expect(rest(merge([[], [], []]))).toEqual([]);
  });

  test('is each key once, of the newest', () => {
    const property = fc.property(sources, runs, (lists, sizes) => {
      const cursor = merge(lists, sizes);
      expect(rest(cursor)).toEqual(model(lists));
      expect(step(cursor)).toBeUndefined();
    });
    fc.assert(property, { numRuns: 400 });
  });

  test('after any moves and seeks, also from its end', () => {
    const moves = fc.array(fc.tuple(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀'), maxLength: 4 }), fc.nat(30)), { maxLength: 8 });
    const property = fc.property(sources, runs, moves, (lists, sizes, seeks) => {
      const cursor = merge(lists, sizes);
      for (const [target, steps] of seeks) {
        seek(cursor, target);
        const expected = model(lists, target);
        for (let at = 0; at < steps; at++) expect(step(cursor)).toBe(expected[at]);
      }
      seek(cursor, '');
      expect(rest(cursor)).toEqual(model(lists));
    });
    fc.assert(property, { numRuns: 300 });
  });

  test('of merges is one merge', () => {
    const property = fc.property(sources, sources, runs, (older, newer, sizes) => {
      const all = [...older, ...newer];
      const cursors = all.map((list, source) => new MemoryCursor(list, source, sizes[source % sizes.length]));
      const halves = [new MergeCursor(cursors.slice(0, older.length)), new MergeCursor(cursors.slice(older.length))];
      const cursor = new MergeCursor<Entry, Wish>(halves);
      expect(rest(cursor)).toEqual(model(all));
      seek(cursor, 'b');
      expect(rest(cursor)).toEqual(model(all, 'b'));
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('runs asynchronously, too', async () => {
    const lists = [['a', 'c', 'e'], ['b', 'c'], ['d', 'e', 'f']];
    const cursor = merge(lists, [1, 2, 1]);
    const found: string[] = [];
    while (cursor.next() || (await run(cursor.load(), () => Promise.resolve()))) found.push(`${text(cursor.record)}@${cursor.record.source}`);
    expect(found).toEqual(model(lists));
  });

  test('nothing is lost where a wish is refused and asked for again', () => {
    const property = fc.property(sources, runs, fc.infiniteStream(fc.boolean()), (lists, sizes, luck) => {
      const cursor = merge(lists, sizes);
      const found: string[] = [];
      const refuse = () => {
        if (luck.next().value) throw new Error('refused');
      };
      for (;;) {
        try {
          if (!cursor.next() && !runSync(cursor.load(), refuse)) break;
        } catch (error) {
          expect((error as Error).message).toBe('refused');
          continue;
        }
        found.push(`${text(cursor.record)}@${cursor.record.source}`);
      }
      expect(found).toEqual(model(lists));
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe('its cost', () => {
  const name = (at: number) => `refs/heads/${String(at).padStart(6, '0')}`;
  const large = Array.from({ length: 20_000 }, (_, at) => name(at));

  test('one large cursor among small ones: hardly any key is compared', () => {
    const small = Array.from({ length: 8 }, (_, of) => Array.from({ length: 5 }, (_, at) => name(at * 4000 + of * 31)));
    const cursors = [large, ...small].map((list, source) => new MemoryCursor(list, source));
    const cursor = new MergeCursor<Entry, Wish>(cursors);
    let records = 0;
    while (cursor.next() || runSync(cursor.load(), grant)) records++;
    expect(records).toBe(20_000);
    // 40 keys are met on the way; near each, some neighbours share as much with it as with each other.
    expect(cursors[0]!.looks.count).toBeLessThan(2500);
  });

  test('a seek costs each cursor a move, and a step only those that are at the key', () => {
    const cursors = Array.from({ length: 8 }, (_, source) => new MemoryCursor(large, source));
    const cursor = new MergeCursor<Entry, Wish>(cursors);
    seek(cursor, name(7000));
    expect(step(cursor)).toBe(`${name(7000)}@7`);
    const total = () => cursors.reduce((sum, { moves }) => sum + moves, 0);
    expect(total()).toBeLessThanOrEqual(16);
    const before = total();
    for (let at = 1; at <= 10; at++) expect(step(cursor)).toBe(`${name(7000 + at)}@7`);
    expect(total() - before).toBeLessThanOrEqual(80);
  });
});
