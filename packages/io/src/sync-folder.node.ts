/* Making the names in a folder last: those of files that were created, renamed or removed in it. */
import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/** What a folder that can't be synced answers: Windows has no such thing, nor have some file systems, nor who may not list it. */
const NO_FOLDER_SYNC = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EBADF'];

/** Syncs a folder, in the background; where folders can't be synced, names last without that or not at all. @throws what the system says otherwise */
export async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, constants.O_RDONLY);
    await folder.sync();
  } catch (error) {
    throwSupported(error);
  } finally {
    await folder?.close();
  }
}

/** The sync face of {@link syncFolder}. */
export function syncFolderSync(path: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY);
    fsyncSync(fd);
  } catch (error) {
    throwSupported(error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function throwSupported(error: unknown): void {
  if (!NO_FOLDER_SYNC.includes(String((error as NodeJS.ErrnoException).code))) throw error;
}
