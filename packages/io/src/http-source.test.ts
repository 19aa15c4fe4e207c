import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { isReftableError } from '@reftable/varint';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HttpSource, type HttpFetch } from './http-source.js';

const START = 16_384;
const NEAR = 16_384;

function bytesOf(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8)) * seed);
}

/** A file server on this machine, with what its tests want to know of it and to change. */
class Site {
  content = bytesOf(1_000_000);
  etag: string | undefined = '"v1"';
  modified: string | undefined;
  /** What was asked for, in order: "0-99", or "all". */
  readonly asked: string[] = [];
  readonly requests: IncomingMessage[] = [];
  /** Takes the place of the answer, where it is set. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  readonly #server: Server = createServer((request, response) => {
    const range = /^bytes=(\d+-\d+)$/.exec(request.headers.range ?? '')?.[1];
    this.asked.push(range ?? 'all');
    this.requests.push(request);
    (this.answer ?? this.serve)(request, response);
  });

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/table.ref`;
  }

  validators(): Record<string, string> {
    return {
      ...(this.etag === undefined ? {} : { etag: this.etag }),
      ...(this.modified === undefined ? {} : { 'last-modified': this.modified }),
    };
  }

  /** As a sound server does it, If-Range included. */
  readonly serve = (request: IncomingMessage, response: ServerResponse): void => {
    const { length } = this.content;
    const condition = request.headers['if-range'];
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (range === null || (condition !== undefined && condition !== this.etag)) {
      response.writeHead(200, { ...this.validators(), 'content-length': length });
      response.end(this.content);
      return;
    }
    const first = Number(range[1]);
    const last = Math.min(Number(range[2]), length - 1);
    if (first >= length) {
      response.writeHead(416, { ...this.validators(), 'content-range': `bytes */${length}` });
      response.end();
      return;
    }
    const headers = { ...this.validators(), 'content-range': `bytes ${first}-${last}/${length}`, 'content-length': last - first + 1 };
    response.writeHead(206, headers);
    response.end(this.content.subarray(first, last + 1));
  };
}

let site: Site;
beforeEach(async () => {
  site = new Site();
  await site.start();
});
afterEach(() => site.stop());

/** What was asked for since the opening. */
function later(): string[] {
  return site.asked.slice(1);
}

async function failure(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    if (isReftableError(error)) return `${error.kind} ${error.code}`;
    throw error;
  }
  return 'no error';
}

async function read(source: HttpSource, offset: number, length: number): Promise<Uint8Array> {
  return source.read(offset, length);
}

async function open(options?: Parameters<typeof HttpSource.open>[1]): Promise<HttpSource> {
  return HttpSource.open(site.url, options);
}

/** A `fetch` with its own answer to each request but those for which there is none. */
function fetchWith(answer: (range: string, count: number) => Response | undefined): HttpFetch {
  let count = 0;
  return (url, init) => {
    const own = answer(new Headers(init.headers).get('range') ?? '', count++);
    return own === undefined ? fetch(url, init) : Promise.resolve(own);
  };
}

