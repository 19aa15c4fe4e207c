// @ts-check
// `stack-writable.mjs FOLDER NAME`: the same as `stack.mjs`, by a program that could write, too.
import { FolderStorage, openStackSync } from '@reftable/stack/node';

const [folder = '', name = ''] = process.argv.slice(2);
const stack = openStackSync(new FolderStorage(folder));
if (stack.getRef(name) === undefined) throw new Error(`${name} is missing`);
stack.close();
