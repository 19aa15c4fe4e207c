// @ts-check
// `head.mjs FOLDER BRANCH`: a whole program that asks for a repository's branch.
import { readHead } from '@reftable/git';

const [folder = '', expected] = process.argv.slice(2);
const { branch } = await readHead(folder);
if (branch !== expected) throw new Error(`HEAD is on ${branch}`);
