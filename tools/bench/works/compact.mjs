// @ts-check
// A stack of the bench's table with small ones over it becomes one table: from a folder of files to another file there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { layOutStack } from '../lib/stack-folder.mjs';

/** @type {import('../lib/work.mjs').Work} */
const compact = {
  name: 'compact',
  per: 'compactions',
  against: [{ peer: 'JGit', work: 'compact', goal: 1 }],
  prepare({ stack: paths }) {
    const parent = mkdtempSync(join(tmpdir(), 'reftable-bench-compact-'));
    const storage = new FolderStorage(join(parent, 'reftable'));
    const reset = () => layOutStack(storage.name, paths);
    const run = () => {
      const stack = openStackSync(storage, { durability: 'none' });
      stack.compact();
      stack.close();
      return stack.compactions.entries;
    };
    return {
      reset,
      run,
      check(digest) {
        reset();
        run();
        const stack = openStackSync(storage);
        for (const ref of stack.refs()) {
          digest.ref(ref);
          digest.line(String(ref.updateIndex));
        }
        stack.close();
      },
      close: () => rmSync(parent, { recursive: true }),
    };
  },
};
export default [compact];
