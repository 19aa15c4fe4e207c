export { MergedTable, MergedTableSync } from './merged-table.js';
export { MergedCore } from './merged-core.js';
