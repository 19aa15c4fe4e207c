// @ts-check
// Runs in the browser, in the page and in a worker: each way to get at tables that there is. All end in records as text.
import { BlobSource, BytesSource, DirectorySource, HttpSource } from '@reftable/io';
import { DirectoryStorage, openStack } from '@reftable/stack';
import { openTable, openTableSync, writeTable } from '@reftable/table';
import { isReftableError } from '@reftable/varint';
import { fromText, outcomeOf, recordsOf, toText } from './records.mjs';

/** @param {import('@reftable/io').BlockSource} source */
async function readTable(source) {
  const table = await openTable(source);
  try {
    return toText(await recordsOf(table));
  } finally {
    await table.close();
  }
}

/** @param {string} url */
async function download(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response.blob();
}

/**
 * Puts files into a fresh folder of the origin-private file system, and hands back what `use` makes of it.
 * @template T
 * @param {readonly string[]} urls
 * @param {(folder: FileSystemDirectoryHandle) => Promise<T>} use
 */
async function withFolder(urls, use) {
  const root = await navigator.storage.getDirectory();
  const name = crypto.randomUUID();
  const folder = await root.getDirectoryHandle(name, { create: true });
  try {
    for (const url of urls) {
      const file = await folder.getFileHandle(lastPart(url), { create: true });
      const stream = await file.createWritable();
      await stream.write(await download(url));
      await stream.close();
    }
    return await use(folder);
  } finally {
    await root.removeEntry(name, { recursive: true });
  }
}

/** @param {string} url */
function lastPart(url) {
  return url.slice(url.lastIndexOf('/') + 1);
}

export const ways = {
  /** A table in memory, through the async face. @param {string} url */
  blob: async (url) => {
    return readTable(new BlobSource(await download(url)));
  },

  /** A table in memory, through the sync face. @param {string} url */
  bytes: async (url) => {
    const bytes = await (await download(url)).arrayBuffer();
    return toText(await recordsOf(openTableSync(new BytesSource(new Uint8Array(bytes)))));
  },

  /** A table on the server, by byte ranges. @param {string} url */
  http: async (url) => {
    return readTable(await HttpSource.open(url));
  },

  /** A table in a file of the origin-private file system. @param {string} url */
  file: async (url) => {
    return withFolder([url], async (folder) => {
      const handle = await folder.getFileHandle(lastPart(url));
      return readTable(new BlobSource(await handle.getFile()));
    });
  },

  /** A stack's folder in the origin-private file system. @param {string[]} urls its files' */
  stack: async (...urls) => {
    return withFolder(urls, async (folder) => {
      const stack = await openStack(new DirectoryStorage(new DirectorySource(folder)));
      try {
        return toText(await recordsOf(stack));
      } finally {
        stack.close();
      }
    });
  },

  /** The names that a folder in the browser lists, sorted. @param {string[]} urls the files to put there first */
  names: async (...urls) => {
    return withFolder(urls, async (folder) => JSON.stringify((await new DirectorySource(folder).names()).sort()));
  },

  /** One ref of a table on the server. @param {string} url @param {string} name */
  ref: async (url, name) => {
    const table = await openTable(await HttpSource.open(url));
    const ref = await table.getRef(name);
    await table.close();
    return toText({ refs: ref ? [ref] : [], logs: [] });
  },

  /** A read from a file on the server that was overwritten after its opening. @param {string} url */
  overwritten: async (url) => {
    const source = await HttpSource.open(url);
    await fetch(url, { method: 'PUT', body: new Blob([new Uint8Array(source.size)]) });
    await source.read(source.size - 1, 1);
    return 'read';
  },

  /** How reading each of some tables, in memory, ends. @param {string[]} urls */
  outcomes: async (...urls) => {
    const blobs = await Promise.all(urls.map(download));
    const tables = await Promise.all(blobs.map(async (blob) => new Uint8Array(await blob.arrayBuffer())));
    return JSON.stringify(await Promise.all(tables.map(outcomeOf)));
  },

  /** Writes a table, and sends it to the server. @param {string} url @param {string} records @param {string} options as JSON */
  write: async (url, records, options) => {
    const bytes = writeTable(fromText(records), JSON.parse(options));
    const response = await fetch(url, { method: 'PUT', body: /** @type {Uint8Array<ArrayBuffer>} */ (bytes) });
    return String(response.status);
  },
};

/** @typedef {keyof typeof ways} Way */

/**
 * An error of ours is passed on with its code in front: only its text gets out of a worker and the browser.
 * @param {Way} way
 * @param {string[]} args
 * @returns {Promise<string>}
 */
export async function run(way, args) {
  const perform = /** @type {(...args: string[]) => Promise<string>} */ (ways[way]);
  try {
    return await perform(...args);
  } catch (error) {
    throw isReftableError(error) ? new Error(`${error.code}: ${error.message}`, { cause: error }) : error;
  }
}
