export { bytesOf, exact } from './records.js';
export type { LogRecord, Numeric, RefRecord, TableContents, Text } from './records.js';
export { manifest } from './manifest.js';
export type { Case, DataFile, GitGroup, Group, Manifest, ReadingFile } from './manifest.js';
export { gitStacks } from './git-stacks.js';
export type {
  GitContents,
  GitExpectation,
  GitHistoryStep,
  GitLog,
  GitLogEntry,
  GitRef,
  GitStack,
  GitTable,
  GitWorktreeContents,
  GitWorktreeStack,
} from './git-stacks.js';
export { jgitStacks, jgitTables } from './jgit.js';
export type { GitAnswers, JGitStack, JGitStackExpectation, JGitTableExpectation } from './jgit.js';
export { craftedTables } from './crafted.js';
export type { CraftedExpectation } from './crafted.js';
export { damagedStacks, damagedTables } from './damaged.js';
export type { DamagedStack, DamagedStackExpectation, DamagedTableExpectation, Failure } from './damaged.js';
export type { Reading, StackTable } from './stack-files.js';
export type { TableCase } from './table-case.js';
export { refusedSstV2Tables, sstV2GitTables, sstV2Tables } from './sst-v2.js';
export type { RefusedSstV2Table, SstV2Entry, SstV2GitTable, SstV2Table } from './sst-v2.js';
export { damagedSstLogs, setsumVectors, sstLogs } from './sst.js';
export type { DamagedSstLog, SetsumStep, SetsumVectors, SstError, SstLog, SstOutcome } from './sst.js';
export type { SstEntry } from './sst-bytes.js';
