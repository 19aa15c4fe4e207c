import type { KeyView } from '@reftable/io';

/** The record that a cursor is at. */
export interface SstView extends KeyView {
  /** The 3 bits beside the key's length. What they mean is up to who wrote the table. */
  readonly extra: number;
  /** The value: a view into the block, which lasts, but must not be changed. Made when it is asked for. */
  readonly value: Uint8Array;
  /** Never: the container knows nothing of tombstones. */
  readonly isDeletion: false;
  /** All of it, as a plain object. */
  toRecord(): SstRecord;
}

/** A record, as a plain object. Its bytes are copies. */
export interface SstRecord {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** 3 bits, whose meaning is up to who wrote the table. */
  readonly extra: number;
}

/** Where a cursor within a block keeps the record that it is at. */
interface AtValue {
  readonly bytes: Uint8Array;
  readonly key: Uint8Array;
  readonly keyLength: number;
  readonly shared: number;
  readonly valueType: number;
  readonly contentStart: number;
  readonly valueEnd: number;
}

/** A cursor that shows, as its record, itself: that at which a cursor within a block is. */
export abstract class SstRecordCursor implements SstView {
  protected abstract readonly at: AtValue;
  readonly isDeletion = false;

  get record(): SstView {
    return this;
  }
  get key(): Uint8Array {
    return this.at.key;
  }
  get keyLength(): number {
    return this.at.keyLength;
  }
  get shared(): number {
    return this.at.shared;
  }
  get extra(): number {
    return this.at.valueType;
  }
  get value(): Uint8Array {
    return this.at.bytes.subarray(this.at.contentStart, this.at.valueEnd);
  }
  toRecord(): SstRecord {
    const { key, keyLength } = this.at;
    return { key: key.slice(0, keyLength), value: this.value.slice(), extra: this.extra };
  }
}
