import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { BlobSource } from './blob-source.js';
import { BytesSource } from './bytes-source.js';
import { ReadRequest, run, runSync, type Core } from './core.js';
import { FileSource, FileSourceSync } from './file-source.node.js';
import { HttpSource } from './http-source.js';
import { performRead, performReadSync, type BlockSource, type BlockSourceSync } from './source.js';

const SIZE = 100_000;
const content = Uint8Array.from({ length: SIZE }, (_, index) => (index * 31) ^ (index >> 8));

const folder = mkdtempSync(join(tmpdir(), 'reftable-io-'));
const path = join(folder, 'content');
writeFileSync(path, content);
afterAll(() => rmSync(folder, { recursive: true }));

/** The least that a server with ranges does. */
function serve(_: string, { headers }: RequestInit): Promise<Response> {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(new Headers(headers).get('range')!)!;
  const body = content.slice(Number(first), Number(last) + 1);
  const range = `bytes ${first}-${Number(first) + body.length - 1}/${SIZE}`;
  return Promise.resolve(new Response(body, { status: 206, headers: { 'content-range': range } }));
}

/** Asks for ranges one after another, as a table's core does. */
function* readAll(source: BlockSource | BlockSourceSync, ranges: readonly [number, number][]): Core<Uint8Array[]> {
  const answers: Uint8Array[] = [];
  for (const [offset, length] of ranges) {
    const request = new ReadRequest(source, offset, length);
    yield request;
    answers.push(request.bytes);
  }
  return answers;
}

const ranges = fc.array(
  fc.integer({ min: 0, max: SIZE }).chain((offset) => fc.tuple(fc.constant(offset), fc.integer({ min: 0, max: SIZE - offset }))),
  { minLength: 1, maxLength: 8 },
);

function expected(list: readonly [number, number][]): Uint8Array[] {
  return list.map(([offset, length]) => content.subarray(offset, offset + length));
}

describe.each<[string, () => Promise<BlockSource> | BlockSource]>([
  ['BytesSource', () => new BytesSource(content)],
  ['BlobSource', () => new BlobSource(new Blob([content]))],
  ['FileSource', () => FileSource.open(path)],
  ['HttpSource', () => HttpSource.open('http://example.test/content', { fetch: serve })],
])('%s', (_, open) => {
  test('knows its size and gives exactly the bytes asked for, one by one and all at once', async () => {
    const source = await open();
    expect(source.size).toBe(SIZE);
    await fc.assert(
      fc.asyncProperty(ranges, async (list) => {
        const answers = await run(readAll(source, list), performRead);
        const concurrent = await Promise.all(list.map(async ([offset, length]) => source.read(offset, length)));
        for (const [index, bytes] of expected(list).entries()) {
          expect(Buffer.compare(answers[index]!, bytes)).toBe(0);
          expect(Buffer.compare(concurrent[index]!, bytes)).toBe(0);
        }
      }),
      { numRuns: 30 },
    );
    await source.close();
    await source.close();
  });
});

describe.each<[string, () => BlockSourceSync]>([
  ['BytesSource, synchronously', () => new BytesSource(content)],
  ['FileSourceSync', () => FileSourceSync.open(path)],
])('%s', (_, open) => {
  test('knows its size and gives exactly the bytes asked for', () => {
    const source = open();
    expect(source.size).toBe(SIZE);
    fc.assert(
      fc.property(ranges, (list) => {
        const answers = runSync(readAll(source, list), performReadSync);
        for (const [index, bytes] of expected(list).entries()) expect(Buffer.compare(answers[index]!, bytes)).toBe(0);
      }),
      { numRuns: 30 },
    );
    source.closeSync();
    source.closeSync();
  });
});

describe('names, for errors', () => {
  test('are a path, an address without what may be secret in it, what the caller says, or none', async () => {
    expect(new BytesSource(content).name).toBeUndefined();
    expect(new BytesSource(content, 'x.ref').name).toBe('x.ref');
    expect(new BlobSource(new Blob([])).name).toBeUndefined();
    expect(new BlobSource(new File([], 'y.ref')).name).toBe('y.ref');
    expect(new BlobSource(new File([], 'y.ref'), 'z.ref').name).toBe('z.ref');
    expect(FileSourceSync.open(path).name).toBe(path);
    const http = await HttpSource.open(new URL('http://example.test/a/b.ref?token=secret#part'), { fetch: serve });
    expect(http.name).toBe('http://example.test/a/b.ref');
  });
});

describe('performRead', () => {
  /** A source of somebody else's. */
  function source(answer: unknown): BlockSource & BlockSourceSync {
    return {
      size: 10,
      name: 'theirs',
      read: () => answer as Uint8Array,
      readSync: () => answer as Uint8Array,
      close: () => undefined,
      closeSync: () => undefined,
    };
  }

  test('an answer of the wrong length is an error that says so', async () => {
    for (const length of [0, 3, 5]) {
      const wrong = { kind: 'io', code: 'SOURCE_READ', message: `theirs: source gave ${length} bytes instead of 4 at byte 2` };
      const bytes = new Uint8Array(length);
      expect(() => performReadSync(new ReadRequest(source(bytes), 2, 4))).toThrow(expect.objectContaining(wrong));
      expect(() => performRead(new ReadRequest(source(bytes), 2, 4))).toThrow(expect.objectContaining(wrong));
      await expect(performRead(new ReadRequest(source(Promise.resolve(bytes)), 2, 4))).rejects.toMatchObject(wrong);
    }
  });

  test('a promise need not be of the platform', async () => {
    const promise = { then: (resolve: (bytes: Uint8Array) => unknown) => Promise.resolve(new Uint8Array(4)).then(resolve) };
    const request = new ReadRequest(source(promise), 0, 4);
    await performRead(request);
    expect(request.bytes).toEqual(new Uint8Array(4));
  });

  test('bytes that are there at once are taken at once', () => {
    const request = new ReadRequest(source(Uint8Array.of(1, 2)), 0, 2);
    expect(performRead(request)).toBeUndefined();
    expect(request.bytes).toEqual(Uint8Array.of(1, 2));
  });
});

test('BytesSource gives views, not copies', () => {
  const source = new BytesSource(content);
  expect(source.readSync(5, 10).buffer).toBe(content.buffer);
  expect(source.read(5, 10).byteOffset).toBe(content.byteOffset + 5);
});

describe('BlobSource', () => {
  /** A blob over a file that somebody changes, as browsers have them. */
  function changing(fail: () => Promise<ArrayBuffer>): Blob {
    const blob = new Blob([content]);
    blob.slice = () => Object.assign(new Blob(), { arrayBuffer: fail });
    return blob;
  }

  test('that can not be read any more is an error with its cause', async () => {
    const cause = new DOMException('changed on disk', 'NotReadableError');
    const source = new BlobSource(changing(() => Promise.reject(cause)), 'x.ref');
    await expect(source.read(3, 4)).rejects.toMatchObject({ kind: 'io', code: 'SOURCE_READ', file: 'x.ref', offset: 3, cause });
  });

  test('that has become shorter is an error', async () => {
    const source = new BlobSource(changing(() => Promise.resolve(new ArrayBuffer(3))), 'x.ref');
    await expect(source.read(3, 4)).rejects.toMatchObject({ kind: 'io', code: 'SOURCE_READ', file: 'x.ref', offset: 3 });
  });
});
