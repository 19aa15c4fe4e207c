import type { Core, Sink, SourceInfo } from '@reftable/io';
import type { TableOptions } from '@reftable/table';
import { openGitTableCore, type GitTableCore } from './git-table-core.js';
import { GitTableWriter } from './git-table-writer.js';

/**
 * The table format of a stack in the proposed container: an experiment, for folders of its own. Its files end in `.sst`. A folder with tables
 * of Git's is refused as damaged (`MAGIC`), and so is a folder with these where Git's tables are expected.
 *
 * @example openStack(storage, { format: tableFormatV2 })
 */
export const tableFormatV2 = {
  ending: '.sst',
  /** The footer. */
  overhead: (): number => 96,
  open: (source: SourceInfo): Core<GitTableCore> => openGitTableCore(source),
  createWriter: (sink: Sink, options: TableOptions): GitTableWriter => new GitTableWriter(sink, options),
};
