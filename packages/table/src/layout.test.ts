import { INDEX_BLOCK, LOG_BLOCK, OBJECT_BLOCK, REF_BLOCK } from '@reftable/block';
import { describe, expect, test } from 'vitest';
import type { SectionPositions } from './footer.js';
import { layOut } from './layout.js';
import { codeOf } from './table.testing.js';

const nothing: SectionPositions = { refIndex: 0, objects: 0, objectIdLength: 0, objectIndex: 0, logs: 0, logIndex: 0 };
const END = 1000;
const layout = (firstType: number | undefined, at: Partial<SectionPositions> = {}) => layOut(1, { ...nothing, ...at }, firstType, END, undefined);

test('all sections, each with its index', () => {
  const at = { refIndex: 100, objects: 200, objectIdLength: 2, objectIndex: 300, logs: 400, logIndex: 500 };
  expect(layout(REF_BLOCK, at)).toEqual({
    refs: { type: REF_BLOCK, start: 0, end: 100, indexStart: 100, indexEnd: 200 },
    objects: { type: OBJECT_BLOCK, start: 200, end: 300, indexStart: 300, indexEnd: 400 },
    logs: { type: LOG_BLOCK, start: 400, end: 500, indexStart: 500, indexEnd: END },
    end: END,
  });
});

test('a section without index ends where the next begins', () => {
  expect(layout(REF_BLOCK).refs).toMatchObject({ start: 0, end: END, indexStart: 0 });
  expect(layout(REF_BLOCK, { logs: 400 }).refs).toMatchObject({ end: 400 });
  expect(layout(REF_BLOCK, { refIndex: 100, objects: 200, logs: 400 }).objects).toMatchObject({ start: 200, end: 400 });
  expect(layout(REF_BLOCK, { logs: 400 }).logs).toMatchObject({ start: 400, end: END });
});

test('no blocks at all: no sections', () => {
  expect(layout(undefined)).toEqual({ refs: undefined, objects: undefined, logs: undefined, end: END });
});

describe('logs only', () => {
  test("Git's begin at 0, with the file header", () => {
    expect(layout(LOG_BLOCK, { logIndex: 500 })).toMatchObject({ refs: undefined, logs: { start: 0, end: 500, indexStart: 500 } });
  });

  test("JGit's begin behind the file header", () => {
    expect(layout(LOG_BLOCK, { logs: 24 })).toMatchObject({ refs: undefined, logs: { start: 24, end: END } });
    expect(layOut(2, { ...nothing, logs: 28 }, LOG_BLOCK, END, undefined).logs).toMatchObject({ start: 28 });
  });

  test('a log position elsewhere, or refs or objects besides, are damage', () => {
    for (const at of [{ logs: 28 }, { logs: 400 }, { refIndex: 100 }, { objects: 100 }, { objectIndex: 100 }]) {
      expect(codeOf(() => layout(LOG_BLOCK, at))).toBe('SECTION_POSITION');
    }
  });
});

describe('damage', () => {
  test('a first block of another type', () => {
    for (const type of [INDEX_BLOCK, OBJECT_BLOCK, 0, 0x78]) expect(codeOf(() => layout(type))).toBe('BLOCK_TYPE');
  });

  test('sections in a file that has no blocks', () => {
    for (const at of [{ refIndex: 24 }, { objects: 24 }, { objectIndex: 24 }, { logs: 24 }, { logIndex: 24 }]) {
      expect(codeOf(() => layout(undefined, at))).toBe('BLOCK_TYPE');
    }
  });
});
