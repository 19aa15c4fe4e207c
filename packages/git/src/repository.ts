import { basename, join, resolve } from 'node:path';
import type { SharedRepository } from '@reftable/stack/node';
import { readConfig } from './config-files.js';
import { findGitDir, type GitDir } from './git-dir.js';
import { readFormat, type RefStorage } from './repository-format.js';
import { perform, performSync, type GitCore } from './requests.js';
import { readSharedRepository } from './shared-repository.js';

/** What a repository is, and where its parts are. All paths are absolute. */
export interface Repository {
  /** The git dir: for a linked worktree its own, in `worktrees/` of the common one. */
  readonly gitDir: string;
  /** The git dir that all worktrees share; the same as `gitDir` in the main one. */
  readonly commonDir: string;
  /** The folder with the checked-out files; null in a bare repository, and where the search began inside the git dir. */
  readonly workTree: string | null;
  /** Whether the repository is one without a work tree. */
  readonly bare: boolean;
  /** The hash of its object ids. */
  readonly objectFormat: 'sha1' | 'sha256';
  /** How its refs are kept. */
  readonly refStorage: 'files' | 'reftable';
  /** Where HEAD and the other refs of this worktree alone are: for `reftable` the folder that holds `tables.list`, for `files` the one that holds `HEAD`. */
  readonly refDir: string;
  /** The same for the refs that all worktrees share, such as branches and tags. */
  readonly commonRefDir: string;
  /** Who may read and write new files besides their owner, as `core.sharedRepository` says; null: as the umask has it. */
  readonly sharedRepository: SharedRepository | null;
}

/**
 * Finds the repository that a folder (or file) is in, as Git does: by a `.git` folder or file there or further up, or by being a git dir.
 * The environment (`GIT_DIR`, `GIT_CEILING_DIRECTORIES` and such) and `safe.directory` are not asked.
 * @throws `NOT_A_REPOSITORY` (not-found); `GIT_FILE`, `CONFIG_SYNTAX`, `CONFIG_VALUE` (format); `REPOSITORY_VERSION`, `REPOSITORY_EXTENSION`,
 *   `REF_STORAGE`, `OBJECT_FORMAT` (unsupported); `FILE_OPEN` (io)
 */
export function findRepository(dir: string): Promise<Repository> {
  return perform(repositoryAt(dir));
}

/** The sync face of {@link findRepository}. */
export function findRepositorySync(dir: string): Repository {
  return performSync(repositoryAt(dir));
}

function* repositoryAt(dir: string): GitCore<Repository> {
  return yield* describe(yield* findGitDir(dir));
}

/** What the configuration says of a git dir. */
export function* describe({ gitDir, commonDir, entrance }: GitDir): GitCore<Repository> {
  const config = yield* readConfig(join(commonDir, 'config'));
  const { objectFormat, refStorage, worktreeConfig } = readFormat(config);
  const own = worktreeConfig ? yield* readConfig(join(gitDir, 'config.worktree')) : undefined;
  // Whether and where the main worktree has files, the common configuration says, and nothing of the linked ones.
  const main = gitDir === commonDir ? config : undefined;
  const elsewhere = own?.text('core.worktree') ?? main?.text('core.worktree');
  const hasFiles = !(own?.boolean('core.bare') ?? main?.boolean('core.bare'));
  const workTree = elsewhere === undefined ? (hasFiles ? entrance : undefined) : resolve(gitDir, elsewhere);
  return {
    gitDir,
    commonDir,
    workTree: workTree ?? null,
    bare: workTree === undefined && (own?.boolean('core.bare') ?? config.boolean('core.bare') ?? true),
    objectFormat,
    refStorage: refStorage.backend,
    ...refDirs(gitDir, commonDir, refStorage),
    sharedRepository: readSharedRepository(config),
  };
}

function refDirs(gitDir: string, commonDir: string, { backend, path }: RefStorage): Pick<Repository, 'refDir' | 'commonRefDir'> {
  const commonRoot = path === undefined ? commonDir : resolve(commonDir, path);
  const isLinked = gitDir !== commonDir;
  const root = !isLinked ? commonRoot : path === undefined ? gitDir : join(commonRoot, 'worktrees', basename(gitDir));
  return backend === 'files'
    ? { refDir: root, commonRefDir: commonRoot }
    : { refDir: join(root, 'reftable'), commonRefDir: join(commonRoot, 'reftable') };
}
