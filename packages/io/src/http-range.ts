/*
 * One range of one file on a server, and all that can be wrong with the answer.
 * The terms are those of RFC 9110: If-Range (13.1.5), Content-Range (14.4), 206 (15.3.7), 416 (15.5.17).
 */
import { isReftableError, ReftableError } from '@reftable/varint';

/** As much of `fetch` as is used here; the platform's own is one. */
export type HttpFetch = (url: string, init: RequestInit) => Promise<Response>;

/** Where a file is, and how to ask for it. */
export interface RemoteFile {
  readonly url: string;
  /** What errors call it. */
  readonly name: string;
  readonly fetch: HttpFetch;
  readonly headers: RequestInit['headers'];
  readonly signal: AbortSignal;
}

/** What the first answer tells of a file. No later answer may tell otherwise. */
export interface FileVersion {
  readonly size: number;
  readonly etag: string | null;
  readonly modified: string | null;
}

/** Where errors are met. */
interface Place {
  readonly file: string;
  readonly offset: number;
}

/**
 * The first `length` bytes of a file, or all where it has no more, by one request.
 *
 * @param wholeDownload what to do where the server has no ranges: take the whole file, or fail
 */
export function fetchStart(
  remote: RemoteFile,
  length: number,
  wholeDownload: boolean,
): Promise<{ bytes: Uint8Array; version: FileVersion }> {
  const place = { file: remote.name, offset: 0 };
  return ask(remote, place, length, null, async (response) => {
    const { status, headers } = response;
    const part = (bytes: Uint8Array, size: number) => ({
      bytes,
      version: { size, etag: headers.get('etag'), modified: headers.get('last-modified') },
    });
    // An empty file has no first byte.
    if (status === 416 && headers.get('content-range') === 'bytes */0') return part(new Uint8Array(0), 0);
    if (status === 200 && wholeDownload) {
      // It may have been compressed on its way: `fetch` undoes that.
      const bytes = new Uint8Array(await response.arrayBuffer());
      return part(bytes, bytes.length);
    }
    const range = contentRange(response, place);
    if (range.size === undefined) throw fail(place, 'CONTENT_RANGE_WRONG', `${range.text} does not tell the file's size`);
    return part(await readBody(response, range, place, Math.min(length, range.size)), range.size);
  });
}

/** Exactly `length` bytes from `offset` of a file whose version is known, by one request. */
export function fetchRange(
  remote: RemoteFile,
  version: FileVersion,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const place = { file: remote.name, offset };
  const strong = version.etag?.startsWith('"') === true;
  return ask(remote, place, length, strong ? version.etag : null, (response) => {
    const { status, headers } = response;
    const etag = headers.get('etag');
    // Asked with If-Range, a server has 200 for another version. (If it is the same one, it just has no ranges any more.)
    const other = strong
      ? etag !== version.etag && (etag !== null || status === 200)
      : differ(etag, version.etag) || differ(headers.get('last-modified'), version.modified);
    // 416: what was inside the file is beyond its end now.
    if (status === 416 || (other && response.ok)) throw changed(place);
    const range = contentRange(response, place);
    if (range.size !== undefined && range.size !== version.size) throw changed(place);
    return readBody(response, range, place, length);
  });
}

