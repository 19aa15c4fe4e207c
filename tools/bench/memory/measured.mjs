// @ts-check
// `measured.mjs nothing|open|compact FOLDER NAME`: a whole program that does that to a stack, and says how much memory it took.
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';

const [what = '', folder = '', name = ''] = process.argv.slice(2);
let heap = 0;

/** Bytes of what is in use, and of what was and has not been collected yet. */
function look() {
  const { heapUsed, external } = process.memoryUsage();
  heap = Math.max(heap, heapUsed + external);
}

/** A folder that looks at the memory whenever something is written to it. */
class WatchedFolder extends FolderStorage {
  /** @override @param {import('@reftable/stack').NewFile} file @param {Uint8Array} bytes */
  writeSync(file, bytes) {
    look();
    super.writeSync(file, bytes);
  }
}

if (what !== 'nothing') {
  const stack = openStackSync(new WatchedFolder(folder), { durability: 'none' });
  if (stack.getRef(name) === undefined) throw new Error(`${name} is missing`);
  if (what === 'compact' && !stack.compact()) throw new Error('nothing was to compact');
  stack.close();
}
look();
// The system counts in kibibytes.
process.stdout.write(JSON.stringify({ resident: process.resourceUsage().maxRSS * 1024, heap }));
