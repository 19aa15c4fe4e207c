/* The two readers, asked in one way: what each says of a table, as text. */
import { Buffer } from 'node:buffer';
import type { LogRecord, Ref } from '@reftable/block';
import { isReftableError } from '@reftable/varint';
import { openV2 } from './git/git.testing.js';
import { Damage, Unsupported } from './second-reader/bytes.testing.js';
import { Table, type Entry } from './second-reader/container.testing.js';
import { GitTable, type Log, type Ref as SecondRef } from './second-reader/git.testing.js';
import { open } from './sst.testing.js';

/** What a table, or a Git table, can be asked. Each answer is a text for each record, or for what was found. */
export interface Questions {
  open(): readonly string[];
  scan(): readonly string[];
  backwards(): readonly string[];
  get(key: Uint8Array): readonly string[];
  verify(): readonly string[];
  openGit(): readonly string[];
  refs(): readonly string[];
  refsOf(id: Uint8Array): readonly string[];
  logs(): readonly string[];
  verifyGit(): readonly string[];
}

/** What comes of a question: the answer, or how the table is refused. */
export type Outcome = readonly string[] | 'damaged' | 'unsupported';

/** Asks a question. @throws any error but those for tables that are to be refused */
export function outcomeOf(ask: () => readonly string[]): Outcome {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Damage || isReftableError(error, 'format')) return 'damaged';
    if (error instanceof Unsupported || isReftableError(error, 'unsupported')) return 'unsupported';
    throw error;
  }
}

/** The reader of this package. */
export function firstReader(bytes: Uint8Array): Questions {
  return {
    open: () => [`${open(bytes).info.blockSize} ${hex(open(bytes).info.metadata)}`],
    scan: () => [...open(bytes).records()].map(entryText),
    backwards: () => [...open(bytes).records({ reverse: true })].map(entryText),
    get: (key) => [open(bytes).get(key)].map(entryText),
    verify: () => [String(open(bytes).verify().dataBlocks)],
    openGit: () => {
      const { gitStorage, hash, minUpdateIndexExact, maxUpdateIndexExact } = openV2(bytes).info;
      return [`${gitStorage} ${hash} ${minUpdateIndexExact} ${maxUpdateIndexExact}`];
    },
    refs: () => [...openV2(bytes).refs({ tombstones: true })].map(refText),
    refsOf: (id) => openV2(bytes).refsByObject(id).map(refText),
    logs: () => [...openV2(bytes).logs({ tombstones: true })].map(logText),
    verifyGit: () => [String(openV2(bytes).verify().dataBlocks)],
  };
}

/** The one that was written from SPEC.md alone. */
export function secondReader(bytes: Uint8Array): Questions {
  const table = (): Table => new Table(bytes);
  const git = (): GitTable => new GitTable(table());
  return {
    open: () => [`${table().footer.blockSize} ${hex(table().footer.metadata)}`],
    scan: () => table().entries().map(entryText),
    backwards: () => [...table().backwards()].map(entryText),
    get: (key) => [table().get(key)].map(entryText),
    verify: () => {
      table().verify();
      return [String([...table().dataBlocks()].length)];
    },
    openGit: () => {
      const { storage, hash, least, greatest } = git().metadata;
      return [`${storage} ${hash} ${least} ${greatest}`];
    },
    refs: () => git().refs().map(secondRefText),
    refsOf: (id) => git().refsOf(id).map(secondRefText),
    logs: () => git().logs().map(secondLogText),
    verifyGit: () => {
      git().verify();
      return [String([...table().dataBlocks()].length)];
    },
  };
}

function hex(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('hex');
}

function entryText(entry: Entry | undefined): string {
  return entry === undefined ? 'none' : `${hex(entry.key)} ${entry.extra} ${hex(entry.value)}`;
}

function refText(ref: Ref): string {
  const start = `${hex(ref.nameBytes ?? ref.name)} ${ref.updateIndexExact ?? ref.updateIndex} ${ref.kind}`;
  switch (ref.kind) {
    case 'deletion':
      return start;
    case 'direct':
      return `${start} ${ref.oid}`;
    case 'peeled':
      return `${start} ${ref.oid} ${ref.peeled}`;
    case 'symbolic':
      return `${start} ${hex(ref.targetBytes ?? ref.target)}`;
  }
}

function secondRefText({ name, updateIndex, value }: SecondRef): string {
  const start = `${hex(name)} ${updateIndex} ${value.kind}`;
  switch (value.kind) {
    case 'deletion':
      return start;
    case 'direct':
      return `${start} ${hex(value.oid)}`;
    case 'peeled':
      return `${start} ${hex(value.oid)} ${hex(value.peeled)}`;
    case 'symbolic':
      return `${start} ${hex(value.target)}`;
  }
}

function logText(log: LogRecord): string {
  const start = `${hex(log.refBytes ?? log.ref)} ${log.updateIndexExact ?? log.updateIndex}`;
  if (log.kind === 'deletion') return start;
  const texts = [log.nameBytes ?? log.name, log.emailBytes ?? log.email, log.messageBytes ?? log.message].map(hex);
  return [start, log.oldOid, log.newOid, ...texts, log.timeExact ?? log.time, log.timeZone].join(' ');
}

function secondLogText({ name, updateIndex, update }: Log): string {
  const start = `${hex(name)} ${updateIndex}`;
  if (update === undefined) return start;
  return [start, ...[update.old, update.new, update.name, update.email, update.message].map(hex), update.time, update.tz].join(' ');
}
