// @ts-check
// Transactions on a stack in a folder, one for each ref, or one for many: each ref is new, and gets an entry in its log.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStack, openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { addUpdate, digestStack, updatedNames } from '../lib/updates.mjs';

/** @typedef {import('../lib/work.mjs').Work} Work */
/** @typedef {import('@reftable/stack').StackOptions} StackOptions */

/**
 * @param {string} name
 * @param {Pick<Work, 'per' | 'against'>} rest
 * @param {StackOptions} options
 * @param {(folder: FolderStorage, names: readonly string[], options: StackOptions) => void | Promise<void>} write
 * @returns {Work}
 */
const onFolder = (name, rest, options, write) => ({
  ...rest,
  name,
  prepare({ scale }) {
    const names = updatedNames(scale[rest.per]);
    const parent = mkdtempSync(join(tmpdir(), 'reftable-bench-stack-'));
    const storage = new FolderStorage(join(parent, 'reftable'));
    /** As Git makes a stack. */
    const reset = () => {
      rmSync(storage.name, { recursive: true, force: true });
      mkdirSync(storage.name);
      const stack = openStackSync(storage);
      stack.transaction((transaction) => transaction.addRef({ name: 'HEAD', kind: 'symbolic', target: 'refs/heads/master' }));
      stack.close();
    };
    const run = async () => {
      await write(storage, names, options);
      return names.length;
    };
    return {
      reset,
      run,
      async check(digest) {
        reset();
        await run();
        const stack = openStackSync(storage);
        digestStack(stack, digest);
        stack.close();
      },
      close: () => rmSync(parent, { recursive: true }),
    };
  },
});

/** @type {(storage: FolderStorage, names: readonly string[], options: StackOptions) => void} */
function oneByOne(storage, names, options) {
  const stack = openStackSync(storage, options);
  for (const name of names) stack.transaction((transaction) => addUpdate(transaction, name));
  stack.close();
}

/** @type {(storage: FolderStorage, names: readonly string[], options: StackOptions) => Promise<void>} */
async function oneByOneAsync(storage, names, options) {
  const stack = await openStack(storage, options);
  for (const name of names) await stack.transaction((transaction) => addUpdate(transaction, name));
  stack.close();
}

/** @type {(storage: FolderStorage, names: readonly string[], options: StackOptions) => void} */
function allAtOnce(storage, names, options) {
  const stack = openStackSync(storage, options);
  stack.transaction((transaction) => {
    for (const name of names) addUpdate(transaction, name);
  });
  stack.close();
}

/** @param {string} work @param {number} [goal] */
const git = (work, goal) => [{ peer: 'Git', work, ...(goal !== undefined && { goal }) }];

export default [
  onFolder('transactions', { per: 'transactions', against: git('transactions', 1) }, { durability: 'none' }, oneByOne),
  onFolder('transactions-async', { per: 'transactions', against: git('transactions') }, { durability: 'none' }, oneByOneAsync),
  onFolder('transactions-durable', { per: 'transactions', against: git('transactions-synced', 1) }, { durability: 'full' }, oneByOne),
  onFolder('bulk', { per: 'bulk', against: git('bulk', 1) }, { durability: 'none' }, allAtOnce),
];
