import { ReftableError } from '@reftable/varint';
import { BlobSource } from './blob-source.js';

/** As much of a `FileSystemDirectoryHandle` as is used here. */
export interface DirectoryHandle {
  readonly name: string;
  values(): AsyncIterable<{ readonly kind: 'file' | 'directory'; readonly name: string }>;
  getFileHandle(name: string): Promise<{ getFile(): Promise<Blob> }>;
}

/** A folder in a browser: one that the user picked, or one of the page's own (origin-private) file system. */
export class DirectorySource {
  /** What errors call it: the folder's own name, which is empty for the root of the origin-private file system. */
  readonly name: string;
  readonly #handle: DirectoryHandle;

  constructor(handle: DirectoryHandle) {
    this.name = handle.name;
    this.#handle = handle;
  }

  /** The names of the files in it, in no certain order; not those of folders. @throws `FOLDER_READ` (io) */
  async names(): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const { kind, name } of this.#handle.values()) if (kind === 'file') names.push(name);
    } catch (cause) {
      throw new ReftableError('io', 'FOLDER_READ', `folder can not be listed (${reason(cause)})`, { file: this.name, cause });
    }
    return names;
  }

  /**
   * Opens the file `name` as it is now; what is read later fails with `SOURCE_READ` if the file has changed by then.
   * @throws `FILE_NOT_FOUND` (not-found), `NOT_A_FILE` (io: a folder),
   * `FILE_OPEN` (io: no permission, or a name that can't be one, such as a path)
   */
  async file(name: string): Promise<BlobSource> {
    const file = this.name === '' ? name : `${this.name}/${name}`;
    try {
      const handle = await this.#handle.getFileHandle(name);
      return new BlobSource(await handle.getFile(), file);
    } catch (cause) {
      switch ((cause as Error).name) {
        case 'NotFoundError':
          throw new ReftableError('not-found', 'FILE_NOT_FOUND', 'no such file', { file, cause });
        case 'TypeMismatchError':
          throw new ReftableError('io', 'NOT_A_FILE', 'not a file', { file, cause });
        default:
          throw new ReftableError('io', 'FILE_OPEN', `can not be opened (${reason(cause)})`, { file, cause });
      }
    }
  }
}

/** The name says more than the message, which differs from browser to browser. */
function reason(cause: unknown): string {
  return (cause as Error).name;
}
