/* What a log may hold. SPEC.md, "Limits". */

/** Bytes of a block; a log is cut into blocks. */
export const BLOCK_SIZE = 1 << 20;

/** Bytes of the longest key. */
export const MAX_KEY_SIZE = 16_384;

/** Bytes of the longest value. */
export const MAX_VALUE_SIZE = 32_768;

/** Bytes of the largest batch, encoded. */
export const MAX_BATCH_SIZE = BLOCK_SIZE;

/** A log never becomes as large as this. */
export const LOG_FULL_SIZE = 2 ** 30 - 2 ** 26;

/** The size that a log is not to go beyond, unless its writer is given another. */
export const DEFAULT_ROLLOVER_SIZE = 2 ** 30;
