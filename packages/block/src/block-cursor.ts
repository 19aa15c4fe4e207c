/*
 * A record, in a block of any type:
 *
 *   varint prefix length          bytes that the key shares with the key before it; 0 at a restart
 *   varint suffix length << 3 | type of value (3 bits)
 *   suffix                        the rest of the key
 *   value                         see ref-record.ts, object-record.ts, log-record.ts, index-record.ts
 *
 * One class walks all four types, so that the code in the hot loop sees one shape of object.
 */
import { skipVarint } from '@reftable/varint';
import { copyShort } from '@reftable/varint/bytes';
import { lengthAt, type Block } from './block.js';
import { LOG_BLOCK, OBJECT_BLOCK, REF_BLOCK, VALUE_BLOCK } from './block-type.js';
import { RestartDigests } from './restart-digests.js';
import { lastRestartNotAfter } from './restart-search.js';

const NO_BYTES = new Uint8Array(0);

/** Room for a key of common length: arrays up to this size cost V8 very little. */
const INITIAL_KEY_SIZE = 64;

/**
 * Moves over the records of one block after another, without allocating: its fields speak of the record that it is at.
 * It checks what it passes: every length against the block, and that keys ascend, also from block to block.
 */
export class BlockCursor {
  /** The block it is in; undefined before the first. */
  block: Block | undefined;
  /** The block's bytes. */
  bytes: Uint8Array = NO_BYTES;
  /** The current record's key is the first `keyLength` bytes of this buffer, which the next move overwrites. */
  key: Uint8Array = new Uint8Array(INITIAL_KEY_SIZE);
  keyLength = 0;
  /** How many bytes the key has in common with the key that the cursor passed before it: exactly, whatever is stored. */
  shared = 0;
  /** The 3 bits beside the key's length: a value type, or an object record's count. */
  valueType = 0;
  /** Where the value starts in `bytes`. */
  valueStart = 0;
  /** Where the value ends, and the next record starts. */
  valueEnd = 0;
  /** In a ref record: where what follows the update index starts. In a `VALUE_BLOCK`: where what follows the length starts. */
  contentStart = 0;

  readonly #idSize: number;
  #recordsEnd = 0;
  #type = 0;

  /** @param idSize bytes of an object id: 20 or 32 */
  constructor(idSize: number) {
    this.#idSize = idSize;
  }

  /** Goes before the first record of `block`, or the one at the restart `start`. The key stays, so that the next record's is checked to be beyond it. */
  enter(block: Block, start = block.recordsStart): void {
    this.block = block;
    this.bytes = block.bytes;
    this.#type = block.type;
    this.#recordsEnd = block.recordsEnd;
    this.valueEnd = start;
  }

  /** Forgets the block and the key: what is entered next may start anywhere. */
  reset(): void {
    this.block = undefined;
    this.bytes = NO_BYTES;
    this.#recordsEnd = this.valueEnd = this.keyLength = this.shared = 0;
  }