describe('requests', () => {
  test('opening is one request, which tells the size and brings the first bytes', async () => {
    const source = await open();
    expect(site.asked).toEqual(['0-16383']);
    expect(source.size).toBe(site.content.length);
    expect(await read(source, 0, 28)).toEqual(site.content.subarray(0, 28));
    expect(await read(source, 4096, START - 4096)).toEqual(site.content.subarray(4096, START));
    expect(later()).toEqual([]);
  });

  test('a small file needs no more than that', async () => {
    site.content = bytesOf(500);
    const source = await open();
    expect(source.size).toBe(500);
    expect(await read(source, 0, 500)).toEqual(site.content);
    expect(await read(source, 428, 72)).toEqual(site.content.subarray(428));
    expect(site.asked).toEqual(['0-16383']);
  });

  test('a look-up in a table of three levels: one for header and start, one for the footer, one a level', async () => {
    const source = await open();
    const { size } = source;
    await read(source, 0, 28);
    await read(source, size - 72, 72);
    for (const block of [900_000, 600_000, 300_000]) {
      expect(await read(source, block, 4096)).toEqual(site.content.subarray(block, block + 4096));
    }
    expect(later()).toEqual(['999928-999999', '900000-904095', '600000-604095', '300000-304095']);
  });

  test('reads of one turn that overlap, touch or are near are one request', async () => {
    const source = await open();
    const ranges: [number, number][] = [
      [104_096, 4096],
      [100_000, 4096],
      [102_000, 1000],
      [108_192 + NEAR, 100],
      [500_000, 10],
    ];
    const answers = await Promise.all(ranges.map(([offset, length]) => read(source, offset, length)));
    expect(answers).toEqual(ranges.map(([offset, length]) => site.content.subarray(offset, offset + length)));
    expect(later().toSorted()).toEqual([`100000-${108_192 + NEAR + 99}`, '500000-500009']);
  });

  test('reads that are too far apart, or of different turns, are not', async () => {
    const source = await open();
    await Promise.all([read(source, 100_000, 10), read(source, 100_011 + NEAR, 10)]);
    expect(later()).toHaveLength(2);
    const first = read(source, 200_000, 10);
    await new Promise((resolve) => setTimeout(resolve, 0));
    await Promise.all([first, read(source, 200_010, 10)]);
    expect(later()).toHaveLength(4);
  });

  test('look-ups side by side stay side by side: one request a level for all of them', async () => {
    const source = await open();
    const lookUp = async (start: number) => {
      for (let level = 0; level < 3; level++) await read(source, start + level * 100_000, 4096);
    };
    await Promise.all([lookUp(100_000), lookUp(104_096), lookUp(110_000)]);
    expect(later()).toHaveLength(3);
  });

  test('an answer to several reads keeps no memory that they did not ask for', async () => {
    const source = await open();
    const answers = await Promise.all([read(source, 100_000, 10), read(source, 110_000, 20)]);
    expect(answers.map((bytes) => bytes.buffer.byteLength)).toEqual([10, 20]);
  });

  test('where one request fails, the reads of the others do not', async () => {
    const source = await open({
      fetch: fetchWith((range) => (range === 'bytes=100000-100029' ? new Response('', { status: 503 }) : undefined)),
    });
    const reads = [read(source, 100_000, 10), read(source, 300_000, 10), read(source, 100_020, 10)];
    expect(await Promise.all(reads.map(failure))).toEqual(['io HTTP_STATUS', 'no error', 'io HTTP_STATUS']);
    // And it may go better the next time.
    expect(await failure(read(source, 100_000, 10))).toBe('no error');
  });

  test('nothing is asked for a read of nothing', async () => {
    const source = await open();
    expect(await read(source, source.size, 0)).toEqual(new Uint8Array(0));
    expect(later()).toEqual([]);
  });

  test('headers go with each request; compression is declined; a strong ETag goes back as If-Range', async () => {
    const source = await open({ headers: { authorization: 'Bearer x' } });
    await read(source, 100_000, 10);
    expect(site.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer x', 'Bearer x']);
    // Where `fetch` says so, too, it is there twice.
    for (const { headers } of site.requests) expect(headers['accept-encoding']).toMatch(/^identity(, identity)?$/);
    expect(site.requests.map(({ headers }) => headers['if-range'])).toEqual([undefined, '"v1"']);
  });

  test('the query is asked for, though errors do not show it', async () => {
    site.answer = (_, response) => response.writeHead(403).end();
    const error: unknown = await HttpSource.open(`${site.url}?token=secret`).catch((cause: unknown) => cause);
    expect(site.requests[0]!.url).toBe('/table.ref?token=secret');
    expect(error).toMatchObject({ code: 'HTTP_STATUS', file: site.url, message: `${site.url}: the server answers HTTP 403 at byte 0` });
  });

  test('redirects are followed', async () => {
    site.answer = (request, response) => {
      if (request.url === '/moved.ref') site.serve(request, response);
      else response.writeHead(302, { location: '/moved.ref' }).end();
    };
    const source = await open();
    expect(await read(source, 100_000, 10)).toEqual(site.content.subarray(100_000, 100_010));
  });

  test('fetch is called as a function, as that of a browser must be, and kept from caches', async () => {
    const own = vi.fn<HttpFetch>(fetch);
    const source = await open({ fetch: own });
    await read(source, 100_000, 10);
    expect(own.mock.contexts).toEqual([undefined, undefined]);
    expect(own.mock.calls.map(([url]) => url)).toEqual([site.url, site.url]);
    expect(own.mock.calls.map(([, init]) => init.cache)).toEqual(['no-store', 'no-store']);
  });

  test('an empty file is a file', async () => {
    site.content = bytesOf(0);
    const source = await open();
    expect(source.size).toBe(0);
    expect(await read(source, 0, 0)).toEqual(new Uint8Array(0));
  });
});

describe('a file that changed', () => {
  const CHANGED = 'outdated SOURCE_CHANGED';

  /** Opens, changes the file, and says how the next read ends. */
  async function readAfter(change: () => void): Promise<string> {
    const source = await open();
    expect(await failure(read(source, 100_000, 10))).toBe('no error');
    change();
    return failure(read(source, 200_000, 10));
  }

  test('by a strong ETag, from a server that minds If-Range', async () => {
    expect(
      await readAfter(() => {
        site.etag = '"v2"';
        site.content = bytesOf(1_000_000, 3);
      }),
    ).toBe(CHANGED);
    expect(site.requests.at(-1)!.headers['if-range']).toBe('"v1"');
  });

  test('by a strong ETag, from a server that does not', async () => {
    expect(
      await readAfter(() => {
        site.etag = '"v2"';
        site.answer = (request, response) => {
          delete request.headers['if-range'];
          site.serve(request, response);
        };
      }),
    ).toBe(CHANGED);
  });

  test('by a 200 without an ETag to If-Range', async () => {
    expect(await readAfter(() => (site.etag = undefined))).toBe(CHANGED);
  });

  test('by a weak ETag, which is no use to If-Range', async () => {
    site.etag = 'W/"v1"';
    expect(await readAfter(() => (site.etag = 'W/"v2"'))).toBe(CHANGED);
    expect(site.requests.at(-1)!.headers['if-range']).toBeUndefined();
  });

  test('by Last-Modified', async () => {
    site.etag = undefined;
    site.modified = 'Mon, 01 Jan 2024 00:00:00 GMT';
    expect(await readAfter(() => (site.modified = 'Mon, 01 Jan 2024 00:00:01 GMT'))).toBe(CHANGED);
  });

  test('by its size, where the server tells nothing else', async () => {
    site.etag = undefined;
    expect(await readAfter(() => (site.content = bytesOf(1_000_001)))).toBe(CHANGED);
    expect(await readAfter(() => (site.content = bytesOf(200_005)))).toBe(CHANGED);
  });

  test('by having no such bytes any more', async () => {
    site.etag = undefined;
    expect(await readAfter(() => (site.content = bytesOf(1000)))).toBe(CHANGED);
  });

  test('by not being there any more', async () => {
    expect(await readAfter(() => (site.answer = (_, response) => response.writeHead(404).end()))).toBe('not-found FILE_NOT_FOUND');
  });

  test('what the server leaves out is no change', async () => {
    site.modified = 'Mon, 01 Jan 2024 00:00:00 GMT';
    // RFC 9110 asks for no Last-Modified where If-Range held.
    expect(await readAfter(() => (site.modified = undefined))).toBe('no error');
    site.etag = 'W/"v1"';
    expect(await readAfter(() => (site.etag = undefined))).toBe('no error');
  });

  test('of the new file nothing is downloaded', async () => {
    const source = await open();
    let sent = 0;
    let closed: Promise<unknown> | undefined;
    site.answer = (_, response) => {
      closed = once(response, 'close');
      response.writeHead(200, { etag: '"v2"' });
      const more = () => {
        sent += 65_536;
        if (response.write(bytesOf(65_536))) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    };
    expect(await failure(read(source, 100_000, 10))).toBe(CHANGED);
    await closed;
    expect(sent).toBeLessThan(50_000_000);
  });
});

describe('a server without ranges', () => {
  beforeEach(() => {
    site.answer = (_, response) => {
      response.writeHead(200, site.validators()).end(site.content);
    };
  });

  test('is an error', async () => {
    expect(await failure(open())).toBe('io RANGE_UNSUPPORTED');
    site.content = bytesOf(100);
    expect(await failure(open())).toBe('io RANGE_UNSUPPORTED');
  });

  test('or a whole download, where that is asked for', async () => {
    const source = await open({ wholeDownload: true });
    expect(source.size).toBe(site.content.length);
    expect(Buffer.compare(await read(source, 0, source.size), site.content)).toBe(0);
    expect(await read(source, 900_000, 100)).toEqual(site.content.subarray(900_000, 900_100));
    expect(site.asked).toHaveLength(1);
  });

  test('a whole download may be compressed on its way', async () => {
    site.answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(site.content));
    };
    const source = await open({ wholeDownload: true });
    expect(Buffer.compare(await read(source, 0, source.size), site.content)).toBe(0);
  });

  test('a whole download that breaks off is an error', async () => {
    site.answer = (_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write(bytesOf(500), () => response.destroy());
    };
    expect(await failure(open({ wholeDownload: true }))).toBe('io SOURCE_READ');
  });

  test('where there are ranges, they are used all the same', async () => {
    site.answer = undefined;
    const source = await open({ wholeDownload: true });
    await read(source, 100_000, 10);
    expect(site.asked).toEqual(['0-16383', '100000-100009']);
  });

  test('that had them before is the same error', async () => {
    const { answer } = site;
    site.answer = undefined;
    const source = await open();
    site.answer = answer;
    expect(await failure(read(source, 100_000, 10))).toBe('io RANGE_UNSUPPORTED');
  });

  test('is not listened to further', async () => {
    const cancel = vi.fn();
    const body = () => new ReadableStream({ pull: (stream) => stream.enqueue(bytesOf(1000)), cancel });
    expect(await failure(open({ fetch: () => Promise.resolve(new Response(body())) }))).toBe('io RANGE_UNSUPPORTED');
    expect(cancel).toHaveBeenCalledOnce();
  });
});

