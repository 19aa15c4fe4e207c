/* A reader written from SPEC.md alone, by somebody who had seen nothing of the first one, reads the golden tables: so SPEC.md says enough. */
import { readdirSync, readFileSync } from 'node:fs';
import { sstV2GitTables, sstV2Tables } from '@reftable/conformance';
import { describe, expect, it } from 'vitest';
import { Damage, compare, join } from './bytes.testing.js';
import { type Block, Table, pointers } from './container.testing.js';
import { type Log, type Ref, GitTable, mentions } from './git.testing.js';

type Fields = Readonly<Record<string, unknown>>;
const goldenTables = [...sstV2Tables(), ...sstV2GitTables()];
const zero = Uint8Array.of(0);
const kinds = [...Buffer.from('abc')];

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
/** A text as the file has it: as it is if it is UTF-8, otherwise in hex, and then so named. */
function named(name: string, bytes: Uint8Array): Fields {
  const string = Buffer.from(bytes).toString('utf8');
  return compare(Buffer.from(string), bytes) === 0 ? { [name]: string } : { [`${name}_hex`]: hexOf(bytes) };
}
function number(value: bigint): number | string {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}
function refFields({ name, updateIndex, value }: Ref): Fields {
  const fields = { ...named('name', name), updateIndex: number(updateIndex), kind: value.kind };
  switch (value.kind) {
    case 'deletion':
      return fields;
    case 'direct':
      return { ...fields, oid: hexOf(value.oid) };
    case 'peeled':
      return { ...fields, oid: hexOf(value.oid), peeled: hexOf(value.peeled) };
    case 'symbolic':
      return { ...fields, ...named('target', value.target) };
  }
}
function logFields({ name, updateIndex, update }: Log): Fields {
  const fields = { ...named('ref', name), updateIndex: number(updateIndex), kind: update === undefined ? 'deletion' : 'update' };
  if (update === undefined) return fields;
  return {
    ...fields,
    old: hexOf(update.old),
    new: hexOf(update.new),
    ...named('name', update.name),
    ...named('email', update.email),
    time: number(update.time),
    tz: update.tz,
    ...named('message', update.message),
  };
}

/** The bytes that a number takes: each further one stands for what the shorter ones can't hold. */
function varintSize(value: number): number {
  let size = 1;
  for (let beyond = 128; value >= beyond; beyond += 128 ** size) size++;
  return size;
}
/** What the parts of a block add up to, without the header, from what was read of it. */
function bodySize({ records, restarts }: Block): number {
  const sizes = records.map(({ prefix, key, extra, value }) => {
    const suffix = key.length - prefix;
    return varintSize(prefix) + varintSize(suffix * 8 + extra) + suffix + varintSize(value.length) + value.length;
  });
  return sizes.reduce((sum, size) => sum + size, 0) + 3 * restarts.length + 2;
}

describe.each(sstV2Tables())('$name', ({ bytes, metadata, entries }) => {
  it('has the entries', () => {
    const table = new Table(bytes);
    expect(table.footer.metadata).toEqual(metadata);
    expect(table.entries()).toEqual(entries);
  });
});

describe.each(sstV2GitTables())('$name', (expected) => {
  const git = new GitTable(new Table(expected.bytes));
  const refs = git.refs();

  it('has the refs and logs', () => {
    const { storage, hash, least, greatest } = git.metadata;
    expect({ storage, hash, least: number(least), greatest: number(greatest) }).toEqual({
      storage: expected.gitStorage,
      hash: expected.hash,
      least: expected.minUpdateIndex,
      greatest: expected.maxUpdateIndex,
    });
    expect(refs.map(refFields)).toEqual(expected.refs);
    expect(git.logs().map(logFields)).toEqual(expected.logs);
    const others = git.table.entries().filter(({ key }) => !kinds.includes(key[0]!));
    expect(others.length).toBe(expected.name === 'git-other-kinds' ? 2 : 0);
  });

  it('finds each ref, by its name and its ids', () => {
    git.verify();
    for (const ref of refs) {
      expect(git.ref(ref.name)).toEqual(ref);
      expect(git.ref(join(ref.name, zero))).toBeUndefined();
    }
    const blocksOf = new Map<string, Set<number>>();
    for (const ref of refs) {
      for (const oid of mentions(ref)) blocksOf.set(hexOf(oid), (blocksOf.get(hexOf(oid)) ?? new Set()).add(ref.block));
    }
    const objects = git.objects();
    if (objects.length > 0) {
      expect(objects.map((object) => hexOf(object.id))).toEqual([...blocksOf.keys()].sort().map((id) => id.slice(0, 2 * git.metadata.shortId)));
    }
    for (const [id, positions] of blocksOf) {
      const record = git.object(bytesOf(id));
      if (record !== undefined) expect(record.positions).toEqual(expected.name === 'git-object-everywhere' ? undefined : [...positions]);
      expect(git.refsOf(bytesOf(id))).toEqual(refs.filter((ref) => mentions(ref).some((oid) => hexOf(oid) === id)));
      expect(git.refsOf(bytesOf(id).map((byte, i) => (i === git.metadata.idSize - 1 ? byte ^ 1 : byte)))).toEqual([]);
    }
    expect(git.refsOf(new Uint8Array(git.metadata.idSize).fill(255))).toEqual([]);
  });
});

