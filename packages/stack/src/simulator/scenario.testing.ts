import type { Story } from './deed.testing.js';
import type { Identities } from './disk.testing.js';
import type { LossModel } from './loss.testing.js';
import type { Program } from './program.testing.js';

/** What is simulated. */
export interface Scenario {
  readonly story: Story;
  /** What has been done before, by one process; its tables are synced. */
  readonly before?: Program;
  readonly programs: readonly Program[];
  readonly identities?: Identities;
  /** What a loss of power may take; undefined: there is none. */
  readonly loss?: LossModel;
  /** How many steps are made to fail; default 0. */
  readonly failures?: number;
  /** The transaction that is written after a crash. */
  readonly last: number;
}
