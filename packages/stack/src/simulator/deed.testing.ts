/* What transactions write, and what a stack must hold that has taken some of them, whole and in order. */
import type { LogRecord, Ref } from '@reftable/block';

/** A transaction. Besides what it says, it puts an entry with its number into the log of {@link ROLL}, which tells afterwards that it was there. */
export interface Deed {
  /** Names of refs that it sets, to an id of its own. */
  readonly sets?: readonly string[];
  /** Names of refs that it deletes. */
  readonly deletes?: readonly string[];
  /** Entries of the log of {@link PAST} that it writes (again), by update index. */
  readonly logs?: readonly number[];
  /** Entries of that log that it deletes. */
  readonly deletesLogs?: readonly number[];
  /** Whether it sets a ref that fills a table by itself, so that the table is written before it is known to be needed. */
  readonly isLarge?: boolean;
  /** Whether it adds two tables, the roll's entry in the second one. */
  readonly inTwo?: boolean;
}

/** All transactions that there may be, by number. */
export interface Story {
  readonly deeds: readonly Deed[];
  /** Whether entries of the log of {@link PAST} may have expired. */
  readonly expires?: boolean;
}

/** The ref that each transaction sets, and in whose log it leaves its number. */
export const ROLL = 'refs/roll';

/** The ref whose log's entries may expire. */
export const PAST = 'refs/past';

/** The ref that makes a table large. */
export const LARGE = 'refs/large';

/** What that one points at. */
export const LARGE_TARGET = `refs/${'x'.repeat(66_000)}`;

/** The object id that a transaction writes. */
export function oidOf(number: number): string {
  return (number + 1).toString(16).padStart(40, '0');
}

/** Refs and log entries, with tombstones, as newer ones replace older ones. */
export class Holdings {
  readonly refs = new Map<string, string>();
  readonly #roll = new Map<number, number>();
  /** Message of each entry of the log of {@link PAST}, by update index. */
  readonly past = new Map<number, string>();

  putRef(ref: Ref): void {
    if (ref.kind === 'deletion') this.refs.delete(ref.name);
    else this.refs.set(ref.name, ref.kind === 'direct' ? ref.oid : ref.kind === 'symbolic' && ref.target === LARGE_TARGET ? 'large' : ref.kind);
  }

  putLog(log: LogRecord): void {
    if (log.ref === PAST) {
      if (log.kind === 'deletion') this.past.delete(log.updateIndex);
      else this.past.set(log.updateIndex, log.message.trim());
    } else if (log.kind === 'update' && log.ref === ROLL) this.#roll.set(log.updateIndex, Number(log.message));
  }

  /** Numbers of the transactions, in their order. */
  get taken(): number[] {
    return [...this.#roll].sort(([a], [b]) => a - b).map(([, number]) => number);
  }
}

/** Which transactions a stack has taken. @throws Error if it is not all of each of these, or more than that */
export function checkHoldings(holdings: Holdings, { deeds, expires = false }: Story): number[] {
  const { taken } = holdings;
  const refs = new Map<string, string>();
  const past = new Map<number, string>();
  for (const number of taken) {
    const { sets = [], deletes = [], logs = [], deletesLogs = [], isLarge = false } = deeds[number]!;
    for (const name of [ROLL, ...sets]) refs.set(name, oidOf(number));
    if (isLarge) refs.set(LARGE, 'large');
    for (const name of deletes) refs.delete(name);
    for (const index of logs) past.set(index, String(number));
    for (const index of deletesLogs) past.delete(index);
  }
  const found = `refs ${text(holdings.refs)}`;
  const expected = `refs ${text(refs)}`;
  if (found !== expected) throw new Error(`transactions ${taken.join()} are there, but ${found} instead of ${expected}`);
  for (const [index, message] of holdings.past) {
    if (past.get(index) !== message) throw new Error(`transactions ${taken.join()} are there, but an entry of ${message} in the log at ${index}`);
  }
  if (!expires && holdings.past.size < past.size) throw new Error(`transactions ${taken.join()} are there, but not all of their log`);
  if (new Set(taken).size < taken.length) throw new Error(`transactions ${taken.join()}: one is there twice`);
  return taken;
}

function text(refs: ReadonlyMap<string, string>): string {
  return [...refs].map(([name, oid]) => `${name}=${oid.replace(/^0+/, '')}`).sort().join(' ');
}

/** Whether of transactions in their order the first ones are these. */
export function startsWith(longer: readonly number[], shorter: readonly number[]): boolean {
  return shorter.every((number, index) => longer[index] === number);
}
