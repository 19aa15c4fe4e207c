import { expect, test } from 'vitest';
import { parseConfig } from './config.js';
import { readSharedRepository } from './shared-repository.js';

const read = (line: string): unknown => readSharedRepository(parseConfig(Buffer.from(`[core]\n${line}\n`), 'config'));

test.each([
  ['', null],
  ['sharedRepository = umask', null],
  ['sharedRepository = false', null],
  ['sharedRepository = 0', null],
  ['sharedRepository', 'group'],
  ['sharedRepository = true', 'group'],
  ['sharedRepository = Group', 'group'],
  ['sharedRepository = 1', 'group'],
  ['sharedRepository = world', 'all'],
  ['sharedRepository = 2', 'all'],
  ['sharedRepository = 0640', 0o640],
  ['sharedRepository = 660', 0o660],
])('%s', (line, expected) => {
  expect(read(line)).toBe(expected);
});

test.each(['sharedRepository = 0444', 'sharedRepository = some', 'sharedRepository = 3'])('not %s', (line) => {
  expect(() => read(line)).toThrow(expect.objectContaining({ code: 'CONFIG_VALUE', file: 'config' }) as Error);
});
