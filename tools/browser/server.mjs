// @ts-check
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const TYPES = /** @type {Record<string, string>} */ ({ '.html': 'text/html', '.mjs': 'text/javascript' });

/** A web server for files in memory, with byte ranges, strong ETags, and `PUT`. It counts what it is asked for. */
export class FileServer {
  /** By path, with a slash in front. @type {Map<string, Uint8Array>} */
  files = new Map();
  /** Paths whose files other origins may read, with the headers that they may see. @type {Map<string, string>} */
  shared = new Map();
  /** Each request for a file: method, path and range. @type {{ method: string, path: string, range: string | undefined }[]} */
  requests = [];
  #server = createServer((request, response) => this.#answer(request, response));

  /** @returns {Promise<string>} the origin */
  async listen() {
    await /** @type {Promise<void>} */ (new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve)));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  #answer(request, response) {
    const { method = 'GET', url: path = '/', headers } = request;
    this.requests.push({ method, path, range: headers.range });
    const exposed = this.shared.get(path);
    if (exposed !== undefined) {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', 'Range, If-Range');
      response.setHeader('access-control-expose-headers', exposed);
    }
    const file = this.files.get(path);
    if (method === 'PUT') this.#take(request, response, path);
    else if (method === 'OPTIONS') response.writeHead(204).end();
    else if (file === undefined) response.writeHead(404).end();
    else send(response, path, file, headers);
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   * @param {string} path
   */
  #take(request, response, path) {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
    request.on('end', () => {
      this.files.set(path, Uint8Array.from(Buffer.concat(chunks)));
      response.writeHead(201).end();
    });
  }
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {string} path
 * @param {Uint8Array} file
 * @param {import('node:http').IncomingHttpHeaders} headers
 */
function send(response, path, file, headers) {
  const etag = `"${createHash('sha256').update(file).digest('hex')}"`;
  const type = TYPES[/\.\w+$/.exec(path)?.[0] ?? ''] ?? 'application/octet-stream';
  response.setHeader('etag', etag).setHeader('content-type', type);
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  if (first === undefined || (headers['if-range'] ?? etag) !== etag) {
    response.writeHead(200).end(file);
    return;
  }
  const end = Math.min(Number(last) + 1, file.length);
  response.writeHead(206, { 'content-range': `bytes ${first}-${end - 1}/${file.length}` }).end(file.subarray(Number(first), end));
}
