/* A log of several blocks that has every kind of frame, and of which it is known where each batch and each frame lies. */
import { headerSize } from './frame.js';
import { BLOCK_SIZE, LogWriterSync, MemoryLog, WriteBatch } from './index.js';

/** More than a frame takes that is called small here. */
const LARGEST_SMALL = 3000;

/** A batch, as its writer knows it. */
export interface LongLogBatch {
  /** Where the one before it ends. */
  readonly before: number;
  /** Where its frame starts, or that of its first part: past the padding before it. */
  readonly start: number;
  /** Just past it. */
  readonly end: number;
  readonly entries: number;
  /** Its entries, encoded. */
  readonly body: Uint8Array;
  /** Where the frame of its first part ends, if it has two. */
  readonly firstEnd: number | undefined;
}

/** The log, and what is in it. */
export interface LongLog {
  readonly bytes: Uint8Array;
  readonly batches: readonly LongLogBatch[];
}

/** Random bytes, so that everything that frames and headers are made of comes up in values, too. */
class Random {
  #state = 20_260_101;

  /** From 0 to `below` - 1. */
  next(below: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % below;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next(256));
  }
}

/** Writes a log batch by batch, and notes where each comes to lie. */
class LongLogWriter {
  readonly batches: LongLogBatch[] = [];
  readonly #log = new MemoryLog();
  readonly #writer = new LogWriterSync(this.#log);
  readonly #random = new Random();

  get size(): number {
    return this.#writer.size;
  }

  /** How much is left in the block. */
  get room(): number {
    return BLOCK_SIZE - (this.size % BLOCK_SIZE);
  }

  bytes(): Uint8Array {
    this.#writer.flush();
    return this.#log.bytes();
  }

  /** A batch of an entry, or of several, of a hundred or two of bytes; now and then the smallest there are. */
  small(): WriteBatch {
    const random = this.#random;
    const batch = new WriteBatch();
    for (let left = 1 + (random.next(4) === 0 ? random.next(6) : 0); left > 0; left--) {
      const key = random.bytes(random.next(12));
      if (random.next(8) === 0) batch.del(key, random.next(2 ** 31));
      else batch.put(key, (BigInt(random.next(2 ** 31)) << 32n) + BigInt(random.next(2 ** 31)), random.bytes(random.next(8) === 0 ? 0 : random.next(400)));
    }
    return batch;
  }

  /** A batch of so many bytes, encoded, in as many puts as it takes; from 12 bytes on. */
  sized(size: number): WriteBatch {
    const batch = new WriteBatch();
    while (size - batch.size > 33_000) batch.put('', 1, this.#random.bytes(20_000));
    const missing = size - batch.size;
    // Without the value, a put has 10 bytes, and more where its lengths take more; a key makes up for a length that jumps.
    for (const key of ['', 'k', 'ke', 'key']) {
      for (let overhead = 10; overhead < 22; overhead++) {
        const one = new WriteBatch();
        if (missing >= overhead) one.put(key, 1, this.#random.bytes(missing - overhead));
        if (one.size === missing) {
          batch.merge(one);
          return batch;
        }
      }
    }
    throw new Error(`no batch has ${size} bytes`);
  }

  append(batch: WriteBatch): void {
    const { size, room } = this;
    const whole = headerSize(batch.size) + batch.size;
    this.#writer.append(batch);
    const end = this.size;
    // By the rules of the specification: padding, or a first part, is only where the whole frame does not fit.
    const [start, firstEnd] = whole <= room ? [size, undefined] : room <= 19 ? [size + room, undefined] : [size, size + headerSize(room - 19) + room - 19];
    this.batches.push({ before: size, start, end, entries: batch.count, body: batch.body.slice(), firstEnd });
  }

  /** Appends small batches, and one that is sized for it, until there are just `room` bytes left in the block. */
  fillTo(room: number): void {
    while (this.room > LARGEST_SMALL + room) this.append(this.small());
    const whole = this.room - room;
    const header = [10, 11, 12].find((size) => headerSize(whole - size) === size);
    if (header === undefined) throw new Error(`no frame has ${whole} bytes`);
    this.append(this.sized(whole - header));
  }
}

/**
 * A log of more than three blocks. Most of its batches are small, so that trying something at each byte of a frame does not take long; some take up
 * to 24 KiB. One lies across the end of the first block, with much in both its parts; the second block ends in padding, all 19 bytes that there can
 * be; and the third ends with a frame.
 */
export function longLog(): LongLog {
  const writer = new LongLogWriter();
  writer.append(writer.sized(24 << 10));
  writer.fillTo(9000);
  writer.append(writer.sized(18_000));
  writer.fillTo(19);
  writer.append(writer.small());
  writer.fillTo(0);
  for (let count = 0; count < 20; count++) writer.append(writer.small());
  return { bytes: writer.bytes(), batches: writer.batches };
}
