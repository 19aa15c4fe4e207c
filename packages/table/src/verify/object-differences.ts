import { BlockCursor, REF_DIRECT, REF_PEELED, toHex, type BlockType } from '@reftable/block';
import { decodeObjectPositions } from '@reftable/block/object-index';
import { ReadAhead, type Core } from '@reftable/io';
import type { BlockStore } from '../block-store.js';
import type { Findings } from './finding.js';
import { idHash } from './id-hash.js';
import { bucketOf, type ObjectSums } from './object-sums.js';
import { offsetOf } from './place.js';

/** So many pairs of an id and a block are held in memory, to name those that differ. */
const MAX_PAIRS = 1 << 16;

/** The blocks of a section, those of its index not among them. */
export interface Extent {
  readonly type: BlockType;
  readonly start: number;
  readonly end: number;
}

/** An object record. */
interface Listed {
  /** Where it is in the file. */
  readonly offset: number;
  /** The blocks that it lists, and whether a ref there mentions the id; undefined: any block may. */
  readonly blocks: Map<number, boolean> | undefined;
}

/** Names what differs between the refs and the object section, if anything does. Both could be read without damage. */
export class ObjectDifferences {
  readonly #store: BlockStore;
  readonly #cursor: BlockCursor;
  readonly #idSize: number;
  readonly #sums: ObjectSums;
  readonly #findings: Findings;
  readonly #records = new Map<string, Listed>();
  #wanted = new Set<number>();

  constructor(store: BlockStore, idSize: number, sums: ObjectSums, findings: Findings) {
    this.#store = store;
    this.#cursor = new BlockCursor(idSize);
    this.#idSize = idSize;
    this.#sums = sums;
    this.#findings = findings;
  }

  /** Goes over both sections again, if that is called for. */
  *report(refs: Extent, objects: Extent): Core<void> {
    this.#choose();
    if (this.#wanted.size === 0) return;
    yield* this.#scan(objects, (cursor) => this.#object(cursor, refs.end));
    yield* this.#scan(refs, (cursor, position) => this.#ref(cursor, position));
    for (const [id, { offset, blocks = [] }] of this.#records) {
      for (const [position, isThere] of blocks) {
        if (!isThere) this.#findings.add('OBJECT_EXTRA', `object record of ${id} names a ref block at ${position}, where no ref holds such an id`, offset, 'objects');
      }
    }
  }

  /** Picks as many of the suspicious buckets as there is room for. */
  #choose(): void {
    let room = MAX_PAIRS;
    let isCut = false;
    for (const { bucket, listed, differs } of this.#sums.suspects()) {
      room -= listed;
      if (room >= 0) this.#wanted.add(bucket);
      else isCut ||= differs;
    }
    if (isCut) this.#findings.add('OBJECTS_DIFFER', 'the object section is not what the refs make, in more places than are looked at one by one', undefined, 'objects');
  }

  #object(cursor: BlockCursor, refsEnd: number): void {
    const { idLength } = this.#sums;
    if (!this.#isWanted(cursor.key, 0)) return;
    const positions = decodeObjectPositions(cursor, refsEnd);
    const blocks = positions && new Map(positions.map((position) => [position, false]));
    this.#records.set(toHex(cursor.key, 0, idLength), { offset: offsetOf(cursor), blocks });
  }

  #ref(cursor: BlockCursor, position: number): void {
    const { bytes, contentStart, valueType } = cursor;
    if (valueType !== REF_DIRECT && valueType !== REF_PEELED) return;
    this.#mention(bytes, contentStart, position);
    if (valueType === REF_PEELED) this.#mention(bytes, contentStart + this.#idSize, position);
  }

  #mention(bytes: Uint8Array, start: number, position: number): void {
    if (!this.#isWanted(bytes, start)) return;
    const id = toHex(bytes, start, start + this.#sums.idLength);
    const record = this.#records.get(id);
    if (record?.blocks?.has(position) === true) record.blocks.set(position, true);
    else if (record === undefined || record.blocks !== undefined) {
      this.#findings.add('OBJECT_MISSING', `no object record of ${id} names the ref block at ${position}, where a ref holds such an id`, position, 'objects');
    }
  }

  #isWanted(bytes: Uint8Array, start: number): boolean {
    return this.#wanted.has(bucketOf(idHash(bytes, start, this.#sums.idLength)));
  }

  *#scan({ type, start, end }: Extent, visit: (cursor: BlockCursor, position: number) => void): Core<void> {
    const cursor = this.#cursor;
    cursor.reset();
    let ahead = 0;
    for (let position = start; position < end; ) {
      const block = yield* this.#store.scan(position, ahead);
      ahead = ReadAhead.next(ahead);
      if (block.type !== type) return;
      cursor.enter(block);
      while (cursor.next()) visit(cursor, position);
      position = block.end;
    }
  }
}
