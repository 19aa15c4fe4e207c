/**
 * What kind of thing went wrong, and so what a caller can do about it:
 * - `format`: the input is damaged or is not what it claims to be; reading again will not help.
 * - `unsupported`: the input may be sound, but is of a version, hash or size that this library does not handle.
 * - `misuse`: an argument or the order of calls is wrong.
 * - `io`: a file, response or storage could not be read or written; `cause` says why.
 * - `not-found`: the thing asked for does not exist.
 * - `locked`: somebody else holds the lock.
 * - `outdated`: the storage changed since it was looked at.
 */
export type ErrorKind = 'format' | 'unsupported' | 'misuse' | 'io' | 'not-found' | 'locked' | 'outdated';

/** Where an error was met, as far as it is known. */
export interface ErrorPlace {
  /** Byte offset in the file (for what is inside a deflated block: the offset of the block). */
  readonly offset?: number | undefined;
  /** Name of the file or other source. */
  readonly file?: string | undefined;
  /** The error below this one. */
  readonly cause?: unknown;
}

const brand = Symbol.for('reftable.error');

/** The one class of error that these packages throw. Match on `code` or `kind` with {@link isReftableError}, never with `instanceof`: two copies of a package may be installed. */
export class ReftableError extends Error {
  override readonly name = 'ReftableError';
  readonly kind: ErrorKind;
  /** Stable name of what went wrong, such as `FOOTER_CRC`. */
  readonly code: string;
  readonly offset: number | undefined;
  readonly file: string | undefined;
  readonly [brand] = true;

  constructor(kind: ErrorKind, code: string, message: string, place: ErrorPlace = {}) {
    const { offset, file, cause } = place;
    const where = file === undefined ? '' : `${file}: `;
    const at = offset === undefined ? '' : ` at byte ${offset}`;
    super(where + message + at, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.code = code;
    this.offset = offset;
    this.file = file;
  }
}

/**
 * Whether `error` comes from these packages (any copy of them) and, where codes or kinds are given, has one of them.
 *
 * @example isReftableError(error, 'FOOTER_CRC') // this damage
 * @example isReftableError(error, 'format', 'unsupported') // any file that can't be read
 */
export function isReftableError(error: unknown, ...codesOrKinds: readonly string[]): error is ReftableError {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false;
  const { code, kind } = error as ReftableError;
  return codesOrKinds.length === 0 || codesOrKinds.includes(code) || codesOrKinds.includes(kind);
}
