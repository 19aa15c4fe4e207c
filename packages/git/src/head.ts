import { join } from 'node:path';
import { ReftableError } from '@reftable/varint';
import { parseLoose, readFileRef, type RefValue } from './files-refs.js';
import { findGitDir } from './git-dir.js';
import { decodeName, isRefName, nameBytes, placeOf } from './ref-name.js';
import { describe, type Repository } from './repository.js';
import { CloseStackRequest, GetRefRequest, OpenStackRequest, perform, performSync, type GitCore } from './requests.js';

/** Where a worktree stands: its HEAD, and the repository. */
export interface Head extends Repository {
  /** Full name of the ref that HEAD points at, such as `refs/heads/main`, whether it exists or not; null where HEAD is detached. */
  readonly ref: string | null;
  /** That ref's bytes, only where they are not UTF-8. */
  readonly refBytes?: Uint8Array;
  /** The branch's short name, such as `main`; null where HEAD is detached or points elsewhere than into `refs/heads/`. */
  readonly branch: string | null;
  /** Object id of the commit that HEAD leads to; null on a branch that has none yet. */
  readonly oid: string | null;
}

/** How many refs Git reads, HEAD and the last one included, before it gives up a chain of symbolic refs. */
const MAX_CHAIN = 5;

/**
 * Reads HEAD, of a repository of either ref format, from a folder in a worktree or in the git dir.
 *
 * @example const { branch, oid } = await readHead(process.cwd());
 *
 * @throws as `findRepository`, and `HEAD_MISSING` (not-found); `REF_CONTENT`, `REF_NAME`, `SYMREF_CHAIN` (format: HEAD, or a ref that it leads
 *   to, is not what it should be); what `openStack` of `@reftable/stack` throws
 */
export function readHead(dir: string): Promise<Head> {
  return perform(headAt(dir));
}

/** The sync face of {@link readHead}. */
export function readHeadSync(dir: string): Head {
  return performSync(headAt(dir));
}

function* headAt(dir: string): GitCore<Head> {
  const found = yield* findGitDir(dir);
  const repository = yield* describe(found);
  const refs = new RefReader(repository);
  try {
    // The way here has read the HEAD of the git dir already. Where refs are kept elsewhere, or in reftables, it is a stub.
    const isStub = repository.refStorage === 'reftable' || repository.refDir !== repository.gitDir;
    const path = join(found.gitDir, 'HEAD');
    const head = isStub ? yield* refs.read('HEAD') : yield* parseLoose(found.head, path, refs.idLength);
    if (head === undefined) throw new ReftableError('not-found', 'HEAD_MISSING', 'there is no HEAD', { file: repository.refDir });
    return { ...repository, ...describeTarget(head), oid: (yield* follow(refs, head)) ?? null };
  } finally {
    yield* refs.close();
  }
}

function describeTarget(head: RefValue): Pick<Head, 'ref' | 'refBytes' | 'branch'> {
  if ('oid' in head) return { ref: null, branch: null };
  const ref = decodeName(head.target);
  const refBytes = nameBytes(head.target);
  return {
    ref,
    ...(!Buffer.from(ref).equals(refBytes) && { refBytes: Uint8Array.from(refBytes) }),
    branch: ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null,
  };
}

/** The object id that HEAD leads to; undefined where the chain ends in a ref that does not exist. */
function* follow(refs: RefReader, head: RefValue): GitCore<string | undefined> {
  let value: RefValue | undefined = head;
  for (let read = 1; value !== undefined; read++) {
    if ('oid' in value) return value.oid;
    const { target }: { readonly target: string } = value;
    if (!isRefName(target)) throw refs.broken('REF_NAME', `HEAD leads to ${JSON.stringify(decodeName(target))}, which no ref may be called`);
    if (read === MAX_CHAIN) throw refs.broken('SYMREF_CHAIN', `HEAD leads on after ${MAX_CHAIN} refs, to ${decodeName(target)}`);
    value = yield* refs.read(target);
  }
  return undefined;
}

/** Reads single refs, each where it is kept. */
class RefReader {
  /** Hex digits of an object id. */
  readonly idLength: number;
  readonly #repository: Repository;
  /** The stacks in use, by folder. */
  readonly #stacks = new Map<string, OpenStackRequest>();

  constructor(repository: Repository) {
    this.#repository = repository;
    this.idLength = repository.objectFormat === 'sha1' ? 40 : 64;
  }

  *read(name: string): GitCore<RefValue | undefined> {
    const { refStorage, commonRefDir } = this.#repository;
    const place = placeOf(name);
    const dir = this.#dirOf(place.where);
    return refStorage === 'files'
      ? yield* readFileRef(dir, commonRefDir, place.name, this.idLength)
      : yield* this.#readRecord(dir, place.name);
  }

  *close(): GitCore<void> {
    for (const { stack } of this.#stacks.values()) yield new CloseStackRequest(stack);
  }

  broken(code: string, message: string): ReftableError {
    return new ReftableError('format', code, message, { file: this.#repository.refDir });
  }

  #dirOf(where: 'own' | 'common' | { readonly worktree: string }): string {
    const { refDir, commonRefDir, refStorage } = this.#repository;
    if (where === 'own') return refDir;
    if (where === 'common') return commonRefDir;
    const { worktree } = where;
    return refStorage === 'files' ? join(commonRefDir, 'worktrees', worktree) : join(commonRefDir, '../worktrees', worktree, 'reftable');
  }

  *#readRecord(folder: string, name: string): GitCore<RefValue | undefined> {
    let opened = this.#stacks.get(folder);
    if (opened === undefined) {
      opened = new OpenStackRequest(folder);
      yield opened;
      this.#stacks.set(folder, opened);
    }
    const request = new GetRefRequest(opened.stack, nameBytes(name));
    yield request;
    const { ref } = request;
    if (ref === undefined || ref.kind === 'deletion') return undefined;
    if (ref.kind === 'symbolic') return { target: Buffer.from(ref.targetBytes ?? ref.target).toString('latin1') };
    return { oid: ref.oid };
  }
}
