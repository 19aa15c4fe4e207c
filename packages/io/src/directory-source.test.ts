import { describe, expect, test } from 'vitest';
import { DirectorySource, type DirectoryHandle } from './directory-source.js';

/** A folder as browsers have them, in memory: the same checks, and the same errors, of the same names. */
class MemoryFolder implements DirectoryHandle {
  readonly kind = 'directory';
  readonly name: string;
  readonly entries = new Map<string, Uint8Array<ArrayBuffer> | MemoryFolder>();
  allowed = true;

  constructor(name: string, entries: Record<string, string | MemoryFolder> = {}) {
    this.name = name;
    for (const [key, entry] of Object.entries(entries)) this.entries.set(key, typeof entry === 'string' ? text(entry) : entry);
  }

  #check(): void {
    if (!this.allowed) throw new DOMException('The request is not allowed', 'NotAllowedError');
  }

  async *values(): AsyncGenerator<{ kind: 'file' | 'directory'; name: string }> {
    await Promise.resolve();
    this.#check();
    for (const [name, entry] of this.entries) yield { kind: entry instanceof MemoryFolder ? 'directory' : 'file', name };
  }

  async getFileHandle(name: string): Promise<{ getFile(): Promise<File> }> {
    await Promise.resolve();
    if (name === '' || name === '.' || name === '..' || /[/\\]/.test(name)) throw new TypeError('Name is not allowed.');
    this.#check();
    const entry = this.entries.get(name);
    if (entry === undefined) throw new DOMException('could not be found', 'NotFoundError');
    if (entry instanceof MemoryFolder) throw new DOMException('is of another type', 'TypeMismatchError');
    return { getFile: () => this.#file(name, entry) };
  }

  /** A snapshot: it can't be read any more once the folder has other bytes under its name. */
  async #file(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<File> {
    await Promise.resolve();
    if (this.entries.get(name) !== bytes) throw new DOMException('could not be found', 'NotFoundError');
    const file = new File([bytes], name);
    const slice = file.slice.bind(file);
    file.slice = (...range) => {
      const part = slice(...range);
      const arrayBuffer = part.arrayBuffer.bind(part);
      part.arrayBuffer = () => {
        if (this.entries.get(name) === bytes) return arrayBuffer();
        return Promise.reject(new DOMException('could not be read', 'NotReadableError'));
      };
      return part;
    };
    return file;
  }
}

function text(content: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(content));
}

const handle = () =>
  new MemoryFolder('reftable', { 'tables.list': 'a.ref\nb.ref\n', 'a.ref': 'REFT one', 'b.ref': '', sub: new MemoryFolder('sub') });

describe('DirectorySource', () => {
  test('takes the platform’s handle', () => {
    // A check for the type checker: that of a page satisfies what is asked for.
    const open = (real: FileSystemDirectoryHandle) => new DirectorySource(real);
    expect(open).toBeTypeOf('function');
  });

  test('lists the names of files, not of folders', async () => {
    expect((await new DirectorySource(handle()).names()).toSorted()).toEqual(['a.ref', 'b.ref', 'tables.list']);
    expect(await new DirectorySource(new MemoryFolder('empty')).names()).toEqual([]);
  });

  test('opens a file by name, to be read as a whole or in part', async () => {
    const folder = new DirectorySource(handle());
    const list = await folder.file('tables.list');
    expect(list.size).toBe(12);
    expect(Buffer.from(await list.read(0, list.size)).toString()).toBe('a.ref\nb.ref\n');
    expect(Buffer.from(await list.read(6, 5)).toString()).toBe('b.ref');
    expect((await folder.file('b.ref')).size).toBe(0);
  });

  test('names a file with its folder, where that has a name', async () => {
    expect((await new DirectorySource(handle()).file('a.ref')).name).toBe('reftable/a.ref');
    expect((await new DirectorySource(new MemoryFolder('', { 'a.ref': 'x' })).file('a.ref')).name).toBe('a.ref');
  });

  test('a missing file is not found', async () => {
    const expected = { kind: 'not-found', code: 'FILE_NOT_FOUND', file: 'reftable/c.ref', cause: expect.any(DOMException) as unknown };
    await expect(new DirectorySource(handle()).file('c.ref')).rejects.toMatchObject(expected);
  });

  test('a folder is not a file', async () => {
    const expected = { kind: 'io', code: 'NOT_A_FILE', file: 'reftable/sub' };
    await expect(new DirectorySource(handle()).file('sub')).rejects.toMatchObject(expected);
  });

  test.each(['..', '', 'sub/x', '../secret'])('the name "%s" is refused', async (name) => {
    await expect(new DirectorySource(handle()).file(name)).rejects.toMatchObject({ kind: 'io', code: 'FILE_OPEN' });
  });

  test('without permission there is neither a list nor a file', async () => {
    const forbidden = handle();
    forbidden.allowed = false;
    const folder = new DirectorySource(forbidden);
    const message = 'reftable: folder can not be listed (NotAllowedError)';
    await expect(folder.names()).rejects.toMatchObject({ kind: 'io', code: 'FOLDER_READ', message });
    await expect(folder.file('a.ref')).rejects.toMatchObject({
      kind: 'io',
      code: 'FILE_OPEN',
      message: 'reftable/a.ref: can not be opened (NotAllowedError)',
    });
  });

  test('a file that changed or went away after it was opened can not be read', async () => {
    const changing = handle();
    const folder = new DirectorySource(changing);
    const [changed, gone] = [await folder.file('a.ref'), await folder.file('tables.list')];
    changing.entries.set('a.ref', text('REFT two'));
    changing.entries.delete('tables.list');
    for (const source of [changed, gone]) {
      await expect(source.read(0, 4)).rejects.toMatchObject({ kind: 'io', code: 'SOURCE_READ', file: source.name });
    }
    expect(Buffer.from(await (await folder.file('a.ref')).read(5, 3)).toString()).toBe('two');
  });
});