  /**
   * Moves to the next record of the block. False at the block's end; the fields then still speak of the last record.
   * @throws `RECORD_TRUNCATED`, `PREFIX_LENGTH`, `KEY_ORDER`, `VALUE_TYPE`
   */
  next(): boolean {
    const start = this.valueEnd;
    if (start >= this.#recordsEnd) return false;
    // Nearly all are refs with short numbers and one or two ids. They come without a call to anything: so all this is compiled into its caller's loop.
    const { bytes, key } = this;
    const prefix = bytes[start]!;
    const tagged = bytes[start + 1]!;
    const valueType = tagged & 7;
    const suffix = start + 2;
    const valueStart = suffix + (tagged >>> 3);
    const keyLength = prefix + (tagged >>> 3);
    const valueEnd = valueStart + 1 + valueType * this.#idSize;
    if (
      this.#type !== REF_BLOCK ||
      (prefix | tagged) > 127 ||
      tagged < 8 ||
      prefix > this.keyLength ||
      (prefix < this.keyLength && bytes[suffix]! <= key[prefix]!) ||
      keyLength > key.length ||
      (valueType !== 1 && valueType !== 2) ||
      bytes[valueStart]! > 127 ||
      valueEnd > this.#recordsEnd
    ) {
      return this.#nextAny(start);
    }
    for (let pos = suffix, at = prefix; pos < valueStart; ) key[at++] = bytes[pos++]!;
    this.shared = prefix;
    this.keyLength = keyLength;
    this.valueType = valueType;
    this.valueStart = valueStart;
    this.contentStart = valueStart + 1;
    this.valueEnd = valueEnd;
    return true;
  }

  /** {@link next} for a record of any kind, which is there. */
  #nextAny(start: number): boolean {
    const { bytes } = this;
    const end = this.#recordsEnd;
    let pos = start;
    let prefix = bytes[pos++]!;
    if (prefix > 127) {
      prefix = this.#long(start);
      pos = skipVarint(bytes, start, end);
    }
    let tagged = bytes[pos++]!;
    if (tagged > 127) {
      if (bytes[pos]! < 128) {
        tagged = ((tagged - 127) << 7) | bytes[pos++]!;
      } else {
        tagged = this.#long(pos - 1);
        pos = skipVarint(bytes, pos, end);
      }
    }
    const keyLength = prefix + (tagged >>> 3);
    const suffixEnd = pos + (tagged >>> 3);
    if (suffixEnd > end) throw this.#damage('RECORD_TRUNCATED', 'key runs out of its block', start);
    this.valueType = tagged & 7;
    this.valueStart = suffixEnd;

    // Keys must ascend. The first byte beyond the shared prefix decides, unless more is shared than is stored.
    const oldLength = this.keyLength;
    let key = this.key;
    let shared = prefix;
    if (prefix > oldLength) throw this.#damage('PREFIX_LENGTH', `key shares ${prefix} bytes with one of ${oldLength}`, start);
    if (pos === suffixEnd) throw this.#disorder(start);
    if (prefix < oldLength && bytes[pos]! <= key[prefix]!) {
      while (pos < suffixEnd && shared < oldLength && bytes[pos] === key[shared]) {
        pos++;
        shared++;
      }
      if (pos === suffixEnd || (shared < oldLength && bytes[pos]! < key[shared]!)) throw this.#disorder(start);
    }
    this.shared = shared;
    if (keyLength > key.length) key = this.#growKey(keyLength);
    copyShort(bytes, pos, suffixEnd, key, shared);
    this.keyLength = keyLength;

    pos = this.#skipValue(suffixEnd, tagged & 7);
    if (pos > end) throw this.#damage('RECORD_TRUNCATED', 'value runs out of its block', start);
    this.valueEnd = pos;
    return true;
  }

  /**
   * Goes before the first record of `block` whose key is at or past the first `length` bytes of `target`, so that `next`
   * moves to it; or to the block's end where there is none. Whatever the cursor was at before is forgotten. Where the value of that record
   * starts, and its type, are known without the move.
   * @param known bytes of the target that every key of the block is said to start with: the search over its restarts takes that as given
   * @param digests where what that search learns of the block is kept, as that of block number `index`
   * @returns how many bytes of the target the key found and the one before it both start with, and so all between them; if it is the block's first,
   *   only the key found does, and what came before the block is the caller's to know
   * @throws as {@link next}
   */
  seek(
    block: Block,
    target: Uint8Array,
    length = target.length,
    known = 0,
    digests = (block.digests ??= new RestartDigests(1)),
    index = 0,
  ): number {
    this.enter(block);
    this.keyLength = this.shared = 0;
    const { bytes } = block;
    const end = this.#recordsEnd;
    let pos = lastRestartNotAfter(block, target, length, known, digests, index);
    // Bytes of the target that the key passed last has too. The key itself need not be put together.
    let matched = 0;
    let before = known;
    while (pos < end) {
      const start = pos;
      let prefix = bytes[pos++]!;
      if (prefix > 127) {
        prefix = this.#long(start);
        pos = skipVarint(bytes, start, end);
      }
      let tagged = bytes[pos++]!;
      if (tagged > 127) {
        if (bytes[pos]! < 128) {
          tagged = ((tagged - 127) << 7) | bytes[pos++]!;
        } else {
          tagged = this.#long(pos - 1);
          pos = skipVarint(bytes, pos, end);
        }
      }
      const suffixEnd = pos + (tagged >>> 3);
      if (suffixEnd > end) throw this.#damage('RECORD_TRUNCATED', 'key runs out of its block', start);
      // A key that shares more with the one before than the target does sorts with that one: before the target.
      if (prefix <= matched) {
        // All of it is compared, also what is known: an index that is wrong must not lead to a key before the target.
        let at = prefix;
        while (pos < suffixEnd && at < length && bytes[pos] === target[at]) {
          pos++;
          at++;
        }
        if (at === length || (pos < suffixEnd && bytes[pos]! > target[at]!)) {
          this.#stopBefore(start, target, prefix);
          this.valueType = tagged & 7;
          this.valueStart = suffixEnd;
          return Math.min(before, at);
        }
        matched = before = at;
      }
      pos = this.#skipValue(suffixEnd, tagged & 7);
      if (pos > end) throw this.#damage('RECORD_TRUNCATED', 'value runs out of its block', start);
    }
    this.valueEnd = end;
    return before;
  }

