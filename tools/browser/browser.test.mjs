// @ts-check
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { damagedTables } from '@reftable/conformance';
import { BytesSource } from '@reftable/io';
import { openStackSync } from '@reftable/stack';
import { FolderStorage } from '@reftable/stack/node';
import { openTableSync } from '@reftable/table';
import { bundle } from './bundle.mjs';
import { findChromium, startChromium } from './chromium.mjs';
import { gitStack, largeRecords, largeTable, LARGE_OPTIONS } from './fixtures.mjs';
import { fromText, outcomeOf, recordsOf, toText } from './records.mjs';
import { FileServer } from './server.mjs';

/** @typedef {import('./ways.mjs').Way} Way */

const chromium = findChromium();
if (chromium === undefined) process.stderr.write('NOTICE: no Chromium here: nothing is tested in a browser. Set REFTABLE_CHROMIUM.\n');

const stacks = ['reflog-many', 'sha256-thousands', 'multilevel-4096'].map(gitStack);
const large = '/large.ref';

/** @param {import('@reftable/conformance').GitStack} stack */
function urlsOf({ name, files }) {
  return [...files.keys()].map((file) => `/${name}/${file}`);
}

/** The path of a stack's oldest table, the largest. @param {import('@reftable/conformance').GitStack} stack */
function tableOf({ name, tables }) {
  return `/${name}/${String(tables[0]?.name)}`;
}

/** What Node reads. @param {Uint8Array | undefined} bytes */
function inNode(bytes) {
  if (bytes === undefined) throw new Error('no such table');
  return recordsOf(openTableSync(new BytesSource(bytes)));
}

