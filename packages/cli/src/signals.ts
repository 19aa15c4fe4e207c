import { releaseLocks } from '@reftable/stack/node';

/** The signals that end a command, if nobody minds. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Sees to it that this process leaves no lock or unfinished table behind, however it ends; a signal ends it as it always would. */
export function leaveNothingBehind(): void {
  process.once('exit', releaseLocks);
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      releaseLocks();
      // Nobody listens any more.
      process.kill(process.pid, signal);
    });
  }
}
