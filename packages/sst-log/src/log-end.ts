/* Where the sound part of a log ends, and what follows it. SPEC.md, "Recovery". */
import { ReadRequest, type Core } from '@reftable/io';
import { isReftableError, ReftableError } from '@reftable/varint';
import type { LogCore } from './log-core.js';
import { holdsWholeFrame } from './lost-frames.js';
import type { LogSource, LogSourceSync, SourceRequest } from './source.js';

/** Bytes that are read at a time where zeros are looked for. */
const CHUNK = 1 << 18;

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

/** Reads a log from where `core` is, which is where a batch may start, to its end. What is before that is not counted. @throws as `findRecovery` */
export function* findEnd(core: LogCore, { cutDamageAt }: RecoveryOptions): Core<Recovery, SourceRequest> {
  const log = core.frames.source;
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

