/*
 * What the cores of this package ask for, and the two drivers that answer: sync on `node:fs`, async on its promises.
 */
import { lstatSync, readFileSync, readlinkSync, realpathSync, statSync, type Stats } from 'node:fs';
import { lstat, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { run, runSync, type Core } from '@reftable/io';
import { openStack, openStackSync, type Stack, type StackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { ReftableError } from '@reftable/varint';

/** A path; as bytes where it holds the name of a ref, which need not be UTF-8. */
export type Path = string | Buffer;

/** What is at a path. Only a regular file is ever opened. */
export type Found =
  | { readonly kind: 'file'; readonly bytes: Buffer }
  | { readonly kind: 'link'; readonly target: Buffer }
  | { readonly kind: 'folder' }
  | { readonly kind: 'other' };

/** "What is at this path?" Undefined: nothing. A `link` is the answer only where links are not to be followed. */
export class LookRequest {
  readonly path: Path;
  readonly follow: boolean;
  found: Found | undefined;

  constructor(path: Path, follow: boolean) {
    this.path = path;
    this.follow = follow;
  }
}

/** "What is this path without symbolic links?" Undefined: it leads nowhere. */
export class RealPathRequest {
  readonly path: string;
  real: string | undefined;

  constructor(path: string) {
    this.path = path;
  }
}

/** "Open the stack in this folder." */
export class OpenStackRequest {
  readonly folder: string;
  stack!: Stack | StackSync;

  constructor(folder: string) {
    this.folder = folder;
  }
}

/** "What does the ref of this name hold?" */
export class GetRefRequest {
  readonly stack: Stack | StackSync;
  readonly name: Uint8Array;
  ref: ReturnType<StackSync['getRef']>;

  constructor(stack: Stack | StackSync, name: Uint8Array) {
    this.stack = stack;
    this.name = name;
  }
}

/** "I am done with this stack." */
export class CloseStackRequest {
  readonly stack: Stack | StackSync;

  constructor(stack: Stack | StackSync) {
    this.stack = stack;
  }
}

/** All that a core of this package asks for. */
export type GitRequest = LookRequest | RealPathRequest | OpenStackRequest | GetRefRequest | CloseStackRequest;

/** A computation over a repository. */
export type GitCore<T> = Core<T, GitRequest>;

/** Runs a core synchronously. */
export function performSync<T>(core: GitCore<T>): T {
  return runSync(core, answerSync);
}

/** Runs a core asynchronously. */
export function perform<T>(core: GitCore<T>): Promise<T> {
  return run(core, answer);
}

function answerSync(request: GitRequest): void {
  if (request instanceof LookRequest) {
    try {
      request.found = lookSync(request);
    } catch (error) {
      rethrowUnlessMissing(request.path, error);
    }
  } else if (request instanceof RealPathRequest) {
    try {
      request.real = realpathSync(request.path);
    } catch (error) {
      rethrowUnlessMissing(request.path, error);
    }
  } else if (request instanceof OpenStackRequest) {
    request.stack = openStackSync(new FolderStorage(request.folder));
  } else if (request instanceof GetRefRequest) {
    request.ref = (request.stack as StackSync).getRef(request.name);
  } else {
    (request.stack as StackSync).close();
  }
}

async function answer(request: GitRequest): Promise<void> {
  if (request instanceof LookRequest) {
    try {
      request.found = await look(request);
    } catch (error) {
      rethrowUnlessMissing(request.path, error);
    }
  } else if (request instanceof RealPathRequest) {
    try {
      request.real = await realpath(request.path);
    } catch (error) {
      rethrowUnlessMissing(request.path, error);
    }
  } else if (request instanceof OpenStackRequest) {
    request.stack = await openStack(new FolderStorage(request.folder));
  } else if (request instanceof GetRefRequest) {
    request.ref = await (request.stack as Stack).getRef(request.name);
  } else {
    (request.stack as Stack).close();
  }
}

/** Asks for what is there before opening it: a FIFO must not be opened, and most of what is looked for does not exist. */
function lookSync({ path, follow }: LookRequest): Found | undefined {
  const stats = (follow ? statSync : lstatSync)(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (stats.isFile()) return { kind: 'file', bytes: readFileSync(path) };
  if (stats.isSymbolicLink()) return { kind: 'link', target: readlinkSync(path, 'buffer') };
  return { kind: kindOf(stats) };
}

async function look({ path, follow }: LookRequest): Promise<Found | undefined> {
  const stats = await (follow ? stat : lstat)(path);
  if (stats.isFile()) return { kind: 'file', bytes: await readFile(path) };
  if (stats.isSymbolicLink()) return { kind: 'link', target: await readlink(path, 'buffer') };
  return { kind: kindOf(stats) };
}

function kindOf(stats: Stats): 'folder' | 'other' {
  return stats.isDirectory() ? 'folder' : 'other';
}

/** What is missing, also because something on the way is no folder, is an answer and not an error. */
function rethrowUnlessMissing(path: Path, cause: unknown): void {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return;
  throw new ReftableError('io', 'FILE_OPEN', `can not be read (${code ?? message})`, { file: path.toString(), cause });
}
