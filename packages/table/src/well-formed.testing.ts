/* What a record must be, whatever a table's bytes are; and as a line, so that answers can be held against one another. */
import { Buffer } from 'node:buffer';
import { isBlockType, type Block, type LogRecord, type Ref } from '@reftable/block';
import { MAX_U64, putU64 } from '@reftable/varint';
import type { LogView, RefView } from './reader-core.js';

/** A record that is well formed: as a line, and with its key in the order of the list that it stands in. */
export interface Judged {
  readonly line: string;
  readonly key?: Uint8Array;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** @param digits of an object id in hex, here and below */
export function judgeRef(ref: Ref, digits: number): Judged {
  let line = `${ref.kind} ${text(ref.name, ref.nameBytes)} ${number(ref.updateIndex, ref.updateIndexExact)}`;
  if (ref.kind === 'direct' || ref.kind === 'peeled') line += ` ${oid(ref.oid, digits)}`;
  if (ref.kind === 'peeled') line += ` ${oid(ref.peeled, digits)}`;
  if (ref.kind === 'symbolic') line += ` ${text(ref.target, ref.targetBytes)}`;
  return { line, key: ref.nameBytes ?? Buffer.from(ref.name) };
}

export function judgeLog(log: LogRecord, digits: number): Judged {
  const index = number(log.updateIndex, log.updateIndexExact);
  // In a key, the first zero byte ends the name.
  if (log.ref.length === 0 || log.ref.includes('\0')) throw new Error(`log of ${JSON.stringify(log.ref)}`);
  let line = `${log.kind} ${text(log.ref, log.refBytes)} ${index}`;
  if (log.kind === 'update') {
    const { timeZone } = log;
    if (!Number.isInteger(timeZone) || timeZone < -0x8000 || timeZone > 0x7fff) throw new Error(`time zone ${timeZone}`);
    line += ` ${oid(log.oldOid, digits)} ${oid(log.newOid, digits)} ${text(log.name, log.nameBytes)} ${text(log.email, log.emailBytes)}`;
    line += ` ${number(log.time, log.timeExact)} ${timeZone} ${text(log.message, log.messageBytes)}`;
  }
  const suffix = new Uint8Array(9);
  putU64(suffix, 1, MAX_U64 - BigInt(index));
  return { line, key: Buffer.concat([log.refBytes ?? Buffer.from(log.ref), suffix]) };
}

/** What a cursor shows of a record without making an object of it. */
export function judgeView(view: RefView | LogView): Judged {
  const { key, keyLength, shared, updateIndex, updateIndexExact, isDeletion, name } = view;
  if (updateIndexExact < 0n || updateIndexExact > MAX_U64) throw new Error(`update index ${updateIndexExact}`);
  if (keyLength <= 0 || keyLength > key.length || shared >= keyLength) throw new Error(`key of ${keyLength} bytes, ${shared} of them shared`);
  return { line: `${isDeletion} ${number(updateIndex, undefined)} ${updateIndexExact} ${text(name, undefined)}`, key: key.slice(0, keyLength) };
}

/** @param size of the file */
export function judgeBlock({ type, position, sizeOnDisk, bytes, end }: Block, size: number): Judged {
  if (!isBlockType(type)) throw new Error(`block of type ${String(type)}`);
  const past = position + sizeOnDisk;
  if (sizeOnDisk <= 0 || end < past || past > size) throw new Error(`block from ${position} to ${past}, and with its padding to ${end}`);
  const key = new Uint8Array(8);
  putU64(key, 0, position);
  return { line: `${String.fromCharCode(type)} ${position} ${sizeOnDisk} ${bytes.length}`, key };
}

function oid(hex: string, digits: number): string {
  if (hex.length !== digits || !/^[0-9a-f]*$/.test(hex)) throw new Error(`object id ${hex}`);
  return hex;
}

function number(value: number, exact: bigint | undefined): number | bigint {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`number ${value}`);
  if (exact === undefined) return value;
  if (exact <= MAX_SAFE || exact > MAX_U64 || value !== Number.MAX_SAFE_INTEGER) throw new Error(`number ${exact}, or ${value}`);
  return exact;
}

function text(value: string, exact: Uint8Array | undefined): string {
  if (typeof value !== 'string' || exact?.length === 0) throw new Error('text');
  return exact === undefined ? value : Buffer.from(exact).toString('latin1');
}
