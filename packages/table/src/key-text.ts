import { decodeString, LOG_BLOCK, LOG_KEY_SUFFIX, type BlockType } from '@reftable/block';
import { getBigU64, MAX_U64 } from '@reftable/varint';

/** A key of a section as errors show it: that of a log entry is a name and an update index. */
export function keyText(type: BlockType, key: Uint8Array, length: number): string {
  const end = type === LOG_BLOCK ? length - LOG_KEY_SUFFIX : length;
  const name = JSON.stringify(decodeString(key, 0, end));
  return end < length ? `${name} at update index ${MAX_U64 - getBigU64(key, end + 1)}` : name;
}
