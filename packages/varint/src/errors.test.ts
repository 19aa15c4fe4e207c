import { expect, test, vi } from 'vitest';
import { isReftableError, ReftableError } from './errors.js';

test('an error carries what is known of the place, in its fields and in its message', () => {
  const cause = new Error('disk on fire');
  const error = new ReftableError('io', 'SOURCE_READ', 'can not be read', { file: 'a.ref', offset: 12, cause });
  expect(error).toBeInstanceOf(Error);
  expect(error.message).toBe('a.ref: can not be read at byte 12');
  expect(error).toMatchObject({ name: 'ReftableError', kind: 'io', code: 'SOURCE_READ', file: 'a.ref', offset: 12 });
  expect(error.cause).toBe(cause);
});

test('what is not known of the place is not in the message; offset 0 is known', () => {
  const bare = new ReftableError('misuse', 'CODE', 'wrong');
  expect(bare.message).toBe('wrong');
  expect(bare).toMatchObject({ offset: undefined, file: undefined });
  expect('cause' in bare).toBe(false);
  expect('cause' in new ReftableError('misuse', 'CODE', 'wrong', { cause: undefined })).toBe(false);
  expect(new ReftableError('format', 'CODE', 'wrong', { offset: 0 }).message).toBe('wrong at byte 0');
  expect(new ReftableError('format', 'CODE', 'wrong', { file: 'x' }).message).toBe('x: wrong');
});

test('isReftableError matches on the brand, and on any of the codes and kinds given', () => {
  const error: unknown = new ReftableError('format', 'FOOTER_CRC', 'damaged');
  expect(isReftableError(error)).toBe(true);
  expect(isReftableError(error, 'FOOTER_CRC')).toBe(true);
  expect(isReftableError(error, 'format')).toBe(true);
  expect(isReftableError(error, 'io', 'FOOTER_CRC')).toBe(true);
  expect(isReftableError(error, 'HEADER_MAGIC', 'unsupported')).toBe(false);
});

test.each([undefined, null, 0, 'FOOTER_CRC', new Error('x'), { code: 'FOOTER_CRC', kind: 'format' }, () => undefined])(
  'isReftableError refuses %o',
  (other) => {
    expect(isReftableError(other)).toBe(false);
    expect(isReftableError(other, 'FOOTER_CRC')).toBe(false);
  },
);

test('isReftableError knows the errors of another copy of the package', async () => {
  vi.resetModules();
  const copy = await import('./errors.js');
  expect(copy.ReftableError).not.toBe(ReftableError);
  const error = new copy.ReftableError('locked', 'LOCKED', 'held');
  expect(error).not.toBeInstanceOf(ReftableError);
  expect(isReftableError(error, 'LOCKED')).toBe(true);
  expect(copy.isReftableError(new ReftableError('io', 'X', 'x'), 'io')).toBe(true);
});
