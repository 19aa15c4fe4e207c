import type { StackPlace } from './load-tables.js';
import type { StackSettings } from './options.js';
import { openState, ReadCore } from './read-core.js';
import type { Steps } from './requests.js';
import type { StackState } from './stack-state.js';

/** What automatic and other compactions came to, since the stack was opened. */
export interface CompactionStatistics {
  /** Compactions that were begun. */
  attempts: number;
  /** Those that failed. */
  failures: number;
  /** Bytes of the tables that were written. */
  bytes: number;
  /** Records that were written. */
  entries: number;
  /** Why the last automatic compaction that failed did. */
  lastError: unknown;
}

/** A stack below its sync and async faces. */
export class StackCore extends ReadCore {
  readonly settings: StackSettings;
  readonly compactions: CompactionStatistics = { attempts: 0, failures: 0, bytes: 0, entries: 0, lastError: undefined };

  constructor(place: StackPlace, settings: StackSettings, state: StackState) {
    super(place, state);
    this.settings = settings;
  }
}

/** Opens a stack. @throws as `loadTables` */
export function* openStackCore(place: StackPlace, settings: StackSettings): Steps<StackCore> {
  return new StackCore(place, settings, yield* openState(place));
}
