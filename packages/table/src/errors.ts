import { ReftableError } from '@reftable/varint';

/** A record that fits no block of the table's size. Nothing of it was written, and others may still be. */
export class RecordTooLargeError extends ReftableError {
  /** The smallest block size, in bytes, that would hold it. */
  readonly minimumBlockSize: number;

  /** @param key as errors show it */
  constructor(key: string, blockSize: number, minimumBlockSize: number) {
    super(
      'misuse',
      'RECORD_TOO_LARGE',
      `record of ${key} needs a block size of ${minimumBlockSize}, not ${blockSize}`,
    );
    this.minimumBlockSize = minimumBlockSize;
  }
}

/** Damage at `offset` of `file`. */
export function formatError(code: string, message: string, offset: number, file: string | undefined): ReftableError {
  return new ReftableError('format', code, message, { offset, file });
}

/** A call that asks for what can't be. */
export function misuse(code: string, message: string): ReftableError {
  return new ReftableError('misuse', code, message);
}
