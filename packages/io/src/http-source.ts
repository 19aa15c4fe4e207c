import { coalesce, share, type Group, type Read } from './coalesce.js';
import { fetchRange, fetchStart, type FileVersion, type HttpFetch, type RemoteFile } from './http-range.js';
import { sourceClosed, type BlockSource } from './source.js';

export type { HttpFetch } from './http-range.js';

export interface HttpOptions {
  /** Used instead of the platform's `fetch`: to add credentials, retry, or count. */
  readonly fetch?: HttpFetch | undefined;
  /** Sent with every request. */
  readonly headers?: RequestInit['headers'] | undefined;
  /** Ends the opening and every later read, with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /** Where the server has no byte ranges: take the whole file into memory instead of failing with `RANGE_UNSUPPORTED`. */
  readonly wholeDownload?: boolean | undefined;
}

/** How much the opening asks for: a table's header and first block, and many a table as a whole. Kept while the source is open. */
const START = 16_384;

/**
 * A file on a web server, read by byte ranges.
 *
 * The opening is one request, which tells the size and brings the first 16 KiB; reads inside those cost nothing more.
 * Reads that are asked for together (before a microtask of the first one runs) and overlap, touch or lie at most 16 KiB
 * apart are one request. Beside the first 16 KiB nothing is kept: that is for a cache above this to do.
 * Every answer is checked to be of the same version of the file: by ETag (a strong one is sent back as If-Range),
 * Last-Modified and size, as far as the server tells them.
 */
export class HttpSource implements BlockSource {
  readonly size: number;
  readonly name: string;
  readonly #remote: RemoteFile;
  readonly #version: FileVersion;
  readonly #start: Uint8Array;
  readonly #closing: AbortController;
  #waiting: Read[] = [];

  private constructor(remote: RemoteFile, version: FileVersion, start: Uint8Array, closing: AbortController) {
    this.name = remote.name;
    this.size = version.size;
    this.#remote = remote;
    this.#version = version;
    this.#start = start;
    this.#closing = closing;
  }

  /** @throws `RANGE_UNSUPPORTED`, and all that {@link HttpSource.read} does but `SOURCE_CHANGED` */
  static async open(url: string | URL, options: HttpOptions = {}): Promise<HttpSource> {
    const { fetch = globalThis.fetch, headers, signal, wholeDownload = false } = options;
    const closing = new AbortController();
    const remote: RemoteFile = {
      url: String(url),
      // What follows the path may be a secret, and errors end up in logs.
      name: String(url).replace(/[?#].*/s, ''),
      fetch,
      headers,
      signal: signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]),
    };
    const { bytes, version } = await fetchStart(remote, START, wholeDownload);
    return new HttpSource(remote, version, bytes, closing);
  }

  /**
   * @throws `FILE_NOT_FOUND` (not-found): HTTP 404 or 410.
   * `SOURCE_CHANGED` (outdated): the file is another than it was on opening.
   * `HTTP_STATUS` (io): any other status than was to be expected; `cause` is the `Response`.
   * `CONTENT_ENCODED` (io): the server compresses what it sends.
   * `CONTENT_RANGE_HIDDEN` (io): from another origin that does not expose the header `Content-Range`.
   * `CONTENT_RANGE_WRONG` (io): the answer is of another range than was asked for.
   * `SOURCE_READ` (io): no answer, or one that breaks off or is too long.
   * `ABORTED` (io): by the signal. `SOURCE_CLOSED` (misuse).
   */
  read(offset: number, length: number): Promise<Uint8Array> | Uint8Array {
    const end = offset + length;
    if (!this.#closing.signal.aborted && (end <= this.#start.length || length === 0)) return this.#start.subarray(offset, end);
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.push({ offset, length, resolve, reject });
      if (waiting === 1) queueMicrotask(() => this.#send());
    });
  }

  /** Ends reads that are under way, too. */
  close(): void {
    this.#closing.abort(sourceClosed(this));
  }

  #send(): void {
    const reads = this.#waiting;
    this.#waiting = [];
    for (const group of coalesce(reads)) void this.#answer(group);
  }

  async #answer(group: Group): Promise<void> {
    const { offset, end, reads } = group;
    try {
      share(group, await fetchRange(this.#remote, this.#version, offset, end - offset));
    } catch (error) {
      for (const read of reads) read.reject(error);
    }
  }
}
