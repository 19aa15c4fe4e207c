/* What simulated processes do. */
import type { LogInput, RefInput } from '@reftable/block';
import { isReftableError, ReftableError } from '@reftable/varint';
import { prepareAddition, type PrepareOptions } from '../addition-core.js';
import { clean, type CleanOptions } from '../clean.js';
import { compactAll, compactAutomatically, compactRange, type CompactionExtras } from '../compaction.js';
import type { TableRange } from '../geometry.js';
import { ask, type Steps } from '../requests.js';
import type { StackCore } from '../stack-core.js';
import type { StackState } from '../stack-state.js';
import { checkHoldings, Holdings, LARGE, LARGE_TARGET, oidOf, PAST, ROLL, startsWith, type Story } from './deed.testing.js';
import type { Actor, Task } from './program.testing.js';

/** Ends of an operation that say that another process was in the way. */
const IN_THE_WAY = ['LOCK_HELD', 'LOCK_LOST', 'STACK_OUTDATED', 'STACK_UNSETTLED'];

/** Writes transactions, one after another. Each that fails is tried again once if it may fail. */
export function writer(story: Story, numbers: readonly number[], options: PrepareOptions = {}): Task {
  return function* (actor: Actor) {
    const { stack, note, isMadeToFail } = actor;
    for (const number of numbers) {
      for (let tries = 0; tries < (isMadeToFail ? 2 : 1); tries++) {
        try {
          yield* write(stack, note, story, number, options);
          note({ kind: 'done', deed: number });
          break;
        } catch (error) {
          // It is in the list, but could get lost with the power.
          if (isReftableError(error, 'NOT_DURABLE')) break;
          if (isReftableError(error, 'OUTCOME_UNKNOWN')) {
            note({ kind: 'unknown', deed: number });
            break;
          }
          note({ kind: 'undone', deed: number });
          checkTrouble(error, actor);
        }
      }
    }
  };
}

function* write(stack: StackCore, note: Actor['note'], story: Story, number: number, options: PrepareOptions): Steps<void> {
  const addition = yield* prepareAddition(stack, options, story.deeds[number]!.inTwo !== true);
  try {
    note({ kind: 'locked', names: stack.state.list.names });
    const { updateIndex } = addition.begin();
    addition.end();
    for (const { refs, logs } of recordsOf(story, number, updateIndex)) {
      const transaction = addition.begin();
      for (const ref of refs) transaction.addRef(ref);
      for (const log of logs) transaction.addLog(log);
      yield* addition.addTable(transaction);
      addition.end();
    }
    yield* addition.commit();
  } finally {
    yield* addition.abort();
  }
}

/** The records of each table that a transaction adds. */
function recordsOf({ deeds }: Story, number: number, next: number): { readonly refs: readonly RefInput[]; readonly logs: readonly LogInput[] }[] {
  const { sets = [], deletes = [], logs = [], deletesLogs = [], inTwo = false, isLarge = false } = deeds[number]!;
  const last = inTwo ? next + 1 : next;
  const refs: RefInput[] = [
    ...sets.map((name) => ({ name, updateIndex: next, kind: 'direct' as const, oid: oidOf(number) })),
    ...deletes.map((name) => ({ name, updateIndex: next, kind: 'deletion' as const })),
  ];
  if (isLarge) refs.push({ name: LARGE, updateIndex: next, kind: 'symbolic', target: LARGE_TARGET });
  const past: LogInput[] = [
    ...logs.map((updateIndex) => entry(PAST, updateIndex, number)),
    ...deletesLogs.map((updateIndex) => ({ ref: PAST, updateIndex, kind: 'deletion' as const })),
  ];
  const roll: RefInput = { name: ROLL, updateIndex: last, kind: 'direct', oid: oidOf(number) };
  const call = entry(ROLL, last, number);
  refs.sort((a, b) => (a.name < b.name ? -1 : 1));
  past.sort((a, b) => Number(b.updateIndex) - Number(a.updateIndex));
  if (inTwo) return [{ refs, logs: past }, { refs: [roll], logs: [call] }];
  return [{ refs: [...refs, roll].sort((a, b) => (a.name < b.name ? -1 : 1)), logs: [...past, call] }];
}

