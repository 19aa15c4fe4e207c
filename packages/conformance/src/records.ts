/**
 * The records of the expectations, in the JSON form that `README.md` describes.
 *
 * A number beyond 2^53-1 is a string of decimal digits: {@link exact} takes both.
 * A text that is not UTF-8 is given in hex under its key with `_hex` added, in place of the key itself: {@link bytesOf} takes both.
 */

/** A number, as a string of decimal digits where it is beyond 2^53-1. */
export type Numeric = number | string;

/** A text under the key `K`, or its bytes in hex under the key with `_hex` added. Just one of the two is present. */
export type Text<K extends string> = { readonly [key in K | `${K}_hex`]?: string };

/** What every ref record of a table has. */
interface RefBase extends Text<'name'> {
  readonly updateIndex: Numeric;
}

/** A ref record, of one of the four kinds that a table can hold. */
export type RefRecord =
  | (RefBase & { readonly kind: 'deletion' })
  | (RefBase & { readonly kind: 'direct'; readonly oid: string })
  | (RefBase & { readonly kind: 'peeled'; readonly oid: string; readonly peeled: string })
  | (RefBase & { readonly kind: 'symbolic' } & Text<'target'>);

/** What every log record of a table has. */
interface LogBase extends Text<'ref'> {
  readonly updateIndex: Numeric;
}

/** Who changed a ref, when and why. */
interface Update extends Text<'name'>, Text<'email'>, Text<'message'> {
  /** Object id before the change, all zeros where there was none. */
  readonly old: string;
  /** Object id after it. */
  readonly new: string;
  /** Seconds since 1970. */
  readonly time: Numeric;
}

/** A log record: an entry, or a tombstone that hides the entry of the same ref and update index in older tables. */
export type LogRecord =
  | (LogBase & { readonly kind: 'deletion' })
  | (LogBase &
      Update & {
        readonly kind: 'update';
        /** The number stored: decimal hhmm in tables of Git (330 is +0330), minutes in those of JGit (330 is +0530). */
        readonly tz: number;
      });

/** Every record of a table, tombstones included, in the table's order. */
export interface TableContents {
  readonly minUpdateIndex: Numeric;
  readonly maxUpdateIndex: Numeric;
  /** Bytes in the file. */
  readonly size: number;
  /** In byte order of their names. */
  readonly refs: readonly RefRecord[];
  /** In byte order of the refs' names, and for each newest first. */
  readonly logs: readonly LogRecord[];
}

/** The exact value of a number of an expectation. */
export function exact(number: Numeric): bigint {
  return BigInt(number);
}

/**
 * The bytes of a text of an expectation, whether it is given as a string or in hex.
 *
 * @example bytesOf(ref, 'name') // from `name` or `name_hex`
 * @throws Error where the record has neither.
 */
export function bytesOf<K extends string>(record: Text<K>, key: K): Uint8Array {
  const fields: Readonly<Record<string, unknown>> = record;
  const hex = fields[`${key}_hex`];
  if (typeof hex === 'string') return Uint8Array.from(Buffer.from(hex, 'hex'));
  const text = fields[key];
  if (typeof text === 'string') return new TextEncoder().encode(text);
  throw new Error(`the record has neither ${key} nor ${key}_hex`);
}
