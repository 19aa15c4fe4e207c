/* The files that a repository's configuration is in. */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ReftableError } from '@reftable/varint';
import { Config, parseConfig, parseSettings, type Setting } from './config.js';
import { look } from './git-dir.js';
import { readFormat } from './repository-format.js';
import type { GitCore } from './requests.js';

/** How deep files may include each other, as in Git. */
const MAX_DEPTH = 10;

/** One file, as Git reads that which says what a repository is: includes are not followed. One that is missing is empty: of a repository of version 0. */
export function* readConfig(path: string): GitCore<Config> {
  const bytes = yield* read(path);
  return bytes === undefined ? new Config([], path) : parseConfig(bytes, path);
}

/**
 * All settings that a repository has of its own: what it shares with its worktrees, what this worktree has besides, and what they include. What
 * they include on a condition (`includeIf`), and what the user and the system have set, is left out.
 * @throws `CONFIG_SYNTAX`, `CONFIG_VALUE` (format), as {@link look}
 */
export function* readWholeConfig(gitDir: string, commonDir: string): GitCore<Config> {
  const path = join(commonDir, 'config');
  const { worktreeConfig } = readFormat(yield* readConfig(path));
  const settings: Setting[] = [];
  yield* collect(path, settings, 0);
  if (worktreeConfig) yield* collect(join(gitDir, 'config.worktree'), settings, 0);
  return new Config(settings, path);
}

/** Adds the settings of a file, and of those that it includes, where it does. */
function* collect(path: string, settings: Setting[], depth: number): GitCore<void> {
  if (depth > MAX_DEPTH) throw new ReftableError('format', 'CONFIG_VALUE', `files include each other more than ${MAX_DEPTH} deep`, { file: path });
  const bytes = yield* read(path);
  if (bytes === undefined) return;
  for (const setting of parseSettings(bytes, path)) {
    settings.push(setting);
    if (setting[0] === 'include.path') yield* collect(includedPath(setting, path), settings, depth + 1);
  }
}

/** Relative to the file that includes it, or to the user's home. */
function includedPath([key, value]: Setting, file: string): string {
  // `~user/`, and what Git was installed below (`%(prefix)/`), only Git knows.
  if (value === null || /^(?:~[^/]|%\(prefix\)\/)/.test(value)) {
    throw new ReftableError('format', 'CONFIG_VALUE', `${key} can not be ${JSON.stringify(value)}`, { file });
  }
  return /^~(?:\/|$)/.test(value) ? join(homedir(), value.slice(1)) : resolve(dirname(file), value);
}

function* read(path: string): GitCore<Buffer | undefined> {
  const found = yield* look(path);
  if (found === undefined) return undefined;
  if (found.kind !== 'file') throw new ReftableError('io', 'NOT_A_FILE', 'not a regular file', { file: path });
  return found.bytes;
}
