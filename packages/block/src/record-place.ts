import type { Block } from './block.js';

/** Where a record is: what a value is read from, be it by a `BlockCursor` or by what shows a record of another container as one of a reftable. */
export interface RecordPlace {
  /** The block that the record is in. */
  readonly block: Block | undefined;
  /** The block's bytes. */
  readonly bytes: Uint8Array;
  /** The first `keyLength` bytes are the key. */
  readonly key: Uint8Array;
  readonly keyLength: number;
  /** The 3 bits beside the key's length. */
  readonly valueType: number;
  /** Where the value starts in `bytes`. */
  readonly valueStart: number;
  /** In a ref record: where what follows the update index starts. */
  readonly contentStart: number;
  /** Where the value ends. Whoever gives it has checked that the value, by its type, fits. */
  readonly valueEnd: number;
}
