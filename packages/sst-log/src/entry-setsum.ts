/* What an entry is in a setsum. SPEC.md, "Setsum". */
import { ByteWriter } from '@reftable/varint/bytes';
import { putFixed32 } from './protobuf.js';
import type { Setsum } from './setsum.js';

const PUT_ITEM = 8;
const DEL_ITEM = 9;

const item = new ByteWriter(1024);

/** Puts an entry into a setsum. @param value undefined for a delete */
export function insertEntry(setsum: Setsum, key: Uint8Array, timestampLow: number, timestampHigh: number, value: Uint8Array | undefined): void {
  item.length = 0;
  item.u8(value === undefined ? DEL_ITEM : PUT_ITEM);
  item.bytes(key);
  putFixed32(item, timestampLow);
  putFixed32(item, timestampHigh);
  if (value !== undefined) item.bytes(value);
  setsum.insert(item.view());
}
