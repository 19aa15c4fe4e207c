import { decodeRef, decodeString, REF_DELETION, REF_DIRECT, REF_PEELED, refUpdateIndex, type Ref } from '@reftable/block';
import type { CursorCore } from '@reftable/io';
import type { RefView } from '@reftable/table';
import { hasBytesAt } from '@reftable/varint/bytes';
import type { SstCursor } from '../sst-cursor.js';
import { GitCursor } from './git-cursor.js';
import { REF_KEY } from './key.js';
import { checkRefValue } from './value.js';

/** Update indexes are stored whole: the least in the table is not known until its end. */
const BASE = 0;

/** A cursor over a Git table's refs. */
export class GitRefCursor extends GitCursor implements CursorCore<RefView>, RefView {
  #contentStart = 0;

  constructor(cursor: SstCursor, idSize: number) {
    super(cursor, REF_KEY, idSize);
  }

  get record(): RefView {
    return this;
  }
  get isDeletion(): boolean {
    return this.at.valueType === REF_DELETION;
  }
  get contentStart(): number {
    return this.#contentStart;
  }
  get name(): string {
    return decodeString(this.at.key, 1, this.at.keyLength);
  }
  get updateIndex(): number {
    const index = refUpdateIndex(this, BASE);
    return typeof index === 'number' ? index : Number.MAX_SAFE_INTEGER;
  }
  get updateIndexExact(): bigint {
    return BigInt(refUpdateIndex(this, BASE));
  }
  mentions(id: Uint8Array): boolean {
    const { bytes, valueType } = this.at;
    if (valueType !== REF_DIRECT && valueType !== REF_PEELED) return false;
    return hasBytesAt(bytes, this.#contentStart, id) || (valueType === REF_PEELED && hasBytesAt(bytes, this.#contentStart + id.length, id));
  }
  ref(name?: string): Ref {
    return decodeRef(this, BASE, this.idSize, name);
  }

  protected override check(): void {
    this.#contentStart = checkRefValue(this.at, this.idSize);
  }
}
