/* The golden tables are what they say, and what is to be refused is. */
import type { LogInput, RefInput } from '@reftable/block';
import { bytesOf, exact, refusedSstV2Tables, sstV2GitTables, sstV2Tables, type LogRecord, type RefRecord } from '@reftable/conformance';
import { BytesSource } from '@reftable/io';
import { writeTable } from '@reftable/table';
import { describe, expect, test } from 'vitest';
import { openSstSync } from '../sst.js';
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

describe('refused', () => {
  const steps = ['open', 'open-git', 'scan', 'verify'] as const;

  test.each(refusedSstV2Tables())('$name: $description', ({ bytes, kind, step }) => {
    let done: string | undefined;
    try {
      const table = openSstSync(new BytesSource(bytes));
      done = step === 'scan' ? 'open-git' : 'open';
      if (step === 'open-git') openV2(bytes);
      done = 'open-git';
      Array.from(table.records());
      done = 'scan';
      table.verify();
      done = 'verify';
    } catch (error) {
      expect((error as { kind?: string }).kind).toBe(kind === 'damaged' ? 'format' : 'unsupported');
    }
    // It shows at its own step: not after it, and not before.
    expect(done).toBe(steps[steps.indexOf(step) - 1]);
  });
});
