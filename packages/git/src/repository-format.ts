import { ReftableError } from '@reftable/varint';
import type { Config } from './config.js';

/** What a repository's format is, so that its refs can be read. */
export interface RepositoryFormat {
  readonly objectFormat: 'sha1' | 'sha256';
  readonly refStorage: RefStorage;
  readonly worktreeConfig: boolean;
}

export interface RefStorage {
  readonly backend: 'files' | 'reftable';
  /** The folder that they are kept in instead of the common dir. */
  readonly path: string | undefined;
}

/** Extensions that do not bear on where refs are and what they look like. */
const INDIFFERENT = ['noop', 'noop-v1', 'preciousobjects', 'partialclone', 'compatobjectformat', 'relativeworktrees', 'submodulepathconfig'];

/** Those that count also in a repository of version 0; the others then do not, and must not be there. */
const OLD = ['noop', 'preciousobjects', 'partialclone', 'worktreeconfig'];

const KNOWN = [...INDIFFERENT, 'worktreeconfig', 'objectformat', 'refstorage'];

/** A repository that does not say its version: as for Git, no extension counts. */
const PLAIN: RepositoryFormat = { objectFormat: 'sha1', refStorage: { backend: 'files', path: undefined }, worktreeConfig: false };

/**
 * Reads the format out of a repository's configuration. As Git's text on repository versions asks, who meets an extension that he does not know
 * goes no further.
 * @throws `REPOSITORY_VERSION`, `REPOSITORY_EXTENSION`, `REF_STORAGE`, `OBJECT_FORMAT` (unsupported), `CONFIG_VALUE` (format)
 */
export function readFormat(config: Config): RepositoryFormat {
  const version = config.number('core.repositoryformatversion');
  if (version === undefined) return PLAIN;
  if (version > 1) throw unsupported(config, 'REPOSITORY_VERSION', `repository of version ${version}`);
  for (const key of config.values.keys()) {
    if (!key.startsWith('extensions.')) continue;
    const name = key.slice('extensions.'.length);
    const isKnown = KNOWN.includes(name);
    if (version === 0 ? isKnown && !OLD.includes(name) : !isKnown) {
      throw unsupported(config, 'REPOSITORY_EXTENSION', `extension "${name}" in a repository of version ${version}`);
    }
  }
  const objectFormat = config.text('extensions.objectformat') ?? 'sha1';
  if (objectFormat !== 'sha1' && objectFormat !== 'sha256') throw unsupported(config, 'OBJECT_FORMAT', `object format "${objectFormat}"`);
  return { objectFormat, refStorage: readRefStorage(config), worktreeConfig: config.boolean('extensions.worktreeconfig') ?? false };
}

/** `reftable`, or `reftable://<path>`; and so for `files`. */
function readRefStorage(config: Config): RefStorage {
  const value = config.text('extensions.refstorage') ?? 'files';
  const [, backend, path] = /^(files|reftable)(?::\/\/([^]+))?$/.exec(value) ?? [];
  if (backend !== 'files' && backend !== 'reftable') throw unsupported(config, 'REF_STORAGE', `ref storage "${value}"`);
  return { backend, path };
}

function unsupported({ file }: Config, code: string, message: string): ReftableError {
  return new ReftableError('unsupported', code, message, { file });
}
