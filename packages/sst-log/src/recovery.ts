/* Where a log ends that was not finished, and how it is cut there. SPEC.md, "Recovery". */
import { run, runSync, type Core } from '@reftable/io';
import { ReftableError } from '@reftable/varint';
import { SECOND, WHOLE } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { LogCore } from './log-core.js';
import { findEnd, type Recovery, type RecoveryOptions } from './log-end.js';
import { notWritten } from './not-written.js';
import { performSource, performSourceSync, type LogSource, type LogSourceSync, type SourceRequest } from './source.js';

/** A log that can be cut. */
export interface RepairableLog extends LogSource {
  /** Leaves the first `size` bytes. */
  truncate(size: number): Promise<void> | void;
  /** As `LogStorage.sync`. */
  sync(): Promise<void> | void;
}

/** A log that can be cut, for the sync faces. */
export interface RepairableLogSync extends LogSourceSync {
  /** As {@link RepairableLog.truncate}. */
  truncateSync(size: number): void;
  /** As {@link RepairableLog.sync}. */
  syncSync(): void;
}

/**
 * Looks where a log ends, and changes nothing. A tail is an incomplete batch, as a crash leaves it, or nothing but zeros.
 * @throws what reading throws, for damage that no crash explains: above all a whole frame that fails its checksum, and a frame that says that it goes
 * on past the end of the file although whole frames follow (`FRAME_SIZE`)
 */
export function findRecovery(log: LogSource, options: RecoveryOptions = {}): Promise<Recovery> {
  return run(findEnd(new LogCore(log, {}), options), performSource);
}

/** The sync face of {@link findRecovery}. */
export function findRecoverySync(log: LogSourceSync, options: RecoveryOptions = {}): Recovery {
  return runSync(findEnd(new LogCore(log, {}), options), performSourceSync);
}

/**
 * Cuts the tail off a log, if it has one, and syncs. No whole batch is lost, but where `cutDamageAt` says so. Nobody may write to the log any more:
 * what is not all there yet would be cut, and its writer go on behind the gap.
 * @throws as {@link findRecovery}; `LOG_CHANGED` (outdated) where it is seen to be written to, and nothing is cut; `LOG_WRITE` (io) where it can't be cut
 */
export async function recover(log: RepairableLog, options: RecoveryOptions = {}): Promise<Recovery> {
  const recovery = await findRecovery(log, options);
  if (recovery.keep === recovery.size) return recovery;
  await log.refresh?.();
  requireSize(log, recovery.size);
  try {
    await log.truncate(recovery.keep);
    await log.sync();
  } catch (cause) {
    throw notWritten(log.name, 'cut', cause);
  }
  return recovery;
}

/** The sync face of {@link recover}. */
export function recoverSync(log: RepairableLogSync, options: RecoveryOptions = {}): Recovery {
  const recovery = findRecoverySync(log, options);
  if (recovery.keep === recovery.size) return recovery;
  log.refreshSync?.();
  requireSize(log, recovery.size);
  try {
    log.truncateSync(recovery.keep);
    log.syncSync();
  } catch (cause) {
    throw notWritten(log.name, 'cut', cause);
  }
  return recovery;
}

function requireSize({ name, size }: RepairableLog | RepairableLogSync, expected: number): void {
  if (size !== expected) throw new ReftableError('outdated', 'LOG_CHANGED', `had ${expected} bytes and has ${size}: somebody writes to it`, { file: name });
}

/**
 * As the crate's `truncate_final_partial_frame`: where to cut a log that ends with a whole first part and nothing of the second; undefined: it
 * does not. Frames are looked at, not entries. For every other torn end there is {@link findRecovery}.
 * @throws format errors on all damage, the torn ends included that it does not deal with (`LOG_TRUNCATED`)
 */
export function truncateFinalPartialFrame(log: LogSource): Promise<number | undefined> {
  return run(findFinalPartialFrame(log), performSource);
}

/** The sync face of {@link truncateFinalPartialFrame}. */
export function truncateFinalPartialFrameSync(log: LogSourceSync): number | undefined {
  return runSync(findFinalPartialFrame(log), performSourceSync);
}

function* findFinalPartialFrame(log: LogSource | LogSourceSync): Core<number | undefined, SourceRequest> {
  const frames = new FrameReader(log, { compat: 'crate' });
  let end = 0;
  let isWhole = true;
  do {
    while (frames.next()) {
      isWhole = frames.discriminant === SECOND || frames.discriminant === WHOLE;
      if (isWhole) end = frames.position;
    }
  } while (yield* frames.load());
  if (frames.missing !== 'frame') throw frames.damage('LOG_TRUNCATED', `log that ends inside a frame's ${frames.missing}`, frames.position);
  return isWhole ? undefined : end;
}
