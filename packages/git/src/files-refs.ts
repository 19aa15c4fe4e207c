/*
 * Refs as files: one *loose* file each, or a line in `packed-refs`, which counts where there is no loose one.
 */
import { join } from 'node:path';
import { ReftableError } from '@reftable/varint';
import { look } from './git-dir.js';
import { isRefName, nameBytes } from './ref-name.js';
import { LookRequest, type Found, type GitCore, type Path } from './requests.js';

/** What a ref holds. */
export type RefValue = { readonly oid: string } | { readonly target: string };

/**
 * The ref `name` kept below the folder `root`. Only `commonRoot` has packed refs.
 * @param idLength hex digits of an object id
 * @throws `REF_CONTENT` (format), `FILE_OPEN` (io)
 */
export function* readFileRef(root: string, commonRoot: string, name: string, idLength: number): GitCore<RefValue | undefined> {
  const path = pathOf(root, name);
  const loose = new LookRequest(path, false);
  yield loose;
  const value = yield* parseLoose(loose.found, path, idLength);
  return value ?? (root === commonRoot ? yield* readPacked(commonRoot, name, idLength) : undefined);
}

/**
 * What is found at a loose ref's path; undefined where there is none: a folder may be left of, or hold, names that go on.
 * @throws `REF_CONTENT` (format), `FILE_OPEN` (io)
 */
export function* parseLoose(found: Found | undefined, path: Path, idLength: number): GitCore<RefValue | undefined> {
  if (found === undefined || found.kind === 'folder') return undefined;
  if (found.kind === 'link') {
    // The oldest form of a symbolic ref. A link to elsewhere stands for the file that it leads to.
    const target = found.target.toString('latin1');
    if (target.startsWith('refs/') && isRefName(target)) return { target };
    const behind = new LookRequest(path, true);
    yield behind;
    return yield* parseLoose(behind.found, path, idLength);
  }
  const text = found.kind === 'file' ? found.bytes.toString('latin1') : '';
  const target = /^ref:[ \t\r\n]*(.*?)[ \t\r\n]*$/s.exec(text)?.[1];
  if (target !== undefined) return { target };
  const oid = text.slice(0, idLength).toLowerCase();
  if (oid.length !== idLength || !/^[0-9a-f]+$/.test(oid) || !/^[ \t\r\n]?$/.test(text.slice(idLength, idLength + 1))) {
    throw new ReftableError('format', 'REF_CONTENT', 'holds neither an object id nor the name of a ref', { file: path.toString() });
  }
  return { oid };
}

/** The line of a name in `packed-refs`: object id, blank, name. */
function* readPacked(commonRoot: string, name: string, idLength: number): GitCore<RefValue | undefined> {
  const path = join(commonRoot, 'packed-refs');
  const found = yield* look(path);
  if (found === undefined) return undefined;
  if (found.kind !== 'file') throw new ReftableError('io', 'NOT_A_FILE', 'not a regular file', { file: path });
  const { bytes } = found;
  const tail = Buffer.from(` ${name}\n`, 'latin1');
  for (let at = bytes.indexOf(tail); at >= 0; at = bytes.indexOf(tail, at + 1)) {
    const start = at - idLength;
    if (start > 0 && bytes[start - 1] !== 10) continue;
    const oid = bytes.toString('latin1', Math.max(start, 0), at);
    if (oid.length === idLength && /^[0-9a-f]+$/.test(oid)) return { oid };
  }
  return undefined;
}

/** A loose ref's path: in bytes only where it must be. */
function pathOf(root: string, name: string): Path {
  return /^[\0-\x7f]*$/.test(name) ? join(root, name) : Buffer.concat([Buffer.from(join(root, '/')), nameBytes(name)]);
}
