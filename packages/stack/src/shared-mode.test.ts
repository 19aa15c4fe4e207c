import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { FolderStorage } from './folder-storage.node.js';
import { sharedMode, type SharedRepository } from './shared-mode.js';
import { direct, faces, put, watched, type AnyStorage } from './stack-writes.testing.js';

describe('permission bits are what core.sharedRepository makes of them', () => {
  test.each<[created: number, SharedRepository, number]>([
    [0o600, 'group', 0o660],
    [0o644, 'group', 0o664],
    [0o600, 'all', 0o664],
    [0o640, 'all', 0o664],
    [0o666, 0o640, 0o640],
    [0o600, 0o660, 0o660],
    [0o644, 0o600, 0o600],
    // What its owner may not write, nobody may.
    [0o444, 'group', 0o444],
    [0o444, 0o660, 0o440],
  ])('%o, %s: %o', (created, shared, mode) => {
    expect(sharedMode(created, shared).toString(8)).toBe(mode.toString(8));
    // The file's type stays.
    expect(sharedMode(0o100_000 | created, shared) & ~0o777).toBe(0o100_000);
  });
});

const scratch = mkdtempSync(join(tmpdir(), 'reftable-mode-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const umask = process.umask(0o022);
afterEach(() => process.umask(umask));
let number = 0;

/** Permission bits of each file in the folder. */
function modesIn(path: string): string[] {
  return readdirSync(path).map((name) => (statSync(join(path, name)).mode & 0o777).toString(8));
}

describe.skipIf(process.platform === 'win32').each(faces)('files (%s)', (_, open) => {
  const cases: [mask: number, shared: SharedRepository | undefined, mode: string][] = [
    [0o002, undefined, '664'],
    [0o022, undefined, '644'],
    [0o027, undefined, '640'],
    [0o002, 'group', '664'],
    [0o022, 'group', '664'],
    [0o027, 'group', '660'],
    [0o077, 'group', '660'],
    [0o002, 'all', '664'],
    [0o022, 'all', '664'],
    [0o027, 'all', '664'],
    [0o002, 0o640, '640'],
    [0o022, 0o640, '640'],
    [0o077, 0o640, '640'],
    [0o022, 0o660, '660'],
  ];
  test.each(cases.map(([mask, shared, mode]) => ({ mask: mask.toString(8), shared: typeof shared === 'number' ? `0${shared.toString(8)}` : shared, run: [mask, shared, mode] as const })))(
    'with umask $mask, shared: $shared',
    async ({ run: [mask, shared, mode] }) => {
      process.umask(mask);
      const path = join(scratch, String(number++));
      mkdirSync(path);
      const storage: AnyStorage = new FolderStorage(path, shared === undefined ? {} : { shared });
      const seen = new Set<string>();
      const stack = await open(
        watched(storage, ({ operation }) => {
          if (operation === 'publish' || operation === 'rename') for (const one of modesIn(path)) seen.add(one);
        }),
        { autoCompaction: false, durability: 'none' },
      );
      await put(stack, 'a');
      expect(modesIn(path)).toEqual([mode, mode]);
      // A large one, which is written in pieces.
      await stack.transaction((transaction) => {
        for (let at = 0; at < 2000; at++) transaction.addRef(direct(`b/${at.toString(36).repeat(9)}`, at));
      });
      await stack.compact();
      expect(modesIn(path)).toEqual([mode, mode]);
      // Locks and temporary files have been so, too.
      expect([...seen]).toEqual([mode]);
      stack.close();
    },
  );
});
