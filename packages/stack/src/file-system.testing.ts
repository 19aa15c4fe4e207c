/* Node's file system, made to behave as others do: it refuses, forgets and lies as it is told to. For `vi.mock`. */
import type * as Fs from 'node:fs';
import type * as FsPromises from 'node:fs/promises';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';

/** How a file system differs. */
interface System {
  /** The system's code with which an operation on these paths fails, before it is done. */
  refuse: (operation: string, ...paths: string[]) => string | undefined;
  /** The same, after it was done. */
  complain: (operation: string, ...paths: string[]) => string | undefined;
  /** What `stat` says. */
  stats: (stats: BigIntStats, path: string) => BigIntStats;
  /** The file that a path really leads to. */
  path: (path: string) => string;
  /** Paths of what is open, by descriptor. */
  readonly opened: Map<number, string>;
}

/** Each test sets what it is about. */
export const system: System = {
  refuse: () => undefined,
  complain: () => undefined,
  stats: (stats) => stats,
  path: (path) => path,
  opened: new Map(),
};

const regular = { ...system };

/** It behaves as ever again. */
export function repairSystem(): void {
  Object.assign(system, regular);
}

/** As it was before the test. */
export function resetSystem(): void {
  repairSystem();
  system.opened.clear();
}

/** Base names of what is open. */
export function openFiles(): string[] {
  return [...system.opened.values()].map((path) => basename(path)).sort();
}

function error(code: string, operation: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${operation} '${path}'`), { code });
}

function check(when: 'refuse' | 'complain', operation: string, ...paths: string[]): void {
  const code = system[when](operation, ...paths);
  if (code !== undefined) throw error(code, operation, paths[0]!);
}

function around<T>(operation: string, paths: string[], work: (...paths: string[]) => T): T {
  const real = paths.map((path) => system.path(path));
  check('refuse', operation, ...real);
  const result = work(...real);
  check('complain', operation, ...real);
  return result;
}

function changed(stats: BigIntStats | undefined, path: string): BigIntStats {
  // Who asks for plain numbers asks for no identity.
  return (typeof stats?.ino === 'bigint' ? system.stats(stats, path) : stats) as BigIntStats;
}

const pathOf = (fd: number): string => system.opened.get(fd) ?? '?';

/** Stands for `node:fs`. */
export function mockedFs(actual: typeof Fs): typeof Fs {
  const replaced = {
    openSync: (path: string, ...rest: [string | number, number?]) =>
      around('open', [path], (real) => {
        const fd = actual.openSync(real, ...rest);
        system.opened.set(fd, real);
        return fd;
      }),
    closeSync: (fd: number) => {
      actual.closeSync(fd);
      system.opened.delete(fd);
    },
    close: (fd: number, done: (error: unknown) => void) => {
      // Its number may be another file's before anybody is told.
      system.opened.delete(fd);
      actual.close(fd, done);
    },
    renameSync: (from: string, to: string) => around('rename', [from, to], (a, b) => actual.renameSync(a, b)),
    unlinkSync: (path: string) => around('unlink', [path], (real) => actual.unlinkSync(real)),
    fsyncSync: (fd: number) => around('fsync', [pathOf(fd)], () => actual.fsyncSync(fd)),
    fsync: (fd: number, done: (error: unknown) => void) => {
      try {
        around('fsync', [pathOf(fd)], () => undefined);
      } catch (reason) {
        done(reason);
        return;
      }
      actual.fsync(fd, done);
    },
    readSync: (fd: number, ...rest: [Uint8Array, number, number, number]) => around('read', [pathOf(fd)], () => actual.readSync(fd, ...rest)),
    readdirSync: (path: string) => around('readdir', [path], () => actual.readdirSync(path)),
    fchmodSync: (fd: number, mode: number) => around('fchmod', [pathOf(fd)], () => actual.fchmodSync(fd, mode)),
    fstatSync: (fd: number, options: { bigint: true }) => around('fstat', [pathOf(fd)], () => changed(actual.fstatSync(fd, options), pathOf(fd))),
    lstatSync: (path: string, options: { bigint: true }) => around('lstat', [path], (real) => changed(actual.lstatSync(real, options), real)),
  };
  return { ...actual, ...replaced, default: actual } as unknown as typeof Fs;
}

/** Stands for `node:fs/promises`. */
export function mockedPromises(actual: typeof FsPromises): typeof FsPromises {
  const replaced = {
    open: async (path: string, flags: number) => {
      const real = system.path(path);
      check('refuse', 'open', real);
      return watchHandle(await actual.open(real, flags), real);
    },
    lstat: async (path: string, options: { bigint: true }) => {
      const real = system.path(path);
      check('refuse', 'lstat', real);
      return changed(await actual.lstat(real, options), real);
    },
  };
  return { ...actual, ...replaced, default: actual } as unknown as typeof FsPromises;
}

function watchHandle(handle: FileHandle, path: string): FileHandle {
  const { fd } = handle;
  system.opened.set(fd, path);
  return new Proxy(handle, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const operation = { stat: 'fstat', sync: 'fsync' }[String(property)] ?? String(property);
        check('refuse', operation, path);
        // Not when it is done: the number may be another file's by then.
        if (property === 'close' && target.fd === fd) system.opened.delete(fd);
        const result: unknown = await Reflect.apply(value, target, args);
        return property === 'stat' ? changed(result as BigIntStats, path) : result;
      };
    },
  });
}
