// @ts-check
// Git's side of the bench, in a process of its own: `git.mjs FIXTURE PROGRAM`. A run is one process of Git, its start included.
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { readFixture } from './lib/fixture.mjs';
import { Repository } from './lib/repository.mjs';
import { serve } from './lib/serve.mjs';
import { COMMIT_ID, digestStack, updatedNames } from './lib/updates.mjs';

const [dir = '.', program = 'git'] = process.argv.slice(2);
const { scale } = readFixture(dir);

/**
 * @param {number} count of refs
 * @param {(updates: string[]) => string} input from a line for each
 * @param {string[]} args
 * @returns {import('./lib/work.mjs').Prepared}
 */
function updates(count, input, args = []) {
  const repository = new Repository(program);
  const text = input(updatedNames(count).map((name) => `create ${name} ${COMMIT_ID}\n`));
  const run = () => {
    repository.git([...args, 'update-ref', '--stdin'], text);
    return count;
  };
  return {
    reset: () => repository.reset(),
    run,
    check(digest) {
      repository.reset();
      run();
      const stack = openStackSync(new FolderStorage(repository.stack));
      digestStack(stack, digest);
      stack.close();
    },
    close: () => repository.close(),
  };
}

/** @param {string[]} lines */
const oneByOne = (lines) => lines.map((line) => `start\n${line}prepare\ncommit\n`).join('');
/** @param {string[]} lines */
const allAtOnce = (lines) => lines.join('');

await serve((name) => {
  if (name === 'transactions') return updates(scale.transactions, oneByOne);
  if (name === 'transactions-synced') return updates(scale.transactions, oneByOne, ['-c', 'core.fsync=reference']);
  if (name === 'bulk') return updates(scale.bulk, allAtOnce);
  return undefined;
});
