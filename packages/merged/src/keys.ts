export { MergeCursor, type MergeableCursor, type MergeKey } from './merge-cursor.js';
