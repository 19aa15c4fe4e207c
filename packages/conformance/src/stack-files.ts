import { existsSync } from 'node:fs';
import { pathOf, readBytes, readJson } from './data.js';
import type { Case, ReadingFile } from './manifest.js';
import type { LogRecord, TableContents } from './records.js';

/** A program's reading of a table, as `README.md` describes it. */
export interface Reading extends TableContents {
  /** Who read it: `python` where JGit can't (SHA-256) or did not (worktrees, tables of more than 2,000 records, `git-generated`). */
  readonly reader: 'jgit' | 'python';
  /** Version of the format, from the header. */
  readonly version: number;
  /** Block size in the header, 0 where blocks are not aligned. */
  readonly blockSize: number;
}

/** A table of a stack. */
export interface StackTable {
  readonly name: string;
  /** Absolute path on this machine. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /**
   * What another program read in it: every record with its update index. Absent in stacks that JGit wrote, and in those
   * of `git-generated` where the data come from the published package.
   */
  readonly reading: Reading | undefined;
}

/** A reading as it is stored. A log-only table that Git wrote has no logs for JGit, but a copy of it changed to JGit's liking has. */
type StoredReading = Omit<Reading, 'reader'> & { readonly logsOfMovedCopy?: readonly LogRecord[] };

/** The files of a reftable folder, read when first asked for. */
export class FolderFiles {
  /** Absolute path of the folder on this machine. */
  readonly directory: string;
  readonly #case: Case;
  readonly #folder: string;
  #files: ReadonlyMap<string, Uint8Array> | undefined;

  /** @param folder Path of the folder below `data/`, without a slash at its end. */
  constructor(entry: Case, folder: string) {
    this.#case = entry;
    this.#folder = folder;
    this.directory = pathOf(folder);
  }

  /** Every file of the folder by its name: `tables.list` and the tables. */
  get files(): ReadonlyMap<string, Uint8Array> {
    return (this.#files ??= new Map(
      this.#case.files
        .filter(({ path }) => path.startsWith(`${this.#folder}/`))
        .map(({ path }) => [path.slice(this.#folder.length + 1), readBytes(path)]),
    ));
  }
}

/** The files of a sound stack. */
export class StackFiles extends FolderFiles {
  readonly #readings: ReadonlyMap<string, ReadingFile>;
  #tables: readonly StackTable[] | undefined;

  constructor(entry: Case, folder: string) {
    super(entry, folder);
    // JGit's come first in the manifest; where there are two, JGit could not give every record.
    const inside = entry.readings.filter(({ table }) => table.startsWith(`${folder}/`));
    this.#readings = new Map(inside.map((reading) => [reading.table.slice(folder.length + 1), reading]));
  }

  /** The tables that `tables.list` names, in its order: oldest first. */
  get tables(): readonly StackTable[] {
    return (this.#tables ??= new TextDecoder()
      .decode(this.files.get('tables.list'))
      .split('\n')
      .filter((name) => name !== '')
      .map((name) => this.#table(name)));
  }

  #table(name: string): StackTable {
    const bytes = this.files.get(name);
    if (bytes === undefined) throw new Error(`${this.directory}: ${name} is listed, but not there`);
    const file = this.#readings.get(name);
    let reading: Reading | undefined;
    return {
      name,
      path: `${this.directory}/${name}`,
      bytes,
      get reading() {
        return (reading ??= file && readReading(file));
      },
    };
  }
}

function readReading({ path, reader }: ReadingFile): Reading | undefined {
  if (!existsSync(pathOf(path))) return undefined;
  const { logsOfMovedCopy, ...stored } = readJson(path) as StoredReading;
  return { ...stored, reader, logs: logsOfMovedCopy ?? stored.logs };
}
