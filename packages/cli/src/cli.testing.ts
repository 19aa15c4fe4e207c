/* What the tests of this package share: the command run in this process, and folders to work in. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { main, type Surroundings } from './command-line.js';

/** What a run of the command left. */
export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command. */
export async function run(argv: readonly string[], { env = {}, isTerminal = false } = {}): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const surroundings: Surroundings = {
    stdout: { isTerminal, write: (text) => Promise.resolve(void (stdout += text)) },
    stderr: { isTerminal, write: (text) => Promise.resolve(void (stderr += text)) },
    env,
  };
  const exitCode = await main(argv, surroundings);
  return { exitCode, stdout, stderr };
}

/** Runs the command, which must succeed, and gives what it printed. */
export async function output(...argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(argv);
  if (exitCode !== 0 || stderr !== '') throw new Error(`exit code ${exitCode}: ${stderr}`);
  return stdout;
}

/** The same, as lines. */
export async function lines(...argv: readonly string[]): Promise<string[]> {
  return (await output(...argv)).split('\n').slice(0, -1);
}

/** A folder that is gone after the tests, by its real path. */
export function scratchFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'reftable-cli-')));
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

/** What `git init --ref-format=reftable` leaves of a git dir beside the stack. */
export function reftableStub(): Record<string, string> {
  const config = '[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n';
  return { HEAD: 'ref: refs/heads/.invalid\n', config, 'objects/': '', 'refs/heads': 'this repository uses the reftable format\n' };
}

/** Files by their names, as files of a folder. */
export function inFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): Record<string, Uint8Array> {
  return Object.fromEntries([...files].map(([name, bytes]) => [`${folder}/${name}`, bytes]));
}
