/* What the tests of this package share: folders to work in, repositories, a real Git. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isReftableError } from '@reftable/varint';
import { afterAll } from 'vitest';

/** A folder that is gone after the tests, by its real path. */
export function scratchFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'reftable-git-')));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Writes files, by their paths below `root`. A path that ends in a slash is a folder. */
export function writeTree(root: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [path, content] of Object.entries(files)) {
    const full = join(root, path);
    mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(full, content);
  }
  return root;
}

/** The least that a git dir has. */
export function gitDirFiles(head: string, config = ''): Record<string, string> {
  return { HEAD: head, config, 'objects/': '', 'refs/': '' };
}

/** What `git init --ref-format=reftable` leaves beside the stack. */
export function reftableStub(objectFormat: 'sha1' | 'sha256' = 'sha1'): Record<string, string> {
  const config = `[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n\tobjectformat = ${objectFormat}\n`;
  return { HEAD: 'ref: refs/heads/.invalid\n', config, 'objects/': '', 'refs/heads': 'this repository uses the reftable format\n' };
}

/** The code of the error that `act` throws, or what it returns: no other error is caught. */
export async function codeOf(act: () => unknown): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    if (isReftableError(error)) return error.code;
    throw error;
  }
}

/** A Git that knows the format, if there is one: the global set-up of the tests has seen to that. */
export const gitProgram = process.env['REFTABLE_GIT'];
if (gitProgram === undefined) process.stderr.write('NOTICE: no Git that knows the reftable format: what it says of HEAD is not compared\n');

const environment = {
  PATH: process.env['PATH'],
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.invalid',
  GIT_COMMITTER_NAME: 'C',
  GIT_COMMITTER_EMAIL: 'c@example.invalid',
};

/** Runs Git in a folder and gives what it prints, without the last newline. */
export function git(folder: string, ...args: readonly string[]): string {
  return gitWith({}, folder, ...args);
}

/** The same, with more in its environment. */
export function gitWith(more: Readonly<Record<string, string>>, folder: string, ...args: readonly string[]): string {
  const env = { ...environment, ...more };
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  return execFileSync(gitProgram ?? 'git', args, { cwd: folder, env, stdio, encoding: 'utf8' }).replace(/\n$/, '');
}

/** The same, null where Git fails. */
export function tryGit(folder: string, ...args: readonly string[]): string | null {
  try {
    return git(folder, ...args);
  } catch {
    return null;
  }
}