function entry(ref: string, updateIndex: number, number: number): LogInput {
  const [oldOid, newOid] = ['0'.repeat(40), oidOf(number)];
  return { ref, updateIndex, kind: 'update', oldOid, newOid, name: 'A', email: 'a@b', time: 1, timeZone: 0, message: String(number) };
}

/** Reads all, takes a snapshot, and then so many times looks for what is new and reads that, and the snapshot again. */
export function reader(story: Story, times: number): Task {
  return function* (actor: Actor) {
    const { stack, note } = actor;
    const snapshot = stack.state;
    snapshot.retain();
    try {
      const first = yield* readAll(snapshot, story);
      let before = first;
      for (let time = 0; time < times; time++) {
        note({ kind: 'looks' });
        yield* stack.reload();
        const taken = yield* readAll(stack.state, story);
        note({ kind: 'sees', taken });
        if (!startsWith(taken, before)) note({ kind: 'wrong', message: `reads transactions ${taken.join()} after ${before.join()}` });
        before = taken;
        const again = yield* readAll(snapshot, story);
        if (again.join() !== first.join()) note({ kind: 'wrong', message: `snapshot of ${first.join()} turns into ${again.join()}` });
      }
    } catch (error) {
      checkTrouble(error, actor);
    } finally {
      snapshot.release();
    }
  };
}

/** Which transactions a state of the stack has taken. @throws Error if it is none that a stack may have */
export function* readAll(state: StackState, story: Story): Steps<number[]> {
  const holdings = new Holdings();
  state.retain();
  try {
    const refs = state.merged.refCursor();
    while (refs.next() || (yield* refs.load())) holdings.putRef(refs.record.ref());
    const logs = state.merged.logCursor();
    while (logs.next() || (yield* logs.load())) holdings.putLog(logs.record.log());
  } finally {
    state.release();
  }
  return checkHoldings(holdings, story);
}

/** Merges tables: as an automatic compaction would, all, or some. */
export function compactor(which: 'auto' | 'all' | TableRange, extras: CompactionExtras = {}): Task {
  return function* (actor: Actor) {
    const { stack, note } = actor;
    const before = { ...stack.compactions };
    let hasChanged = false;
    let hasFailed = false;
    try {
      if (which === 'auto') yield* compactAutomatically(stack);
      else hasChanged = yield* which === 'all' ? compactAll(stack, extras) : compactRange(stack, which, extras);
    } catch (error) {
      hasFailed = true;
      if (!isReftableError(error, 'TABLE_RANGE')) checkTrouble(error, actor);
    }
    const { attempts, failures, bytes, entries } = stack.compactions;
    const add = attempts - before.attempts;
    const isSum =
      add <= 1 && failures - before.failures <= add && (!hasChanged || add === 1) && (failures > before.failures) >= (hasFailed && add === 1) &&
      (bytes > before.bytes) === (entries > before.entries);
    if (actor.isAlone && !isSum) {
      note({ kind: 'wrong', message: `statistics do not add up: ${JSON.stringify({ attempts, failures, bytes, entries })}` });
    }
  };
}

/** Removes the list's lock, whoever has it. */
export const lockBreaker: Task = function* () {
  yield* ask('remove', 'tables.list.lock');
};

/** Removes what crashed processes have left. */
export function cleaner(options: CleanOptions = {}): Task {
  return function* (actor: Actor) {
    try {
      yield* clean(actor.stack, options);
    } catch (error) {
      checkTrouble(error, actor);
    }
  };
}

/** One task after another. */
export function inTurn(...tasks: readonly Task[]): Task {
  return function* (actor: Actor) {
    for (const task of tasks) yield* task(actor);
  };
}

/** An operation may end because another process was in the way, or because it was made to. */
function checkTrouble(error: unknown, { isMadeToFail }: Actor): void {
  if (!(error instanceof ReftableError)) throw error;
  if (!IN_THE_WAY.includes(error.code) && !(isMadeToFail && (error.kind === 'io' || error.code.startsWith('FILE_')))) throw error;
}
