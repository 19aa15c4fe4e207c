import { readJson } from './data.js';
import type { LogRecord, Numeric, RefRecord } from './records.js';

/** A record of a container: any bytes under any key. */
export interface SstV2Entry {
  readonly key: Uint8Array;
  /** The 3 bits beside the key's length. */
  readonly extra: number;
  readonly value: Uint8Array;
}

/** A table of the container proposed for version 2 of reftable: see `SPEC.md` of `@reftable/sst-v2`. */
export interface SstV2Table {
  readonly name: string;
  readonly description: string;
  readonly bytes: Uint8Array;
  readonly metadata: Uint8Array;
  /** Every record, in the order of keys. */
  readonly entries: readonly SstV2Entry[];
}

/** A table of that container with Git's refs and logs in it. */
export interface SstV2GitTable {
  readonly name: string;
  readonly description: string;
  readonly bytes: Uint8Array;
  readonly gitStorage: 2 | 3;
  readonly hash: 'sha1' | 'sha256';
  readonly minUpdateIndex: Numeric;
  readonly maxUpdateIndex: Numeric;
  /** In byte order of their names. */
  readonly refs: readonly RefRecord[];
  /** In byte order of the refs' names, and for each newest first: in GitStorage 2 that is not the order in the file. */
  readonly logs: readonly LogRecord[];
}

/** A table that must be refused. */
export interface RefusedSstV2Table {
  readonly name: string;
  readonly description: string;
  readonly bytes: Uint8Array;
  /** `unsupported`: the file may be sound, for a reader that knows more. */
  readonly kind: 'damaged' | 'unsupported';
  /**
   * Where it shows at the latest: to open the container; to open it as a Git table; to go through all records of the container; to go through
   * all records of the Git table; to verify all.
   */
  readonly step: 'open' | 'open-git' | 'scan' | 'records' | 'verify';
}

interface EntryJson {
  readonly key: string;
  readonly extra: number;
  readonly value: string;
}

type InHex<T, K extends keyof T> = Omit<T, K> & { readonly [key in K]: string };

interface TablesJson {
  readonly tables: readonly ((Omit<InHex<SstV2Table, 'bytes' | 'metadata'>, 'entries'> & { readonly entries: readonly EntryJson[] }) | InHex<SstV2GitTable, 'bytes'>)[];
  readonly damaged: readonly InHex<RefusedSstV2Table, 'bytes'>[];
}

let loaded: TablesJson | undefined;

function data(): TablesJson {
  return (loaded ??= readJson('sst-v2/tables.json') as TablesJson);
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** Tables of the container, every record known. */
export function sstV2Tables(): readonly SstV2Table[] {
  return data().tables.flatMap((table) => {
    if (!('entries' in table)) return [];
    const entries = table.entries.map(({ key, extra, value }) => ({ key: fromHex(key), extra, value: fromHex(value) }));
    return [{ ...table, bytes: fromHex(table.bytes), metadata: fromHex(table.metadata), entries }];
  });
}

/** Tables of the container with Git's refs and logs, every record known. */
export function sstV2GitTables(): readonly SstV2GitTable[] {
  return data().tables.flatMap((table) => ('refs' in table ? [{ ...table, bytes: fromHex(table.bytes) }] : []));
}

/** Tables of the container that are damaged, or of a kind that is not known, each in one way. */
export function refusedSstV2Tables(): readonly RefusedSstV2Table[] {
  return data().damaged.map((table) => ({ ...table, bytes: fromHex(table.bytes) }));
}
