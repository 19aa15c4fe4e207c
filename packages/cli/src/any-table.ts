/* A table file, of Git's format or in the container that was proposed for its version 2. */
import type { BlockSourceSync } from '@reftable/io';
import { FileSourceSync } from '@reftable/io/node';
import { openTableSync, type TableSync } from '@reftable/table';
import type { GitTableSync } from '@reftable/sst-v2/git';

/** What begins a table of Git's format, and what stands eight bytes before the end of one in the container. */
const MAGIC = Buffer.from('REFT');
const MAGIC_FROM_END = 8;

/** A table of either format. */
export type AnyTable = { readonly format: 'v1'; readonly table: TableSync } | { readonly format: 'v2'; readonly table: GitTableSync };

/** Opens a table, and finds out by its first and last bytes of what format it is. @throws what opening it throws */
export async function openAnyTable(path: string): Promise<AnyTable> {
  const source = FileSourceSync.open(path);
  if (!isContainer(source)) return { format: 'v1', table: openTableSync(source) };
  const { openGitTableSync } = await import('@reftable/sst-v2/git');
  return { format: 'v2', table: openGitTableSync(source) };
}

function isContainer(source: BlockSourceSync): boolean {
  const { size } = source;
  if (size < MAGIC_FROM_END || MAGIC.equals(source.readSync(0, MAGIC.length))) return false;
  return MAGIC.equals(source.readSync(size - MAGIC_FROM_END, MAGIC.length));
}
