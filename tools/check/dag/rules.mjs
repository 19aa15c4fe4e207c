// @ts-check

/**
 * The arrows between the packages: what each may import, in the order of the layers. The conformance data stands
 * beside them: it imports none, and only tests import it.
 * @type {Record<string, readonly string[]>}
 */
export const arrows = {
  varint: [],
  io: ['varint'],
  block: ['varint'],
  table: ['varint', 'io', 'block'],
  merged: ['varint', 'io', 'block', 'table'],
  stack: ['varint', 'io', 'block', 'table', 'merged'],
  // A stack only in its tests, where it runs on the table format of this package.
  'sst-v2': ['varint', 'io', 'block', 'table', 'merged', 'stack'],
  'sst-log': ['varint', 'io'],
  git: ['varint', 'io', 'block', 'table', 'merged', 'stack'],
  cli: ['varint', 'io', 'block', 'table', 'merged', 'stack', 'git', 'sst-v2', 'sst-log'],
  conformance: [],
};

/** The data for tests: no shipped code imports it. */
export const testOnly = 'conformance';

/** What tests and examples of a package may use beside what it may import: they show it together with others. @type {Record<string, readonly string[]>} */
export const together = {
  'sst-log': ['merged', 'sst-v2'],
};

/** The packages whose code runs anywhere: a Node built-in is for their doors `…/node` and for `*.node.ts` files. */
export const cores = ['varint', 'io', 'block', 'table', 'merged', 'stack', 'sst-v2', 'sst-log'];
