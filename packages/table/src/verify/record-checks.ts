/* What is checked in records that their block gives whole. */
import {
  cheapest,
  decodeIndexPosition,
  decodeLog,
  decodeString,
  logNameLength,
  logUpdateIndex,
  REF_DIRECT,
  REF_PEELED,
  REF_SYMBOLIC,
  refUpdateIndex,
  type BlockCursor,
  type LogUpdate,
} from '@reftable/block';
import { decodeObjectPositions } from '@reftable/block/object-index';
import { decodeVarint } from '@reftable/varint';
import type { Header } from '../header.js';
import type { Findings } from './finding.js';
import type { ObjectSums } from './object-sums.js';
import { offsetOf } from './place.js';
import { refNameFault } from './ref-name.js';

/** Looks at records of one kind. */
export interface RecordCheck {
  /** Looks at the record that the cursor is at. @throws what decoding it throws */
  record(cursor: BlockCursor): void;
  /** Looks at what there is to be seen at the end of a block. */
  endBlock?(position: number): void;
}

/** Object ids, update indexes, names. */
export class RefCheck implements RecordCheck {
  readonly #findings: Findings;
  /** Undefined: there is no object section to hold the refs against. */
  readonly #sums: ObjectSums | undefined;
  readonly #idSize: number;
  readonly #min: number | bigint;
  readonly #max: number | bigint;

  constructor(header: Header, idSize: number, sums: ObjectSums | undefined, findings: Findings) {
    this.#findings = findings;
    this.#sums = sums;
    this.#idSize = idSize;
    this.#min = cheapest(header.minUpdateIndex);
    this.#max = cheapest(header.maxUpdateIndex);
  }

  record(cursor: BlockCursor): void {
    const { key, keyLength, valueType, contentStart } = cursor;
    if (valueType === REF_DIRECT || valueType === REF_PEELED) {
      this.#id(cursor, contentStart);
      if (valueType === REF_PEELED) this.#id(cursor, contentStart + this.#idSize);
    }
    const fault = refNameFault(key, 0, keyLength);
    if (fault !== undefined) this.#add('REF_NAME', fault, cursor);
    if (valueType === REF_SYMBOLIC) this.#target(cursor);
    const updateIndex = refUpdateIndex(cursor, this.#min);
    if (updateIndex > this.#max) this.#add('UPDATE_INDEX', `has update index ${updateIndex}, above the table's highest, ${this.#max}`, cursor);
  }

  endBlock(position: number): void {
    this.#sums?.endRefBlock(position);
  }

  #id(cursor: BlockCursor, start: number): void {
    const { bytes } = cursor;
    if (this.#sums?.mention(bytes, start) === false) this.#add('OBJECT_ID_SHORT', 'holds an object id that begins as another one does, as far as the object section tells them apart', cursor);
    let at = start;
    while (at < start + this.#idSize && bytes[at] === 0) at++;
    if (at === start + this.#idSize) this.#add('NULL_ID', 'holds an object id of zeros', cursor);
  }

  #target(cursor: BlockCursor): void {
    const end = cursor.valueEnd;
    const start = end - decodeVarint(cursor.bytes, cursor.contentStart, end);
    const fault = refNameFault(cursor.bytes, start, end);
    if (fault !== undefined) this.#add('REF_TARGET', `points at a name that ${fault}`, cursor);
  }

  #add(code: 'REF_NAME' | 'REF_TARGET' | 'UPDATE_INDEX' | 'NULL_ID' | 'OBJECT_ID_SHORT', what: string, cursor: BlockCursor): void {
    this.#findings.add(code, `ref ${nameOf(cursor, cursor.keyLength)} ${what}`, offsetOf(cursor));
  }
}

/** What Git's identities never have. */
const IDENTITY_CRUD = /[<>\n\0]/;

/** Keys, names, who, when and what. */
export class LogCheck implements RecordCheck {
  readonly #findings: Findings;
  readonly #idSize: number;
  readonly #max: bigint;

  constructor(header: Header, idSize: number, findings: Findings) {
    this.#findings = findings;
    this.#idSize = idSize;
    this.#max = header.maxUpdateIndex;
  }

  record(cursor: BlockCursor): void {
    const nameLength = logNameLength(cursor);
    // Once for each log.
    if (cursor.shared <= nameLength) {
      const fault = refNameFault(cursor.key, 0, nameLength);
      if (fault !== undefined) this.#add('REF_NAME', fault, cursor, nameLength);
    }
    const log = decodeLog(cursor, this.#idSize);
    if (log.kind === 'deletion') return;
    // Older entries are there legally: Git writes them again when it expires others. Newer tombstones too.
    const updateIndex = logUpdateIndex(cursor);
    if (updateIndex > this.#max) this.#add('UPDATE_INDEX', `has an entry of update index ${updateIndex}, above the table's highest, ${this.#max}`, cursor, nameLength);
    const entry = `has an entry (update index ${updateIndex})`;
    if (IDENTITY_CRUD.test(log.name + log.email)) this.#add('LOG_IDENTITY', `${entry} by ${JSON.stringify(`${log.name} <${log.email}>`)}`, cursor, nameLength);
    if (!isTimeZone(log)) this.#add('TIME_ZONE', `${entry} of time zone ${log.timeZone}`, cursor, nameLength);
    const newline = log.message.indexOf('\n');
    if (newline >= 0 && newline < log.message.length - 1) this.#add('LOG_MESSAGE', `${entry} with a message of several lines`, cursor, nameLength);
  }

  #add(code: 'REF_NAME' | 'UPDATE_INDEX' | 'LOG_IDENTITY' | 'TIME_ZONE' | 'LOG_MESSAGE', what: string, cursor: BlockCursor, nameLength: number): void {
    this.#findings.add(code, `log of ${nameOf(cursor, nameLength)} ${what}`, offsetOf(cursor));
  }
}

/** Whether a time zone is one: up to 14 hours from Greenwich, be it Git's decimal or JGit's minutes. */
function isTimeZone({ timeZone }: LogUpdate): boolean {
  const size = Math.abs(timeZone);
  return size <= 14 * 60 || (size <= 1400 && size % 100 < 60);
}

/** Lengths of ids, and the ref blocks that they lead to. */
export class ObjectCheck implements RecordCheck {
  readonly #sums: ObjectSums | undefined;
  readonly #idLength: number | undefined;
  readonly #refsEnd: number;

  /** @param idLength bytes of an id, as the footer says; @param refsEnd where the ref blocks end */
  constructor(idLength: number | undefined, refsEnd: number, sums: ObjectSums | undefined) {
    this.#sums = sums;
    this.#idLength = idLength;
    this.#refsEnd = refsEnd;
  }

  record(cursor: BlockCursor): void {
    if (this.#idLength !== undefined && cursor.keyLength !== this.#idLength) {
      throw cursor.block!.damage('OBJECT_ID_LENGTH', `object id of ${cursor.keyLength} bytes, where the footer says ${this.#idLength}`, cursor.valueStart);
    }
    const positions = decodeObjectPositions(cursor, this.#refsEnd);
    this.#sums?.object(cursor.key, positions);
  }
}

/** That a record leads to a block before its own; to which, is held against the blocks themselves. */
export const indexCheck: RecordCheck = { record: decodeIndexPosition };

function nameOf(cursor: BlockCursor, length: number): string {
  return JSON.stringify(decodeString(cursor.key, 0, length));
}