describe.each(goldenTables)('$name', ({ bytes }) => {
  const table = new Table(bytes);
  const entries = table.entries();

  it('finds every entry, and nothing between and beyond', () => {
    expect(table.seek(new Uint8Array())?.entry.key).toEqual(entries[0]?.key);
    entries.forEach((entry, i) => {
      expect(table.get(entry.key)).toMatchObject(entry);
      const after = entries[i + 1];
      const before = entries[i - 1];
      const between = join(entry.key, zero);
      if (after === undefined || compare(after.key, between) !== 0) {
        expect(table.get(between)).toBeUndefined();
        expect(table.seek(between)?.entry.key).toEqual(after?.key);
      }
      const last = entry.key.at(-1) ?? 0;
      const below = join(entry.key.subarray(0, -1), last === 0 ? new Uint8Array() : Uint8Array.of(last - 1, 255, 255));
      if (before === undefined || compare(before.key, below) < 0) {
        expect(table.get(below)).toBeUndefined();
        expect(table.seek(below)?.entry.key).toEqual(entry.key);
      }
      const rest = [...table.scan(entry.key)].map(({ entry: { key } }) => key);
      expect(rest).toEqual(entries.slice(i).map(({ key }) => key));
    });
    expect(table.seek(new Uint8Array(70).fill(255))).toBeUndefined();
    expect([...table.backwards()]).toEqual(entries.slice().reverse());
  });

  it('explains every byte', () => {
    const blocks = table.verify();
    let position = 0;
    for (const block of blocks) {
      expect(block.position).toBe(position);
      expect(bodySize(block)).toBe(block.body.length);
      const checksum = table.footer.checksums ? 4 : 0;
      if (block.codec === 0) expect(4 + bodySize(block) + checksum).toBe(block.size);
      position = table.next(block);
      expect(hexOf(bytes.subarray(block.position + block.size, position))).toMatch(/^(00)*$/u);
    }
    expect(position).toBe(table.footer.position);
    expect(position + 26 + table.footer.metadata.length).toBe(bytes.length);
    expect([...table.dataBlocks()].map((block) => block.position)).toEqual(
      blocks.filter((block) => block.position < table.dataEnd()).map((block) => block.position),
    );
    const indexed = blocks.filter((block) => block.position >= table.dataEnd()).flatMap((block) => pointers(block).map(({ position: at }) => at));
    expect(indexed).toEqual(blocks.slice(0, -1).map((block) => block.position));
  });

  it('refuses every change of a byte of the footer', () => {
    const changed = Uint8Array.from(bytes);
    let accepted = 0;
    for (let at = table.footer.position; at < bytes.length; at++) {
      for (let flip = 1; flip < 256; flip++) {
        changed[at] = (bytes[at] ?? 0) ^ flip;
        try {
          new Table(changed);
          accepted++;
        } catch (error) {
          if (!(error instanceof Damage)) throw error;
        }
      }
      changed[at] = bytes[at] ?? 0;
    }
    expect(accepted).toBe(0);
  });
});

it('shares no code with the first reader: it imports its own files, what is built into Node, and for its tests vitest and the golden data', () => {
  const folder = new URL('.', import.meta.url);
  for (const file of readdirSync(folder)) {
    const imports = [...readFileSync(new URL(file, folder), 'utf8').matchAll(/(?:from|import\(|^import) ?'([^']+)'/gmu)].map(
      ([, specifier]) => specifier!,
    );
    const others = imports.filter((specifier) => !/^(?:\.\/[a-z-]+(?:\.testing)?\.js|node:[a-z]+)$/u.test(specifier));
    expect(others, file).toEqual(file.endsWith('.test.ts') ? ['@reftable/conformance', 'vitest'] : []);
  }
});
