/* What SPEC.md shows is what is written. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gazetteer, gitTable } from './examples.testing.js';
import { encodeFooter } from './footer.js';
import { open } from './sst.testing.js';

const text = readFileSync(new URL('../SPEC.md', import.meta.url), 'utf8');

/** The rows of the table under a heading: where each starts, and its bytes. */
function rowsUnder(heading: string): { readonly position: number; readonly hex: string }[] {
  const start = text.indexOf(`\n### ${heading}\n`);
  const end = text.indexOf('\n### ', start + 1);
  const part = text.slice(start, end < 0 ? undefined : end);
  return [...part.matchAll(/^\| (\d+) \| ([^|]+) \|/gm)].map(([, position, cells]) => ({
    position: Number(position),
    hex: [...cells!.matchAll(/`([0-9a-f]+)`/g)].map(([, digits]) => digits).join(''),
  }));
}

test.each([
  ['A table of several levels', gazetteer()],
  ['A Git table', gitTable()],
])('%s, byte by byte', (heading, table) => {
  const rows = rowsUnder(heading);
  expect(rows.map(({ hex }) => hex).join('\n')).toBe(rows.map(({ position, hex }) => Buffer.from(table).toString('hex', position, position + hex.length / 2)).join('\n'));
  let end = 0;
  for (const { position, hex } of rows) {
    expect(position).toBe(end);
    end += hex.length / 2;
  }
  expect(end).toBe(table.length);
  expect(text).toContain(`${table.length} bytes.\n`);
  open(table).verify();
});

test('the sizes that it names', () => {
  const footer = { hasChecksums: false, blockSize: 0, root: 0, metadata: new Uint8Array(0) };
  expect(encodeFooter(footer).length).toBe(26);
  expect(encodeFooter({ ...footer, metadata: new Uint8Array(70) }).length).toBe(96);
});
