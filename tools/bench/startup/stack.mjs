// @ts-check
// `stack.mjs FOLDER NAME`: a whole program that reads one ref of a stack.
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';

const [folder = '', name = ''] = process.argv.slice(2);
const stack = openStackSync(new FolderStorage(folder));
if (stack.getRef(name) === undefined) throw new Error(`${name} is missing`);
stack.close();
