import type { SharedRepository } from '@reftable/stack/node';
import { ReftableError } from '@reftable/varint';
import type { Config } from './config.js';

/**
 * What `core.sharedRepository` says of who else may read and write new files; null: as the umask has it.
 * @throws `CONFIG_VALUE` (format)
 */
export function readSharedRepository(config: Config): SharedRepository | null {
  const key = 'core.sharedrepository';
  const value = config.values.get(key);
  if (value === undefined) return null;
  // A name alone is true.
  const setting = value?.toLowerCase() ?? 'true';
  if (['umask', 'false', 'no', 'off', '0', ''].includes(setting)) return null;
  if (['group', 'true', 'yes', 'on', '1'].includes(setting)) return 'group';
  if (['all', 'world', 'everybody', '2'].includes(setting)) return 'all';
  const mode = /^0?[0-7]{3}$/.test(setting) ? Number.parseInt(setting, 8) : 0;
  // Git refuses what would shut out the owner.
  if ((mode & 0o600) !== 0o600) {
    throw new ReftableError('format', 'CONFIG_VALUE', `${key} can not be ${JSON.stringify(value)}`, { file: config.file });
  }
  return mode;
}
