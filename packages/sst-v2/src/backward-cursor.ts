import { BlockCursor, type Block } from '@reftable/block';

const NO_BYTES = new Uint8Array(0);

/**
 * Moves over the records of a block from the last to the first, and on through one block after another; its fields are those of `BlockCursor`.
 * It reads the records from one restart to the next forwards, and notes where each key's bytes are. Each key is put together from the one
 * behind it: what the two share stays, the rest is fetched from the records that brought it. So the work is in proportion to what is stored, however much keys share.
 */
export class BackwardCursor {
  block: Block | undefined;
  bytes: Uint8Array = NO_BYTES;
  /** The current record's key is the first `keyLength` bytes of this buffer. */
  key: Uint8Array = new Uint8Array(64);
  keyLength = 0;
  /** How many bytes the key has in common with the key that the cursor passed before it: that of the record behind it. */
  shared = 0;
  valueType = 0;
  valueStart = 0;
  contentStart = 0;
  valueEnd = 0;

  readonly #forward = new BlockCursor(0);
  /** The key that was passed before, while the one at the end of an interval is put together. */
  #spare: Uint8Array = new Uint8Array(64);
  #hasKey = false;
  /** The restarts before this one are still to come. */
  #restart = 0;
  /** Where the records that are still to come end. */
  #stop = 0;
  /* The records of an interval: how many of them are still to come, and of each what its key has in common with the key before it, that record
     before it which brought the last of these bytes, and what `BlockCursor` says of it. */
  #left = 0;
  #count = 0;
  readonly #shared: number[] = [];
  readonly #origin: number[] = [];
  readonly #keyLength: number[] = [];
  readonly #valueType: number[] = [];
  readonly #valueStart: number[] = [];
  readonly #contentStart: number[] = [];
  readonly #valueEnd: number[] = [];

  /** Goes behind the last record of `block` that starts before the offset `end`. The key stays, so that the next one is checked to be before it. */
  enter(block: Block, end = block.recordsEnd): void {
    this.block = block;
    this.bytes = block.bytes;
    this.#stop = end;
    this.#left = 0;
    let low = 0;
    let high = block.restartCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (block.restart(middle) < end) low = middle + 1;
      else high = middle;
    }
    this.#restart = low;
  }

  /** Forgets the block and the key: what is entered next may end anywhere. */
  reset(): void {
    this.block = undefined;
    this.bytes = NO_BYTES;
    this.#restart = this.#left = this.keyLength = this.shared = 0;
    this.#hasKey = false;
  }

  /** Moves to the record before; false at the block's start. @throws as `BlockCursor.next`; `RESTART_OFFSET` */
  next(): boolean {
    if (this.#left > 0) {
      this.shared = this.#shared[this.#left]!;
      this.#moveTo(--this.#left, this.shared);
      return true;
    }
    if (this.#restart === 0) return false;
    this.#readInterval(this.block!, --this.#restart);
    const last = this.#count - 1;
    [this.key, this.#spare] = [this.#spare, this.key];
    const oldLength = this.keyLength;
    this.#left = last;
    this.#moveTo(last, 0);
    this.#compareWith(this.#spare, oldLength);
    return true;
  }

  /** Notes the records from a restart on to where the last interval began. */
  #readInterval(block: Block, restart: number): void {
    const forward = this.#forward;
    const start = block.restart(restart);
    forward.reset();
    forward.enter(block, start);
    let count = 0;
    while (forward.valueEnd < this.#stop && forward.next()) {
      const { shared } = forward;
      let origin = count - 1;
      while (origin >= 0 && this.#shared[origin]! >= shared) origin = this.#origin[origin]!;
      this.#shared[count] = shared;
      this.#origin[count] = origin;
      this.#keyLength[count] = forward.keyLength;
      this.#valueType[count] = forward.valueType;
      this.#valueStart[count] = forward.valueStart;
      this.#contentStart[count] = forward.contentStart;
      this.#valueEnd[count] = forward.valueEnd;
      count++;
    }
    if (forward.valueEnd !== this.#stop) throw block.damage('RESTART_OFFSET', 'restart within a record', this.#stop);
    this.#stop = start;
    this.#count = count;
  }

  /** Shows record number `index` of the interval, of whose key the first `known` bytes are there. */
  #moveTo(index: number, known: number): void {
    const length = this.#keyLength[index]!;
    if (length > this.key.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.key.length));
      grown.set(this.key.subarray(0, known));
      this.key = grown;
    }
    const { bytes, key } = this;
    for (let end = length, from = index; end > known; from = this.#origin[from]!) {
      const start = Math.max(this.#shared[from]!, known);
      // The stored part of a key ends where its value starts.
      const shift = this.#valueStart[from]! - this.#keyLength[from]!;
      for (let at = start; at < end; at++) key[at] = bytes[at + shift]!;
      end = start;
    }
    this.keyLength = length;
    this.valueType = this.#valueType[index]!;
    this.valueStart = this.#valueStart[index]!;
    this.contentStart = this.#contentStart[index]!;
    this.valueEnd = this.#valueEnd[index]!;
  }

  /** Checks that the key is before the one that was passed before it, and counts what they share. */
  #compareWith(old: Uint8Array, oldLength: number): void {
    const { key, keyLength } = this;
    const end = Math.min(keyLength, oldLength);
    let shared = 0;
    while (shared < end && key[shared] === old[shared]) shared++;
    this.shared = shared;
    const isBefore = shared < oldLength && (shared === keyLength || key[shared]! < old[shared]!);
    if (this.#hasKey && !isBefore) throw this.block!.damage('KEY_ORDER', 'key is not before the key behind it', this.valueStart - keyLength);
    this.#hasKey = true;
  }
}
