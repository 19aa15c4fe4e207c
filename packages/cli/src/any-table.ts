/* A table file, of Git's format or in the container that was proposed for its version 2. */
import type { BlockSourceSync } from '@reftable/io';
import { FileSourceSync } from '@reftable/io/node';
import { openTableSync, type TableSync } from '@reftable/table';
import type { SstSync } from '@reftable/sst-v2';
import type { GitTableSync } from '@reftable/sst-v2/git';

/** What begins a table of Git's format, and what stands eight bytes before the end of one in the container. */
const MAGIC = Buffer.from('REFT');
const MAGIC_FROM_END = 8;

/** The versions of GitStorage that are known: the first byte of a Git table's metadata. */
const GIT_STORAGES = [2, 3];

/** A table of either format. */
export type AnyTable = { readonly format: 'v1'; readonly table: TableSync } | { readonly format: 'v2'; readonly table: GitTableSync };

/** Opens a table, and finds out by its first and last bytes of what format it is. @throws what opening it throws */
export async function openAnyTable(path: string): Promise<AnyTable> {
  const source = FileSourceSync.open(path);
  if (!isContainer(source)) return { format: 'v1', table: openTableSync(source) };
  const { openGitTableSync } = await import('@reftable/sst-v2/git');
  return { format: 'v2', table: openGitTableSync(source) };
}

/** Opens a table in the container that is none of Git's, as far as is known; undefined: what is there is no such table. @throws what opening it throws */
export async function openOtherContainer(path: string): Promise<SstSync | undefined> {
  const source = FileSourceSync.open(path);
  if (isContainer(source)) {
    const { openSstSync } = await import('@reftable/sst-v2');
    const table = openSstSync(source);
    if (!GIT_STORAGES.includes(table.info.metadata[0]!)) return table;
  }
  source.closeSync();
  return undefined;
}

/** Whether what there is has the last bytes of a table in the container, and not the first of one of Git's format. */
export function isContainer(source: BlockSourceSync): boolean {
  const { size } = source;
  if (size < MAGIC_FROM_END || MAGIC.equals(source.readSync(0, MAGIC.length))) return false;
  return MAGIC.equals(source.readSync(size - MAGIC_FROM_END, MAGIC.length));
}