describe.skipIf(chromium === undefined)('in Chromium', () => {
  const server = new FileServer();
  /** @type {Awaited<ReturnType<typeof startChromium>> | undefined} */
  let browser;
  /** @type {string} */
  let origin;
  /** @type {import('playwright-core').Page} */
  let page;
  /** @type {string[]} */
  let inputs;
  /** @type {string[]} */
  const complaints = [];

  beforeAll(async () => {
    const [module, worker] = await Promise.all([bundle('page.mjs'), bundle('worker.mjs')]);
    inputs = module.inputs;
    server.files.set('/page.html', Buffer.from('<!doctype html><script type="module" src="/page.mjs"></script>'));
    server.files.set('/page.mjs', module.code).set('/worker.mjs', worker.code).set(large, largeTable());
    for (const { name, files } of stacks) for (const [file, bytes] of files) server.files.set(`/${name}/${file}`, bytes);
    origin = await server.listen();
    browser = await startChromium(String(chromium));
    page = await browser.context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${origin}/page.html`);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server.close();
  });

  beforeEach(() => {
    server.requests.length = 0;
  });

  /**
   * @param {'page' | 'worker'} where
   * @param {Way} way
   * @param {string[]} args
   */
  function text(where, way, ...args) {
    return page.evaluate((order) => {
      const { places } = /** @type {typeof globalThis & typeof import('./page.mjs')} */ (globalThis);
      return places[order.where](order.way, order.args);
    }, { where, way, args });
  }

  /**
   * @param {'page' | 'worker'} where
   * @param {Way} way
   * @param {string[]} args
   */
  async function records(where, way, ...args) {
    return fromText(await text(where, way, ...args));
  }

  it('runs our own inflater, and nothing that is for Node', () => {
    expect(inputs).toContain('packages/block/src/inflate.ts');
    expect(inputs.filter((path) => path.endsWith('node.ts'))).toEqual([]);
  });

  describe.each(/** @type {const} */ (['page', 'worker']))('in a %s', (where) => {
    describe.each(stacks)('$name', (stack) => {
      const url = tableOf(stack);

      it.each(/** @type {const} */ (['blob', 'bytes', 'http', 'file']))('lists a table as Node does: %s', async (way) => {
        const expected = await inNode(stack.tables[0]?.bytes);
        expect(expected.refs.length).toBe(stack.tables[0]?.reading?.refs.length);
        expect(expected.logs.length).toBe(stack.tables[0]?.reading?.logs.length);
        expect(await records(where, way, url)).toEqual(expected);
      });

      it('lists a stack in a folder as Node does, and as Git does', async () => {
        const found = await records(where, 'stack', ...urlsOf(stack));
        const inFolder = openStackSync(new FolderStorage(stack.directory));
        expect(found).toEqual(await recordsOf(inFolder));
        inFolder.close();
        expect(found.refs.map(({ name }) => name)).toEqual(stack.expected.refs.map(({ name }) => name));
        const entries = stack.expected.logs.flatMap(({ ref, entries }) => entries.map(({ message }) => `${String(ref)} ${String(message)}\n`));
        expect(found.logs.map((log) => `${log.ref} ${log.kind === 'update' ? log.message : ''}`)).toEqual(entries);
      });
    });

    it('lists the names in a folder', async () => {
      const stack = gitStack('reflog-many');
      expect(JSON.parse(await text(where, 'names', ...urlsOf(stack)))).toEqual([...stack.files.keys()].sort());
    });

    it('writes a table that Node reads', async () => {
      const written = largeRecords();
      expect(await text(where, 'write', '/written.ref', toText(written), JSON.stringify(LARGE_OPTIONS))).toBe('201');
      const back = await inNode(server.files.get('/written.ref'));
      expect(back.refs).toEqual(written.refs.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
      expect(back).toEqual(await inNode(server.files.get(large)));
    });
  });

  describe('over HTTP', () => {
    it('lists a large table by few requests', async () => {
      const file = server.files.get(large);
      expect(await records('page', 'http', large)).toEqual(await inNode(file));
      // The opening, the footer, 16 KiB, and from there 256 KiB at a time.
      expect(server.requests.length).toBeLessThanOrEqual(3 + Math.ceil(Number(file?.length) / (256 << 10)));
    });

    it('finds a ref in a large table by one request a level', async () => {
      const [wanted] = largeRecords().refs.slice(12_345);
      expect((await records('page', 'ref', large, String(wanted?.name))).refs).toEqual([wanted]);
      // The opening, the footer, two levels of the index, a block.
      expect(server.requests.length).toBeLessThanOrEqual(5);
    });

    it('opens a small table by one request', async () => {
      await records('page', 'http', tableOf(gitStack('reflog-many')));
      expect(server.requests.length).toBe(1);
    });

    it('reads from another origin that exposes the headers', async () => {
      server.shared.set(large, 'Content-Range, ETag');
      expect(await records('page', 'http', elsewhere(large))).toEqual(await inNode(server.files.get(large)));
    });

    it('says so where another origin does not expose them', async () => {
      server.shared.set(large, '');
      await expect(text('page', 'http', elsewhere(large))).rejects.toThrow('CONTENT_RANGE_HIDDEN');
      await expect(text('worker', 'http', elsewhere(large))).rejects.toThrow('CONTENT_RANGE_HIDDEN');
    });

    it('says so where another origin shares nothing', async () => {
      server.shared.delete(large);
      await expect(text('page', 'http', elsewhere(large))).rejects.toThrow('SOURCE_READ');
    });

    it('notices a file that changed', async () => {
      server.files.set('/changing.ref', largeTable());
      await expect(text('page', 'overwritten', '/changing.ref')).rejects.toThrow('SOURCE_CHANGED');
    });

    /** The same server, but to a browser another origin. @param {string} path */
    function elsewhere(path) {
      return origin.replace('127.0.0.1', 'localhost') + path;
    }
  });

  it('finds the same damage as Node, at the same place', async () => {
    const tables = damagedTables();
    for (const { name, bytes } of tables) server.files.set(`/damaged/${name}`, bytes);
    const found = await text('page', 'outcomes', ...tables.map(({ name }) => `/damaged/${name}`));
    expect(JSON.parse(found)).toEqual(await Promise.all(tables.map(({ bytes }) => outcomeOf(bytes))));
  });

  it('had nothing go wrong unseen', () => {
    expect(complaints).toEqual([]);
  });
});