describe('answers that are of no use', () => {
  test('compressed ones', async () => {
    const source = await open();
    site.answer = (_, response) => {
      response.writeHead(206, { ...site.validators(), 'content-encoding': 'gzip', 'content-range': 'bytes 0-16383/1000000' });
      response.end(gzipSync(site.content.subarray(0, START)));
    };
    expect(await failure(open())).toBe('io CONTENT_ENCODED');
    expect(await failure(read(source, 100_000, 10))).toBe('io CONTENT_ENCODED');
    site.answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(site.content));
    expect(await failure(open())).toBe('io CONTENT_ENCODED');
  });

  test('an encoding that changes nothing is none', async () => {
    site.validators = () => ({ 'content-encoding': 'identity' });
    expect(await failure(open())).toBe('no error');
  });

  /** What a page gets to see of an answer from another origin that does not expose its headers. */
  function withoutHeaders(response: Response): Response {
    const { body, status } = response;
    const headers = new Headers();
    for (const name of ['content-type', 'content-length', 'last-modified']) {
      const value = response.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    return new Response(body, { status, headers });
  }

  test('headers that another origin hides', async () => {
    const hiding: HttpFetch = async (url, init) => withoutHeaders(await fetch(url, init));
    const error: unknown = await open({ fetch: hiding }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ kind: 'io', code: 'CONTENT_RANGE_HIDDEN' });
    expect((error as Error).message).toContain('Access-Control-Expose-Headers: Content-Range, ETag');
  });

  test('an ETag that another origin hides is done without', async () => {
    const hiding: HttpFetch = async (url, init) => {
      const response = await fetch(url, init);
      const shown = withoutHeaders(response);
      const range = response.headers.get('content-range');
      if (range !== null) shown.headers.set('content-range', range);
      return shown;
    };
    const source = await open({ fetch: hiding });
    expect(await read(source, 100_000, 10)).toEqual(site.content.subarray(100_000, 100_010));
    // It would need a permission of its own.
    expect(site.requests[1]!.headers['if-range']).toBeUndefined();
  });

  test.each([
    ['another start', 'bytes 1-16384/1000000'],
    ['fewer bytes', 'bytes 0-16382/1000000'],
    ['more bytes', 'bytes 0-16384/1000000'],
    ['past the end', 'bytes 0-16383/1000'],
    ['no size', 'bytes 0-16383/*'],
    ['a size that no file has', `bytes 0-16383/${'9'.repeat(30)}`],
    ['another unit', 'blocks 0-16383/1000000'],
    ['nothing of use', 'bytes'],
    ['unsatisfied', 'bytes */1000000'],
  ])('a Content-Range of %s, on opening', async (_, range) => {
    const answer = () => new Response(bytesOf(START), { status: 206, headers: { 'content-range': range } });
    expect(await failure(open({ fetch: fetchWith(answer) }))).toBe('io CONTENT_RANGE_WRONG');
  });

  test.each([
    ['another start', 'bytes 100001-100010/1000000', 'io CONTENT_RANGE_WRONG'],
    ['fewer bytes', 'bytes 100000-100008/1000000', 'io CONTENT_RANGE_WRONG'],
    ['more bytes', 'bytes 100000-100010/1000000', 'io CONTENT_RANGE_WRONG'],
    ['nothing of use', 'bytes 100000/1000000', 'io CONTENT_RANGE_WRONG'],
    ['no size, which is known already', 'bytes 100000-100009/*', 'no error'],
    ['an upper case unit', 'Bytes 100000-100009/1000000', 'no error'],
  ])('a Content-Range of %s, later', async (_, range, outcome) => {
    const answer = (_range: string, count: number) =>
      count === 0 ? undefined : new Response(bytesOf(10), { status: 206, headers: { 'content-range': range } });
    const source = await open({ fetch: fetchWith(answer) });
    expect(await failure(read(source, 100_000, 10))).toBe(outcome);
  });

  test('a body that is too short', async () => {
    const source = await open();
    site.answer = (_, response) => {
      response.writeHead(206, { ...site.validators(), 'content-range': 'bytes 100000-100009/1000000' });
      response.end(bytesOf(9));
    };
    await expect(read(source, 100_000, 10)).rejects.toMatchObject({
      kind: 'io',
      code: 'SOURCE_READ',
      offset: 100_000,
      message: `${site.url}: the answer ends after 9 of 10 bytes at byte 100000`,
    });
    const none = new Response(null, { status: 206, headers: { 'content-range': 'bytes 0-16383/1000000' } });
    expect(await failure(open({ fetch: fetchWith(() => none) }))).toBe('io SOURCE_READ');
  });

  test('a body that breaks off', async () => {
    const source = await open();
    site.answer = (_, response) => {
      response.writeHead(206, { ...site.validators(), 'content-range': 'bytes 100000-100009/1000000', 'content-length': 10 });
      response.write(bytesOf(5), () => response.destroy());
    };
    expect(await failure(read(source, 100_000, 10))).toBe('io SOURCE_READ');
  });

  test('a body that goes on and on, which is not listened to further', async () => {
    const source = await open();
    let closed: Promise<unknown> | undefined;
    site.answer = (_, response) => {
      closed = once(response, 'close');
      response.writeHead(206, { ...site.validators(), 'content-range': 'bytes 100000-100009/1000000' });
      const more = () => response.write(bytesOf(1000), (error) => error ?? setImmediate(more));
      more();
    };
    await expect(read(source, 100_000, 10)).rejects.toMatchObject({
      kind: 'io',
      code: 'SOURCE_READ',
      message: `${site.url}: the answer goes on after 10 bytes at byte 100000`,
    });
    await closed;
  });

  test.each([
    [404, 'not-found FILE_NOT_FOUND'],
    [410, 'not-found FILE_NOT_FOUND'],
    [401, 'io HTTP_STATUS'],
    [403, 'io HTTP_STATUS'],
    [416, 'io HTTP_STATUS'],
    [429, 'io HTTP_STATUS'],
    [500, 'io HTTP_STATUS'],
    [503, 'io HTTP_STATUS'],
    [204, 'io HTTP_STATUS'],
  ])('status %d on opening', async (status, outcome) => {
    site.answer = (_, response) => response.writeHead(status, { 'retry-after': '7' }).end();
    const error: unknown = await open().catch((cause: unknown) => cause);
    expect(await failure(Promise.reject(error as Error))).toBe(outcome);
    if (outcome !== 'io HTTP_STATUS') return;
    expect((error as Error).message).toContain(`HTTP ${status}`);
    // All that the answer says is there for who wants to try again.
    const response = (error as Error).cause as Response;
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '7']);
  });

  test('an error page with an ETag of its own is no change of the file', async () => {
    const source = await open();
    site.answer = (_, response) => response.writeHead(503, { etag: '"sorry"' }).end('sorry');
    expect(await failure(read(source, 100_000, 10))).toBe('io HTTP_STATUS');
  });

  test('none at all', async () => {
    const source = await open();
    await site.stop();
    await expect(read(source, 100_000, 10)).rejects.toMatchObject({
      kind: 'io',
      code: 'SOURCE_READ',
      message: expect.stringContaining('ECONNREFUSED') as unknown,
      cause: expect.any(TypeError) as unknown,
    });
    await site.start();
    expect(await failure(HttpSource.open('not an address'))).toBe('io SOURCE_READ');
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what a careless `fetch` may do
    expect(await failure(open({ fetch: () => Promise.reject(undefined) }))).toBe('io SOURCE_READ');
  });
});

