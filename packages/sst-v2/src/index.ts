export { openSst, openSstSync, Sst, SstSync, type SstInfo } from './sst.js';
export { openSstCore, SstCore, type BlockInfo, type IndexRecord } from './sst-core.js';
export type { ReadOptions } from './block-store.js';
export type { SstRecord, SstView } from './record.js';
export type { SstRange } from './bounded-cursor.js';
export { SstWriter } from './sst-writer.js';
export type { SstOptions } from './options.js';
export type { Codec } from './container-block.js';
export type { DataStatistics, SstStatistics } from './statistics.js';
