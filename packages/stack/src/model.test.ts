/* Random work on one folder of tables, by several handles, against two maps. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { FolderStorage } from './folder-storage.node.js';
import { MemoryStorage } from './memory-storage.js';
import type { StackSnapshotSync } from './snapshot.js';
import { openStackSync, type StackSync } from './stack-sync.js';
import { entry, strays, type AnyStorage } from './stack-writes.testing.js';
import { oid } from './stack.testing.js';

const scratch = mkdtempSync(join(tmpdir(), 'reftable-model-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let folders = 0;

/** What the stack should hold. */
class Model {
  /** Object ids by name. */
  readonly refs = new Map<string, string>();
  /** Object ids by name and update index. */
  readonly logs = new Map<string, string>();
}

/** The same, as it is in a stack, or as it should be. */
type Records = readonly (readonly string[])[];

function expected({ refs, logs }: Model): { refs: Records; logs: Records } {
  return { refs: [...refs].sort(), logs: [...logs].sort() };
}

function found(stack: StackSync | StackSnapshotSync): { refs: Records; logs: Records } {
  const refs = [...stack.refs()].map((ref) => [ref.name, ref.kind === 'direct' ? ref.oid : ref.kind]);
  const logs = [...stack.logs()].map((log) => [`${log.ref} ${log.updateIndex}`, log.kind === 'update' ? log.newOid : log.kind]);
  return { refs: refs.sort(), logs: logs.sort() };
}

/** What is really there. */
interface Real {
  readonly storage: AnyStorage;
  readonly stacks: StackSync[];
  readonly snapshots: { readonly snapshot: StackSnapshotSync; readonly content: ReturnType<typeof expected> }[];
}

type Command = fc.Command<Model, Real>;

/** A command that does something to both, and then compares. */
function command(text: string, act: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    run: (model, real) => {
      act(model, real);
      expect(strays(real.storage)).toEqual([]);
      for (const { snapshot, content } of real.snapshots) expect(found(snapshot)).toEqual(content);
    },
    toString: () => text,
  };
}

const handle = fc.nat(1);
const name = fc.constantFrom('HEAD', 'refs/heads/a', 'refs/heads/b', 'refs/heads/é', 'refs/tags/1');
const change = fc.record({ name, id: fc.option(fc.integer({ min: 1, max: 9 }), { freq: 3 }) });

const transaction = fc.tuple(handle, fc.uniqueArray(change, { selector: (one) => one.name, maxLength: 4 }), fc.option(name, { freq: 3 })).map(([by, changes, forgotten]) =>
  command(`transaction by ${by}: ${JSON.stringify(changes)}, forgets the log of ${forgotten ?? 'nothing'}`, (model, { stacks }) => {
    stacks[by]!.transaction((into) => {
      for (const [key] of forgotten === null ? [] : [...model.logs]) {
        const [ref, updateIndex] = key.split(' ');
        if (ref !== forgotten) continue;
        into.addLog({ ref, kind: 'deletion', updateIndex: Number(updateIndex) });
        model.logs.delete(key);
      }
      for (const { name: ref, id } of changes) {
        if (id === null) {
          into.addRef({ name: ref, kind: 'deletion' });
          model.refs.delete(ref);
        } else {
          into.addRef({ name: ref, kind: 'direct', oid: oid(id) });
          model.refs.set(ref, oid(id));
        }
        into.addLog(entry(ref, id ?? 100));
        model.logs.set(`${ref} ${into.updateIndex}`, oid(id ?? 100));
      }
    });
    expect(found(stacks[by]!)).toEqual(expected(model));
  }),
);

const failing = fc.tuple(handle, name).map(([by, ref]) =>
  command(`transaction by ${by} that throws`, (_model, { stacks }) => {
    const refusal = new Error('no');
    const act = (): void =>
      stacks[by]!.transaction((into) => {
        into.addRef({ name: ref, kind: 'direct', oid: oid(42) });
        throw refusal;
      });
    expect(act).toThrow(refusal);
  }),
);

const reload = handle.map((by) =>
  command(`reload ${by}`, (model, { stacks }) => {
    stacks[by]!.reload();
    expect(stacks[by]!.reload()).toBe(false);
    expect(found(stacks[by]!)).toEqual(expected(model));
    for (const ref of ['HEAD', 'refs/heads/a', 'nothing']) {
      const { oid: id } = (stacks[by]!.getRef(ref) ?? {}) as { oid?: string };
      expect(id).toBe(model.refs.get(ref));
    }
  }),
);

const compact = handle.map((by) =>
  command(`compact all by ${by}`, (model, { stacks }) => {
    stacks[by]!.compact();
    expect(stacks[by]!.tables.length).toBeLessThanOrEqual(1);
    expect(found(stacks[by]!)).toEqual(expected(model));
  }),
);

const compactRange = fc.tuple(handle, fc.nat(5), fc.nat(5)).map(([by, a, b]) =>
  command(`compact ${a} to ${b} by ${by}`, (model, { stacks }) => {
    const stack = stacks[by]!;
    stack.reload();
    const last = Math.min(Math.max(a, b), stack.tables.length - 1);
    const first = Math.min(a, b, last);
    if (last < 0) return;
    stack.compact({ tables: { first, last } });
    expect(found(stack)).toEqual(expected(model));
  }),
);

const expire = fc.tuple(handle, fc.nat(12)).map(([by, minUpdateIndex]) =>
  command(`expire below ${minUpdateIndex} by ${by}`, (model, { stacks }) => {
    stacks[by]!.compact({ expire: { minUpdateIndex } });
    for (const key of model.logs.keys()) if (Number(key.split(' ')[1]) < minUpdateIndex) model.logs.delete(key);
    expect(found(stacks[by]!)).toEqual(expected(model));
  }),
);

const snapshot = handle.map((by) =>
  command(`snapshot of ${by}`, (model, { stacks, snapshots }) => {
    stacks[by]!.reload();
    snapshots.push({ snapshot: stacks[by]!.snapshot(), content: expected(model) });
    if (snapshots.length > 3) snapshots.shift()!.snapshot.release();
  }),
);

const reopen = handle.map((by) =>
  command(`close ${by} and open it again`, (model, { storage, stacks }) => {
    stacks[by]!.close();
    stacks[by] = openStackSync(storage, { autoCompaction: by === 0, durability: 'none' });
    expect(found(stacks[by])).toEqual(expected(model));
  }),
);

const commands = fc.commands([transaction, transaction, transaction, failing, reload, compact, compactRange, expire, snapshot, reopen], { maxCommands: 40, size: 'max' });

describe.each<[string, number, () => AnyStorage]>([
  ['memory', 80, () => new MemoryStorage()],
  ['a folder', 30, () => new FolderStorage(mkdtempSync(join(scratch, `${folders++}-`)))],
])('any work in %s', (_, numRuns, make) => {
  test('leaves what the model holds, for every handle and snapshot', () => {
    const property = fc.property(commands, (list) => {
      const storage = make();
      const stacks = [true, false].map((autoCompaction) => openStackSync(storage, { autoCompaction, durability: 'none' }));
      const real: Real = { storage, stacks, snapshots: [] };
      try {
        fc.modelRun(() => ({ model: new Model(), real }), list);
      } finally {
        for (const stack of real.stacks) stack.close();
        for (const one of real.snapshots) one.snapshot.release();
      }
    });
    fc.assert(property, { numRuns });
  });
});
