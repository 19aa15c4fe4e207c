/* What simulated processes are made of: what they do, what they tell of it, and what breaks them. */
import type { StackOptions } from '../options.js';
import type { Steps } from '../requests.js';
import type { StackCore } from '../stack-core.js';
import type { TableFormat } from '../table-format.js';

/** What a process tells of itself between two steps. */
export type Note =
  /** It has the list's lock, and takes these tables for the list's. */
  | { readonly kind: 'locked'; readonly names: readonly string[] }
  /** A transaction is acknowledged. */
  | { readonly kind: 'done'; readonly deed: number }
  /** A transaction has failed: it must not be there. */
  | { readonly kind: 'undone'; readonly deed: number }
  /** Nobody could tell it whether a transaction is there. It does not try again. */
  | { readonly kind: 'unknown'; readonly deed: number }
  /** It is about to look for what is new. */
  | { readonly kind: 'looks' }
  /** It has looked, and these transactions are there. */
  | { readonly kind: 'sees'; readonly taken: readonly number[] }
  /** Something is wrong. */
  | { readonly kind: 'wrong'; readonly message: string };

/** What a task works with. */
export interface Actor {
  readonly stack: StackCore;
  /** Whether its steps are made to fail. */
  readonly isMadeToFail: boolean;
  /** Whether no other task of the process uses the stack. */
  readonly isAlone: boolean;
  readonly note: (note: Note) => void;
}

export type Task = (actor: Actor) => Steps<void>;

/** A protocol that is broken on purpose: what is asked, or what tables are made of, is changed. */
export interface Mutation {
  wrap?<T>(steps: Steps<T>): Steps<T>;
  readonly format?: TableFormat;
}

/** What a process does: it opens the stack, does its tasks at once, and closes the stack. */
export interface Program {
  readonly name: string;
  readonly tasks: readonly Task[];
  readonly options?: StackOptions;
  /** Makes what breaks it. */
  readonly mutation?: (process: number) => Mutation;
  /** Whether its random numbers are all the same. */
  readonly isMonotonous?: boolean;
  /** Whether its steps are made to fail, where the scenario says how many. */
  readonly isMadeToFail?: boolean;
  /** Whether it has opened the stack before anything else happens. */
  readonly opensFirst?: boolean;
  /** Whether it removes other processes' locks. */
  readonly breaksLocks?: boolean;
}
