/* Where a log ends that was not finished, and how it is cut there. SPEC.md, "Recovery". */
import { ReadRequest, run, runSync, type Core } from '@reftable/io';
import { isReftableError, ReftableError } from '@reftable/varint';
import { SECOND, WHOLE } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { holdsWholeFrame } from './lost-frames.js';
import { LogCore } from './log-core.js';
import { performSource, performSourceSync, type LogSource, type LogSourceSync, type SourceRequest } from './source.js';

/** Bytes that are read at a time where zeros are looked for. */
const CHUNK = 1 << 18;

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

/** What there is to be done about a log. */
export interface Recovery {
  /** Whole batches in it. */
  readonly batches: number;
  /** Entries in them. */
  readonly entries: number;
  /** Bytes that are sound: what a repair leaves. */
  readonly keep: number;
  /** Bytes of the log as it is. */
  readonly size: number;
  /**
   * What follows the sound part: `none`; an `incomplete` batch, which ends early; `zeros` to the end of the file; or `damage`, of which the caller
   * said that it may be cut, with all that follows.
   */
  readonly tail: 'none' | 'incomplete' | 'zeros' | 'damage';
}

/** What may be cut. */
export interface RecoveryOptions {
  /**
   * Cuts off damage, too, and *all that follows*, whole batches included: the `offset` of the error that `findRecovery` throws without it. Damage
   * anywhere else is still an error.
   */
  readonly cutDamageAt?: number;
}

/**
 * Looks where a log ends, and changes nothing. A tail is an incomplete batch, as a crash leaves it, or nothing but zeros.
 * @throws what reading throws, for damage that no crash explains: above all a whole frame that fails its checksum, and a frame that says that it goes
 * on past the end of the file although whole frames follow (`FRAME_SIZE`)
 */
export function findRecovery(log: LogSource, options: RecoveryOptions = {}): Promise<Recovery> {
  return run(find(log, options), performSource);
}

/** The sync face of {@link findRecovery}. */
export function findRecoverySync(log: LogSourceSync, options: RecoveryOptions = {}): Recovery {
  return runSync(find(log, options), performSourceSync);
}

/** Cuts the tail off a log, if it has one, and syncs. No whole batch is lost, but where `cutDamageAt` says so. @throws as {@link findRecovery}; whatever the log throws */
export async function recover(log: RepairableLog, options: RecoveryOptions = {}): Promise<Recovery> {
  const recovery = await findRecovery(log, options);
  if (recovery.keep < recovery.size) {
    await log.truncate(recovery.keep);
    await log.sync();
  }
  return recovery;
}

/** The sync face of {@link recover}. */
export function recoverSync(log: RepairableLogSync, options: RecoveryOptions = {}): Recovery {
  const recovery = findRecoverySync(log, options);
  if (recovery.keep < recovery.size) {
    log.truncateSync(recovery.keep);
    log.syncSync();
  }
  return recovery;
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

function* find(log: LogSource | LogSourceSync, { cutDamageAt }: RecoveryOptions): Core<Recovery, SourceRequest> {
  const core = new LogCore(log, {});
  let entries = 0;
  let whole = 0;
  const result = (keep: number, tail: Recovery['tail']): Recovery => ({ batches: whole, entries, keep, size: log.size, tail });
  try {
    while (yield* core.loadBatch()) {
      let count = 0;
      while (core.nextInBatch()) count++;
      entries += count;
      whole++;
    }
    return result(log.size, 'none');
  } catch (error) {
    if (!isReftableError(error, 'format')) throw error;
    // An entry may be what is wrong: then the batch that it is in is not sound.
    const keep = core.batches > whole ? core.start : core.end;
    if (core.batches === whole) {
      if (yield* isZeros(log, core.partEnd)) return result(keep, core.isInside ? 'incomplete' : 'zeros');
      if (isReftableError(error, 'LOG_TRUNCATED')) {
        if (!(yield* hidesFrames(log, core.partEnd))) return result(keep, 'incomplete');
        if (cutDamageAt !== error.offset) throw hiddenFrames(error);
      }
    }
    if (cutDamageAt === undefined || cutDamageAt !== error.offset) throw error;
    return result(keep, 'damage');
  }
}

/** Whether there is nothing but zeros from an offset to the end. */
function* isZeros(log: LogSource | LogSourceSync, from: number): Core<boolean, SourceRequest> {
  for (let offset = from; offset < log.size; offset += CHUNK) {
    const request = new ReadRequest(log, offset, Math.min(CHUNK, log.size - offset));
    yield request;
    if (request.bytes.some((byte) => byte !== 0)) return false;
  }
  return true;
}

/** Whether what follows an offset, where a frame starts that does not end, has whole frames in it: that frame's size is damaged then, and not its end lost. */
function* hidesFrames(log: LogSource | LogSourceSync, from: number): Core<boolean, SourceRequest> {
  const request = new ReadRequest(log, from, log.size - from);
  yield request;
  return holdsWholeFrame(request.bytes);
}

function hiddenFrames({ offset, file, cause }: ReftableError): ReftableError {
  return new ReftableError('format', 'FRAME_SIZE', 'frame that claims to go on past the end of the log, with whole frames in it', { offset, file, cause });
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
