/* The logs that the Rust crate wrote, and what it says of those that are damaged or put together by hand. */
import { damagedSstLogs, sstLogs, type SstError } from '@reftable/conformance';
import { BlobSource, BytesSource } from '@reftable/io';
import { describe, expect, test } from 'vitest';
import { LogReader, LogReaderSync, logToSetsum, logToSetsumSync } from './index.js';
import { plain, readAll, texts } from './sst-log.testing.js';

describe.each(sstLogs())('golden log $name', ({ bytes, entries, batches, setsum }) => {
  test('reads to exactly the expected entries and setsum', () => {
    const found = readAll(bytes);
    expect(found.error).toBeUndefined();
    expect(texts(found.entries)).toEqual(texts(entries));
    expect(found.end).toBe(bytes.length);
    expect(logToSetsumSync(new LogReaderSync(new BytesSource(bytes))).hex()).toBe(setsum);
  });

  test('reads the same asynchronously, and batch by batch as it was appended', async () => {
    const reader = new LogReader(new BlobSource(new Blob([Uint8Array.from(bytes)])));
    const found: string[][] = [];
    for await (const batch of reader.batches()) found.push(texts(batch.map(plain)));
    expect(found).toEqual(batches.map(texts));
    expect((await logToSetsum(new LogReader(new BlobSource(new Blob([Uint8Array.from(bytes)]))))).hex()).toBe(setsum);
  });
});

/** What an error of the crate is called here; it can be one of two where the crate has one name for both. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  'system-error': ['LOG_TRUNCATED'],
  'corruption-truncation-no-second-header': ['LOG_TRUNCATED'],
  'corruption-true-up-exceeds-header-max': ['FRAME_PADDING'],
  'corruption-invalid-discriminant': ['FRAME_DISCRIMINANT'],
  'corruption-crc-checksum-failed': ['FRAME_CRC'],
  'corruption-header-size-exceeds-max': ['FRAME_HEADER'],
  'corruption-entry-size-exceeds-max': ['FRAME_SIZE'],
  'corruption-shared-not-zero': ['ENTRY_SHARED'],
  'unpack-log-header': ['MESSAGE'],
  'unpack-key-value-entry': ['MESSAGE'],
  'empty-batch': ['BATCH_EMPTY'],
};

function codeOf(error: SstError | undefined): readonly (string | undefined)[] {
  return error === undefined ? [undefined] : CODES[error.code]!;
}

describe.each(damagedSstLogs())('$name: $description', ({ name, bytes, outcome }) => {
  test("compat: 'crate' gives the crate's verdict, and the entries before it", () => {
    const { entries, error } = readAll(bytes, { compat: 'crate' });
    expect(codeOf(outcome.error)).toContain(error?.code);
    expect(texts(entries)).toEqual(texts(outcome.entries));
  });

  test('strictly read, it is the same but where padding is not zero or a key too long', () => {
    const { entries, error } = readAll(bytes);
    const stricter = { 'padding-not-zero': ['FRAME_PADDING', 31], 'pad19-tail-not-zero': ['FRAME_PADDING', 32], 'kv-key-over-limit': ['KEY_SIZE', 1] } as const;
    if (Object.hasOwn(stricter, name)) {
      expect([error?.code, entries.length]).toEqual(stricter[name as keyof typeof stricter]);
    } else {
      expect(codeOf(outcome.error)).toContain(error?.code);
      expect(texts(entries)).toEqual(texts(outcome.entries));
    }
  });

  test('an error has its offset, and is final', () => {
    const reader = new LogReaderSync(new BytesSource(bytes));
    const failures: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      try {
        while (reader.next() || reader.load());
      } catch (error) {
        expect(error).toMatchObject({ kind: 'format', offset: expect.any(Number) as number });
        failures.push(error);
      }
    }
    expect(new Set(failures).size).toBe(failures.length === 0 ? 0 : 1);
    expect([0, 3]).toContain(failures.length);
  });
});
