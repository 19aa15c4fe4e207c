/* What a process asks of the disk, and what it is told. */
import { ReftableError } from '@reftable/varint';
import type { NewFile, StackStorage } from '../storage.js';
import { kindOfFile } from '../table-name.js';
import type { Disk, Failure, Platform } from './disk.testing.js';

/** Something that a process asks of the disk. Files that it has created or opened are named by their inodes. */
export interface Step {
  readonly operation: Exclude<keyof StackStorage, 'name' | 'letGo'> | 'read';
  /** The file's name: that under which it was created, where it is one of the process's own. */
  readonly name: string;
  /** The name that it gets. */
  readonly to: string;
  readonly inode: number;
  /** Number of the bytes that are written. */
  readonly content: number;
}

/** What the disk says. The same key, the same answer. */
export interface Answer {
  readonly key: string;
  readonly failure?: Failure;
  readonly inode?: number;
  readonly content?: number;
  readonly identity?: string | undefined;
  readonly exists?: boolean;
  readonly names?: readonly string[];
}

const DONE: Answer = { key: 'done' };
const YES: Answer = { key: 'yes', exists: true };
const NO: Answer = { key: 'no', exists: false };
const FAILED = new Map<Failure, Answer>();

/** The answer that something failed. */
export function failed(failure: Failure): Answer {
  let answer = FAILED.get(failure);
  if (answer === undefined) FAILED.set(failure, (answer = { key: failure, failure }));
  return answer;
}

/** Does what is asked. @param held inodes that processes have open */
export function performStep(disk: Disk, step: Step, held: readonly number[]): Answer {
  const { name, to, inode, content } = step;
  switch (step.operation) {
    case 'create':
      return outcome(disk.create(name, inode, held));
    case 'write':
      disk.write(inode, content);
      return DONE;
    case 'sync':
      disk.sync(inode);
      return DONE;
    case 'close':
    case 'read':
      return DONE;
    case 'rename':
      return outcome(disk.rename(name, to));
    case 'publish': {
      const failure = disk.publish(inode, name, to);
      return failure === undefined ? found(disk, to, false) : failed(failure);
    }
    case 'discard':
      disk.discard(inode, name);
      return DONE;
    case 'remove':
      disk.remove(name);
      return DONE;
    case 'syncNames':
      disk.syncNames();
      return DONE;
    case 'exists':
      return disk.names.has(name) ? YES : NO;
    case 'identify': {
      const file = disk.find(name);
      return file === undefined ? failed('FILE_NOT_FOUND') : { key: `is ${file.identity ?? '?'}`, identity: file.identity?.toString() };
    }
    case 'hold':
    case 'open':
      return found(disk, name, true);
    case 'list': {
      const names = [...disk.names.keys()].sort();
      return { key: names.join(), names };
    }
  }
}

function outcome(failure: Failure | undefined): Answer {
  return failure === undefined ? DONE : failed(failure);
}

function found(disk: Disk, name: string, isContentTold: boolean): Answer {
  const file = disk.find(name);
  if (file === undefined) return failed('FILE_NOT_FOUND');
  const { number, content, identity } = file;
  const key = `${number} ${identity ?? '?'}${isContentTold ? ` ${content}` : ''}`;
  return { key, inode: number, content, identity: identity?.toString() };
}

/** Whether a step changes what others see, or what a loss of power leaves. */
export function isChange({ operation }: Step): boolean {
  return !LOOKS.includes(operation);
}

const LOOKS: readonly Step['operation'][] = ['exists', 'identify', 'hold', 'open', 'list', 'read', 'close'];

/** Whether nobody but the process itself can tell when it is done: it writes to a file of its own that is of no use to others yet. */
export function isPrivate({ operation, name }: Step): boolean {
  return PRIVATE.includes(operation) || (operation === 'create' && kindOfFile(name) === 'temporary');
}

const PRIVATE: readonly Step['operation'][] = ['write', 'sync', 'close', 'read'];

/** The error that a failure is to a stack. */
export function errorOf(failure: Failure, { operation, name }: Step): ReftableError {
  const file = `sim/${name}`;
  if (failure === 'FILE_EXISTS') return new ReftableError('locked', failure, 'exists already', { file });
  if (failure === 'FILE_NOT_FOUND') return new ReftableError('not-found', failure, 'no such file', { file });
  if (failure === 'LOCK_LOST') return new ReftableError('locked', failure, 'lock was removed by another process', { file });
  return new ReftableError('io', IO_CODES[operation] ?? 'FILE_OPEN', `${operation} failed (${failure})`, { file });
}

const IO_CODES: Readonly<Partial<Record<Step['operation'], string>>> = {
  create: 'FILE_WRITE',
  write: 'FILE_WRITE',
  close: 'FILE_WRITE',
  rename: 'FILE_WRITE',
  publish: 'FILE_WRITE',
  sync: 'FILE_SYNC',
  syncNames: 'FILE_SYNC',
  remove: 'FILE_REMOVE',
  discard: 'FILE_REMOVE',
};

/** How a step can fail, besides as it must. */
export function failuresOf({ operation }: Step): readonly Failure[] {
  switch (operation) {
    case 'create':
    case 'rename':
      return ['EIO', 'ENOSPC', 'EACCES', 'FILE_EXISTS'];
    case 'publish':
      return ['EIO', 'ENOSPC', 'EACCES'];
    case 'write':
    case 'close':
      return ['EIO', 'ENOSPC'];
    case 'remove':
    case 'discard':
    case 'open':
    case 'hold':
    case 'identify':
    case 'list':
    case 'exists':
      return ['EIO', 'EACCES'];
    case 'read':
    case 'sync':
    case 'syncNames':
      return ['EIO'];
  }
}

/** A step in words. */
export function describeStep({ operation, name, to, content }: Step, { contents }: Platform): string {
  switch (operation) {
    case 'create':
      return `creates ${name}`;
    case 'write':
      return `writes ${contents.bytes(content).length} bytes to ${name}`;
    case 'sync':
      return `syncs ${name}`;
    case 'close':
      return `closes ${name}`;
    case 'rename':
      return `renames ${name} to ${to}`;
    case 'publish':
      return `publishes ${name} as ${to}`;
    case 'discard':
      return `discards ${name}`;
    case 'remove':
      return `removes ${name}`;
    case 'syncNames':
      return 'syncs the folder';
    case 'exists':
      return `looks whether there is ${name}`;
    case 'identify':
      return `asks for the identity of ${name}`;
    case 'hold':
      return `reads ${name}`;
    case 'open':
      return `opens ${name}`;
    case 'read':
      return `reads from ${name}`;
    case 'list':
      return 'lists the folder';
  }
}

/** A file that a process has created. */
export class SimFile implements NewFile {
  readonly name: string;
  readonly inode: number;

  constructor(name: string, inode: number) {
    this.name = name;
    this.inode = inode;
  }
}
