// Writes data/damaged/stacks: folders with a list or tables that no reader may take for a stack.
// @ts-check
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const data = fileURLToPath(new URL('../data/', import.meta.url));
const target = `${data}damaged/stacks/`;
rmSync(target, { recursive: true, force: true });

/** Name and bytes of the tables of a stack that Git wrote, oldest first. @param {string} name */
function golden(name) {
  const folder = `${data}git/${name}/reftable/`;
  return readdirSync(folder)
    .filter((entry) => entry.endsWith('.ref'))
    .sort()
    .map((file) => ({ file, bytes: readFileSync(folder + file) }));
}

const [older, newer] = golden('symrefs');
const [other] = golden('sha256-basic');
if (older === undefined || newer === undefined || other === undefined) throw new Error('the stacks to start from are not there');
const tables = { [older.file]: older.bytes, [newer.file]: newer.bytes };
const right = `${older.file}\n${newer.file}\n`;

/**
 * Writes one case. `files` are put below the case's folder, so that `../` leads to a file that is there.
 *
 * @param {string} name @param {string} failure @param {string} description @param {string | null} list @param {{ [path: string]: string | Buffer }} [more]
 * @param {{ kind?: 'damaged' | 'missing', must?: 'fail' | 'fail or misread' }} [facts]
 */
function damaged(name, failure, description, list, more = {}, { kind = 'damaged', must = 'fail' } = {}) {
  const expected = { case: name, description, hash: 'sha1', base: 'git/symrefs/reftable', failure, kind, step: 'open', must };
  /** @type {{ [path: string]: string | Buffer }} */
  const files = { 'expected.json': `${JSON.stringify(expected, null, 1)}\n` };
  for (const [file, bytes] of Object.entries({ ...tables, ...(list === null ? {} : { 'tables.list': list }), ...more })) files[`reftable/${file}`] = bytes;
  for (const [path, bytes] of Object.entries(files)) {
    const full = `${target}${name}/${path.replace('reftable/../', '')}`;
    mkdirSync(full.slice(0, full.lastIndexOf('/')), { recursive: true });
    writeFileSync(full, bytes);
  }
}

damaged('list-missing', 'list-missing', 'There is no tables.list. Git takes that for an empty stack.', null, {}, { kind: 'missing', must: 'fail or misread' });
damaged('list-without-newline', 'list-unterminated', 'The last name has no newline: the list may have been cut.', right.slice(0, -1));
damaged('list-cut-inside-name', 'list-unterminated', 'The list ends inside a name.', right.slice(0, -10));
damaged('list-parent-path', 'list-name', 'A name leads out of the folder, to a sound table.', `../outside.ref\n${right}`, { '../outside.ref': older.bytes });
damaged('list-dot-path', 'list-name', 'A name begins with "./".', right.replace(older.file, `./${older.file}`));
damaged('list-inner-path', 'list-name', 'A name leads into a folder, to a sound table.', `inner/${right}`, { [`inner/${older.file}`]: older.bytes });
damaged('list-absolute-path', 'list-name', 'A name is an absolute path.', `/${right}`);
damaged('list-backslash-path', 'list-name', 'A name leads out of the folder where "\\" parts a path.', `..\\outside.ref\n${right}`, { '../outside.ref': older.bytes });
damaged('list-dot-dot', 'list-name', 'A name is "..".', `..\n${right}`);
damaged('list-nul', 'list-name', 'A name goes on after a NUL.', right.replace(older.file, `${older.file}\0more`));
damaged('list-carriage-returns', 'list-name', 'Lines end with a carriage return and a newline.', right.replaceAll('\n', '\r\n'));
damaged('list-of-zeros', 'list-unterminated', 'The list is 100 zero bytes, as a crash may leave it.', '\0'.repeat(100));
damaged('list-names-a-table-twice', 'list-duplicate', 'A table is listed twice.', `${older.file}\n${right}`, {}, { must: 'fail or misread' });
damaged('list-newest-first', 'stack-order', 'The newer table is listed before the older one: their update indexes descend.', `${newer.file}\n${older.file}\n`, {}, { must: 'fail or misread' });
damaged('table-missing', 'table-missing', 'A table that is listed is not there.', `${right}0x00000000000f-0x00000000000f-01234567.ref\n`, {}, { kind: 'missing' });
damaged('table-is-folder', 'table-not-a-file', 'What is listed as a table is a folder.', `${right}folder.ref\n`, { 'folder.ref/table.ref': newer.bytes });
damaged('table-empty', 'too-short', 'The newer table is a file of 0 bytes.', right, { [newer.file]: Buffer.alloc(0) });
damaged('table-zeroed', 'bad-magic', 'The newer table has its size, but is all zeros.', right, { [newer.file]: Buffer.alloc(newer.bytes.length) });
damaged('table-cut', 'footer-missing', 'The last byte of the newer table is missing.', right, { [newer.file]: newer.bytes.subarray(0, -1) });
damaged('table-is-list', 'bad-magic', 'The list names itself.', `${right}tables.list\n`);
damaged('table-of-other-hash', 'hash-mixed', 'A table of SHA-256 among tables of SHA-1.', `${right}${other.file}\n`, { [other.file]: other.bytes });
