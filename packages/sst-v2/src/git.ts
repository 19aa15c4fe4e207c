export { GitTable, GitTableSync, openGitTable, openGitTableSync, type GitTableInfo } from './git/git-table.js';
export { GitTableCore, openGitTableCore } from './git/git-table-core.js';
export type { GitStatistics, GitStorage } from './git/metadata.js';
export { GitTableWriter, type GitTableStatistics } from './git/git-table-writer.js';
export type { GitTableOptions } from './git/options.js';
export { tableFormatV2 } from './git/table-format.js';
export { convertToV1, convertToV1Core, convertToV1Sync, convertToV2, convertToV2Core, convertToV2Sync, type ConversionOptions, type Convertible } from './git/convert.js';