  /** Puts the cursor before the record at `start`, of whose key the first `prefix` bytes are known to be the target's. */
  #stopBefore(start: number, target: Uint8Array, prefix: number): void {
    if (prefix > this.key.length) this.#growKey(prefix);
    copyShort(target, 0, prefix, this.key, 0);
    this.keyLength = prefix;
    this.valueEnd = start;
  }

  /** Past the value that starts at `start`, maybe beyond the block's records. */
  #skipValue(start: number, valueType: number): number {
    return this.#type === REF_BLOCK ? this.#skipRef(start, valueType) : this.#skipOther(start, valueType);
  }

  #skipRef(start: number, valueType: number): number {
    const pos = this.bytes[start]! < 128 ? start + 1 : this.#skipNumber(start);
    this.contentStart = pos;
    if (valueType === 1) return pos + this.#idSize;
    if (valueType === 2) return pos + 2 * this.#idSize;
    if (valueType === 3) return this.#skipBytes(pos);
    if (valueType !== 0) throw this.#damage('VALUE_TYPE', `ref of value type ${valueType}`, start);
    return pos;
  }

  #skipOther(start: number, valueType: number): number {
    let pos = start;
    if (this.#type === VALUE_BLOCK) {
      if (this.bytes[start]! < 128) return (this.contentStart = start + 1) + this.bytes[start]!;
      this.contentStart = this.#skipNumber(start);
      return this.#skipBytes(start);
    }
    if (this.#type === LOG_BLOCK) {
      if (valueType === 0) return pos;
      if (valueType !== 1) throw this.#damage('VALUE_TYPE', `log entry of value type ${valueType}`, start);
      pos = this.#skipBytes(this.#skipBytes(pos + 2 * this.#idSize));
      return this.#skipBytes(this.#skipNumber(pos) + 2);
    }
    if (this.#type === OBJECT_BLOCK) {
      let count = valueType;
      if (count === 0) {
        count = this.#long(pos);
        pos = this.#skipNumber(pos);
      }
      while (count-- > 0) pos = this.#skipNumber(pos);
      return pos;
    }
    return this.#skipNumber(pos);
  }

  /** Past a varint that may be of 64 bits. */
  #skipNumber(pos: number): number {
    try {
      return skipVarint(this.bytes, pos, this.#recordsEnd);
    } catch {
      throw this.#damage('RECORD_TRUNCATED', 'number runs out of its block or is of more than 64 bits', pos);
    }
  }

  /** Past a length and as many bytes. */
  #skipBytes(pos: number): number {
    const length = this.#long(pos);
    return this.#skipNumber(pos) + length;
  }

  #long(pos: number): number {
    return lengthAt(this.block!, pos);
  }

  #growKey(length: number): Uint8Array {
    const grown = new Uint8Array(Math.max(length, this.key.length * 2));
    grown.set(this.key.subarray(0, this.keyLength));
    this.key = grown;
    return grown;
  }

  #disorder(offset: number): Error {
    return this.#damage('KEY_ORDER', this.keyLength === 0 ? 'empty key' : 'key is not beyond the key before it', offset);
  }

  #damage(code: string, message: string, offset: number): Error {
    return this.block!.damage(code, message, offset);
  }
}
