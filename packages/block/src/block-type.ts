/* The first byte of a block's header says what records it holds. */

/** `r`: refs. */
export const REF_BLOCK = 0x72;
/** `o`: objects, each with the positions of the ref blocks that mention it. */
export const OBJECT_BLOCK = 0x6f;
/** `g`: log entries, deflated. */
export const LOG_BLOCK = 0x67;
/** `i`: index records, over any section or over another index. */
export const INDEX_BLOCK = 0x69;

/** No letter: records whose values all are a varint length and as many bytes, as in containers that know nothing of what they hold. No reftable has it. */
export const VALUE_BLOCK = 0;

/** The type of a block, by its letter's code. */
export type BlockType = typeof REF_BLOCK | typeof OBJECT_BLOCK | typeof LOG_BLOCK | typeof INDEX_BLOCK | typeof VALUE_BLOCK;

/** Bytes of a block's header: its type, and its length as u24. */
export const BLOCK_HEADER_SIZE = 4;

/** The largest block that a u24 can tell of: 2^24-1 bytes. */
export const MAX_BLOCK_SIZE = 0xff_ffff;

/** A block's restart count is a u16. */
export const MAX_RESTARTS = 0xffff;

/** Whether `byte` is the type of a block of a reftable. */
export function isBlockType(byte: number | undefined): byte is BlockType {
  return byte === REF_BLOCK || byte === OBJECT_BLOCK || byte === LOG_BLOCK || byte === INDEX_BLOCK;
}
