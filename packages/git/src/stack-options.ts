import type { StackOptions } from '@reftable/stack';
import { ReftableError } from '@reftable/varint';
import type { Config } from './config.js';
import { readWholeConfig } from './config-files.js';
import type { Repository } from './repository.js';
import { perform, performSync, type GitCore } from './requests.js';

/** What a repository says of its stacks; what it does not say has Git's default. */
export type RepositoryStackOptions = Pick<StackOptions, 'hash' | 'lockTimeout' | 'geometricFactor' | 'layout'>;

/**
 * How a repository wants its stacks written: its hash, and the settings `reftable.blockSize`, `restartInterval`, `indexObjects`,
 * `geometricFactor` and `lockTimeout` of its own configuration, with what that includes and what the worktree adds.
 *
 * @example openStack(new FolderStorage(repository.refDir), await readStackOptions(repository))
 *
 * @throws `CONFIG_SYNTAX`, `CONFIG_VALUE` (format: also where Git would refuse the value), `FILE_OPEN`, `NOT_A_FILE` (io)
 */
export function readStackOptions(repository: StackRepository): Promise<RepositoryStackOptions> {
  return perform(stackOptionsOf(repository));
}

/** The sync face of {@link readStackOptions}. */
export function readStackOptionsSync(repository: StackRepository): RepositoryStackOptions {
  return performSync(stackOptionsOf(repository));
}

/** What of a repository leads to its settings. */
export type StackRepository = Pick<Repository, 'gitDir' | 'commonDir' | 'objectFormat'>;

function* stackOptionsOf({ gitDir, commonDir, objectFormat }: StackRepository): GitCore<RepositoryStackOptions> {
  const config = yield* readWholeConfig(gitDir, commonDir);
  // Where Git takes 0 it means its default.
  const blockSize = limited(config, 'blocksize', 0, 2 ** 24 - 1) || undefined;
  const restartInterval = limited(config, 'restartinterval', 0, 2 ** 16 - 1) || undefined;
  const geometricFactor = limited(config, 'geometricfactor', 0, 255) || undefined;
  const lockTimeout = limited(config, 'locktimeout', -1, Infinity);
  const indexObjects = config.boolean('reftable.indexobjects');
  return {
    hash: objectFormat,
    layout: {
      ...(blockSize !== undefined && { blockSize }),
      ...(restartInterval !== undefined && { restartInterval }),
      ...(indexObjects !== undefined && { indexObjects }),
    },
    // Git takes 1, too; a stack does not.
    ...(geometricFactor !== undefined && { geometricFactor: Math.max(geometricFactor, 2) }),
    ...(lockTimeout !== undefined && { lockTimeout }),
  };
}

function limited(config: Config, name: string, least: number, most: number): number | undefined {
  const key = `reftable.${name}`;
  const value = config.number(key);
  if (value === undefined || (value >= least && value <= most)) return value;
  throw new ReftableError('format', 'CONFIG_VALUE', `${key} can not be ${value}`, { file: config.file });
}
