export { idSize, type Hash } from './hash.js';
export { objectIdBytes, putObjectId, toHex } from './object-id.js';
export { decodeString, decodeText, textBytes, type Text } from './text.js';
export {
  BLOCK_HEADER_SIZE,
  INDEX_BLOCK,
  isBlockType,
  LOG_BLOCK,
  MAX_BLOCK_SIZE,
  MAX_RESTARTS,
  OBJECT_BLOCK,
  REF_BLOCK,
  VALUE_BLOCK,
  type BlockType,
} from './block-type.js';
export { Block, maxSizeOnDisk, parseBlock, parseBlockHeader, type BlockHeader, type BlockPlace } from './block.js';
export { BlockCursor } from './block-cursor.js';
export type { RecordPlace } from './record-place.js';
export { BlockWriter } from './block-writer.js';
export {
  decodeRef,
  encodeRef,
  REF_DELETION,
  REF_DIRECT,
  REF_PEELED,
  REF_SYMBOLIC,
  refUpdateIndex,
  type DirectRef,
  type PeeledRef,
  type Ref,
  type RefDeletion,
  type RefInput,
  type SymbolicRef,
} from './ref-record.js';
export {
  decodeLog,
  encodeLog,
  isExistenceMarker,
  LOG_DELETION,
  LOG_KEY_SUFFIX,
  LOG_UPDATE,
  logNameLength,
  logUpdateIndex,
  putLogKey,
  type LogDeletion,
  type LogInput,
  type LogRecord,
  type LogUpdate,
} from './log-record.js';
export { cheapest, saturate } from './exact.js';
export { decodeIndexPosition, encodeIndex } from './index-record.js';
