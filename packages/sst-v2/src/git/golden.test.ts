/* The golden tables are what they say, and what is to be refused is. */
import type { LogInput, RefInput } from '@reftable/block';
import { bytesOf, exact, refusedSstV2Tables, sstV2GitTables, sstV2Tables, type LogRecord, type RefRecord } from '@reftable/conformance';
import { BytesSource } from '@reftable/io';
import { writeTable } from '@reftable/table';
import { getU16, type ReftableError } from '@reftable/varint';
import { describe, expect, test } from 'vitest';
import { openSstSync } from '../sst.js';
import type { GitTableSync } from './git-table.js';
import { contentOf, openV1, openV2 } from './git.testing.js';

test.each(sstV2Tables())('$name: $description', ({ bytes, metadata, entries }) => {
  const table = openSstSync(new BytesSource(bytes));
  expect([...table.records()]).toEqual(entries);
  expect(table.info.metadata).toEqual(metadata);
  expect(table.verify().records).toBe(entries.length);
});

test.each(sstV2GitTables())('$name: $description', ({ bytes, gitStorage, hash, minUpdateIndex, maxUpdateIndex, refs, logs }) => {
  const table = openV2(bytes);
  const limits = { minUpdateIndex: exact(minUpdateIndex), maxUpdateIndex: exact(maxUpdateIndex) };
  const inGitsFormat = writeTable({ refs: refs.map(refInput), logs: logs.map(logInput) }, { ...limits, hash, exactLogMessages: true });
  expect(contentOf(table)).toEqual(contentOf(openV1(inGitsFormat)));
  expect(table.info).toMatchObject({ gitStorage, hash, minUpdateIndexExact: exact(minUpdateIndex), maxUpdateIndexExact: exact(maxUpdateIndex) });
  table.verify();
});

function refInput(ref: RefRecord): RefInput {
  const base = { name: bytesOf(ref, 'name'), updateIndex: exact(ref.updateIndex) };
  return ref.kind === 'symbolic' ? { ...base, kind: ref.kind, target: bytesOf(ref, 'target') } : { ...ref, ...base };
}

function logInput(log: LogRecord): LogInput {
  const base = { ref: bytesOf(log, 'ref'), updateIndex: exact(log.updateIndex) };
  if (log.kind === 'deletion') return { ...base, kind: log.kind };
  const { kind, old: oldOid, new: newOid, tz: timeZone } = log;
  const texts = { name: bytesOf(log, 'name'), email: bytesOf(log, 'email'), message: bytesOf(log, 'message') };
  return { ...base, ...texts, kind, oldOid, newOid, time: exact(log.time), timeZone };
}

/** Which are refused with which code. */
const CODES: Readonly<Record<string, string>> = {
  BLOCK_CRC: 'block-checksum checksum-before-codec',
  BLOCK_DEFLATE: 'body-size bomb body-limit bytes-behind-stream stream larger-body',
  BLOCK_LENGTH: 'block-size small-block padding-beyond-data other-block-size root-not-last root-size',
  CODEC: 'codec',
  FILE_TOO_SHORT: 'too-short',
  FOOTER_CRC: 'footer-checksum',
  FOOTER_SIZE: 'footer-size',
  GIT_STORAGE: 'git-storage-4',
  HASH_ID: 'git-hash',
  INDEX_KEY: 'index-key index-key-above',
  INDEX_LEVEL: 'index-level-255 index-levels-differ index-level-gap',
  INDEX_POSITION: 'index-size index-forward index-first index-order',
  INDEX_VALUE: 'index-level index-extra index-value',
  KEY_ORDER: 'key-order equal-keys empty-key order-across-blocks git-ref-unnamed git-log-short',
  LIMITS: 'git-limits',
  LOG_KEY: 'git-log-zero git-log-no-zero',
  MAGIC: 'cut',
  METADATA: 'git-metadata-cut git-no-metadata',
  OBJECT_ID_LENGTH: 'git-object-id git-object-none git-object-missing git-id-length',
  OBJECT_POSITION: 'git-object-twice git-object-beyond git-object-nowhere',
  PADDING: 'padding',
  PREFIX_LENGTH: 'first-prefix prefix',
  RECORD_TRUNCATED: 'suffix value varint varint-65-bits',
  RESTART_COUNT: 'no-restarts too-many-restarts',
  RESTART_OFFSET: 'restart-offset restart-not-whole restart-in-record restarts-not-ascending restart-beyond',
  ROOT_POSITION: 'root-beyond root-zero root-in-footer root-64-bits',
  STATISTICS: 'git-statistics',
  UPDATE_INDEX: 'git-ref-older git-ref-newer git-log-newer',
  VALUE_LENGTH: 'git-ref-longer git-ref-shorter git-log-tombstone git-log-longer',
  VALUE_TYPE: 'git-ref-type git-log-type',
  VERSION: 'version-2 experiment version-128',
};

describe('refused', () => {
  test.each(refusedSstV2Tables())('$name: $description', ({ name, bytes, kind, step }) => {
    const isGits = ['open-git', 'records'].includes(step) || [2, 3].includes(bytes[bytes.length - getU16(bytes, bytes.length - 10) + 16]!);
    const steps: [string, () => unknown][] = [
      ['open', () => openSstSync(new BytesSource(bytes))],
      ['open-git', () => isGits && openV2(bytes)],
      ['scan', () => [...openSstSync(new BytesSource(bytes)).records()]],
      ['records', () => isGits && allRecords(openV2(bytes))],
      ['verify', () => (isGits ? openV2(bytes) : openSstSync(new BytesSource(bytes))).verify()],
    ];
    const [first] = steps.flatMap(([at, act]) => {
      try {
        act();
        return [];
      } catch (error) {
        const { code, kind } = error as Partial<ReftableError>;
        return [{ step: at, kind, code }];
      }
    });
    const [code] = Object.entries(CODES).find(([, names]) => names.split(' ').includes(name))!;
    // It shows at its own step: not after it, and not before.
    expect(first).toEqual({ step, kind: kind === 'damaged' ? 'format' : 'unsupported', code });
  });
});

/** Every record of a Git table: refs and logs as they are read, all others block by block. */
function allRecords(table: GitTableSync): void {
  contentOf(table);
  for (const { level, position } of table.sst.blocks()) if (level === 0) table.recordsIn(position);
}