describe('ends', () => {
  const never = () => undefined;

  test('the signal ends an opening, before and while it is under way', async () => {
    const reason = new Error('enough');
    const before: unknown = await open({ signal: AbortSignal.abort(reason) }).catch((error: unknown) => error);
    expect(before).toMatchObject({ kind: 'io', code: 'ABORTED', cause: reason });
    expect(site.asked).toEqual([]);

    site.answer = never;
    const controller = new AbortController();
    const opening = open({ signal: controller.signal });
    await vi.waitFor(() => expect(site.asked).toHaveLength(1));
    controller.abort(reason);
    await expect(opening).rejects.toMatchObject({ kind: 'io', code: 'ABORTED', cause: reason });
  });

  test('the signal ends reads, under way and later', async () => {
    const controller = new AbortController();
    const source = await open({ signal: controller.signal });
    site.answer = (_, response) => {
      response.writeHead(206, { ...site.validators(), 'content-range': 'bytes 100000-100009/1000000' });
      response.write(bytesOf(5));
    };
    const reading = read(source, 100_000, 10);
    await vi.waitFor(() => expect(site.asked).toHaveLength(2));
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort();
    await expect(reading).rejects.toMatchObject({
      code: 'ABORTED',
      cause: expect.objectContaining({ name: 'AbortError' }) as unknown,
    });
    expect(await failure(read(source, 200_000, 10))).toBe('io ABORTED');
    expect(site.asked).toHaveLength(2);
  });

  test('a timeout is a signal, too', async () => {
    site.answer = never;
    const error: unknown = await open({ signal: AbortSignal.timeout(30) }).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'ABORTED', cause: expect.objectContaining({ name: 'TimeoutError' }) as unknown });
  });

  test('close ends reads, under way and later; the caller is free to close twice', async () => {
    const source = await open();
    site.answer = never;
    const reading = failure(read(source, 100_000, 10));
    await vi.waitFor(() => expect(site.asked).toHaveLength(2));
    source.close();
    expect(await reading).toBe('misuse SOURCE_CLOSED');
    expect(await failure(read(source, 100_000, 10))).toBe('misuse SOURCE_CLOSED');
    // What opening it brought is no longer given out either.
    expect(await failure(Promise.resolve(read(source, 0, 4)))).toBe('misuse SOURCE_CLOSED');
    source.close();
    expect(site.asked).toHaveLength(2);
  });

  test('a fetch that minds signals in its own way, or not at all, makes no difference', async () => {
    const own: HttpFetch = (url, { signal, ...init }) => {
      if (site.asked.length === 0) return fetch(url, init);
      return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(new Error('stopped'))));
    };
    const called = vi.fn(own);
    const source = await open({ fetch: called });
    const reading = failure(read(source, 100_000, 10));
    await vi.waitFor(() => expect(called).toHaveBeenCalledTimes(2));
    source.close();
    expect(await reading).toBe('misuse SOURCE_CLOSED');
    expect(await failure(read(source, 100_000, 10))).toBe('misuse SOURCE_CLOSED');
    expect(called).toHaveBeenCalledTimes(2);
  });

  test('close does not end what else hangs on the same signal', async () => {
    const controller = new AbortController();
    const [one, other] = [await open({ signal: controller.signal }), await open({ signal: controller.signal })];
    one.close();
    expect(controller.signal.aborted).toBe(false);
    expect(await failure(read(other, 100_000, 10))).toBe('no error');
  });
});
