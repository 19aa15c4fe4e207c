export { ReadRequest, run, runSync, type Core, type SourceInfo } from './core.js';
export { performRead, performReadSync, type BlockSource, type BlockSourceSync } from './source.js';
export { BytesSource } from './bytes-source.js';
export { BlobSource } from './blob-source.js';
export { HttpSource, type HttpFetch, type HttpOptions } from './http-source.js';
export { DirectorySource, type DirectoryHandle } from './directory-source.js';
export { BytesSink, type Sink } from './sink.js';
export { Cursor, CursorSync, RecordIterator, type CursorCore } from './cursor.js';
export { RangeCursor, type KeyRange, type KeyView } from './range.js';
