/* The first byte of a key in a Git table says what the record is. So refs come first, then objects, then logs. */

/** `a`, and the ref's name. */
export const REF_KEY = 0x61;

/** `b`, and the object id, or its first bytes. */
export const OBJECT_KEY = 0x62;

/** `c`, and the key of a log record in a reftable: name, a zero byte, u64. In GitStorage 2 the zero byte is not there. */
export const LOG_KEY = 0x63;
