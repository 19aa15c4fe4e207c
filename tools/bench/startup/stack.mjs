// @ts-check
// `stack.mjs FOLDER NAME`: a whole program that reads one ref of a stack.
import { openStackReaderSync, ReadableFolder } from '@reftable/stack/reader/node';

const [folder = '', name = ''] = process.argv.slice(2);
const stack = openStackReaderSync(new ReadableFolder(folder));
if (stack.getRef(name) === undefined) throw new Error(`${name} is missing`);
stack.close();