/** Sends one request and has its answer read by `take`. Whatever fails ends in a typed error, and no body is left open. */
async function ask<T>(
  remote: RemoteFile,
  place: Place,
  length: number,
  ifRange: string | null,
  take: (response: Response) => Promise<T>,
): Promise<T> {
  const { url, signal, fetch } = remote; // not called as a method: a browser's `fetch` refuses any other `this`
  let response: Response | undefined;
  try {
    signal.throwIfAborted();
    const headers = new Headers(remote.headers);
    headers.set('range', `bytes=${place.offset}-${place.offset + length - 1}`);
    // A range of compressed data is of no use. (Some platforms see to this by themselves.)
    headers.set('accept-encoding', 'identity');
    if (ifRange !== null) headers.set('if-range', ifRange);
    // A browser's cache may hold the start of an older version, and go on answering with it.
    response = await fetch(url, { headers, signal, cache: 'no-store' });
    return await take(response);
  } catch (error) {
    // What is not read need not be sent. (A body that failed refuses; it is closed already.)
    response?.body?.cancel().catch(() => undefined);
    const cause: unknown = signal.aborted ? signal.reason : error;
    if (isReftableError(cause)) throw cause;
    if (signal.aborted) throw fail(place, 'ABORTED', 'aborted by the caller', cause);
    throw fail(place, 'SOURCE_READ', `the request failed (${reason(cause)})`, cause);
  }
}

interface ContentRange {
  readonly text: string;
  readonly first: number;
  readonly last: number;
  /** Of the whole file; undefined where the server does not tell. */
  readonly size: number | undefined;
}

/** The range that a 206 answer says it has. Every other answer is an error. */
function contentRange(response: Response, place: Place): ContentRange {
  const { status, headers } = response;
  if (status === 404 || status === 410) {
    throw new ReftableError('not-found', 'FILE_NOT_FOUND', `no such file (HTTP ${status})`, { file: place.file });
  }
  if (status !== 200 && status !== 206) throw fail(place, 'HTTP_STATUS', `the server answers HTTP ${status}`, response);

  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    throw fail(place, 'CONTENT_ENCODED', `the server compresses what it sends (${encoding}), which ranges rule out`);
  }
  if (status === 200) throw fail(place, 'RANGE_UNSUPPORTED', 'the server sends whole files only, no ranges');

  const text = headers.get('content-range');
  if (text === null) {
    const hint = 'another origin must send Access-Control-Expose-Headers: Content-Range, ETag';
    throw fail(place, 'CONTENT_RANGE_HIDDEN', `the answer's Content-Range can not be seen (${hint})`);
  }
  const [, first, last, size] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(text) ?? [];
  if (size === undefined) throw fail(place, 'CONTENT_RANGE_WRONG', `the answer's Content-Range is "${text}"`);
  return { text, first: Number(first), last: Number(last), size: size === '*' ? undefined : Number(size) };
}

/** The body of an answer that has to be `length` bytes from where `place` says. Reads no further than that. */
async function readBody(response: Response, range: ContentRange, place: Place, length: number): Promise<Uint8Array> {
  const { first, last, text } = range;
  if (first !== place.offset || last !== first + length - 1) {
    throw fail(place, 'CONTENT_RANGE_WRONG', `the answer is ${text} where ${length} bytes were asked for`);
  }
  const bytes = new Uint8Array(length);
  let filled = 0;
  const reader = response.body?.getReader();
  try {
    for (let chunk = await reader?.read(); chunk?.value !== undefined; chunk = await reader?.read()) {
      if (filled + chunk.value.length > length) throw fail(place, 'SOURCE_READ', `the answer goes on after ${length} bytes`);
      bytes.set(chunk.value, filled);
      filled += chunk.value.length;
    }
  } finally {
    reader?.releaseLock();
  }
  if (filled < length) throw fail(place, 'SOURCE_READ', `the answer ends after ${filled} of ${length} bytes`);
  return bytes;
}

function differ(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

function changed(place: Place): ReftableError {
  return new ReftableError('outdated', 'SOURCE_CHANGED', 'the file changed since it was opened', place);
}

function fail(place: Place, code: string, message: string, cause?: unknown): ReftableError {
  return new ReftableError('io', code, message, { ...place, cause });
}

/** What is behind the "fetch failed" of a platform, as far as it tells. */
function reason(cause: unknown): string {
  const { code, message } = ((cause as Error | undefined)?.cause ?? cause ?? {}) as { code?: string; message?: string };
  return code ?? message ?? String(cause);
}
