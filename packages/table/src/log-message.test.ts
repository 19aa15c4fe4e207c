import { describe, expect, test } from 'vitest';
import { logMessage, storedMessage } from './log-message.js';
import { codeOf, logDeletion, oid, update } from './table.testing.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const normal = (text: string): unknown => codeOf(() => new TextDecoder().decode(logMessage(bytes(text), false)));

describe('as Git stores it', () => {
  test.each([
    ['one line gets a newline', 'commit: x', 'commit: x\n'],
    ['an ended line is as it was', 'commit: x\n', 'commit: x\n'],
    ['more newlines at its end become one', 'commit: x\n\n\n', 'commit: x\n'],
    ['an empty one is a newline', '', '\n'],
    ['newlines alone are one', '\n\n', '\n'],
    ['blanks stay', '  a  \t ', '  a  \t \n'],
  ])('%s', (_, given, stored) => {
    expect(normal(given)).toBe(stored);
  });

  test('an existence marker and a tombstone have none; any other entry that is given none has a newline', () => {
    const none = { oldOid: '0'.repeat(40), newOid: '0'.repeat(40), message: '' };
    const stored = (log: Parameters<typeof storedMessage>[0]): string => new TextDecoder().decode(storedMessage(log, false));
    expect(stored(update('a', 1, none))).toBe('');
    expect(stored({ ...update('a', 1, none), oldOid: new Uint8Array(20), newOid: new Uint8Array(20) })).toBe('');
    expect(stored({ ...update('a', 1, none), newOid: Uint8Array.from({ length: 20 }, (_, i) => (i === 19 ? 1 : 0)) })).toBe('\n');
    expect(stored(update('a', 1, { ...none, newOid: oid(1) }))).toBe('\n');
    expect(stored(update('a', 1, { ...none, message: 'x' }))).toBe('x\n');
    expect(stored(logDeletion('a'))).toBe('');
  });

  test('two lines are refused', () => {
    expect(normal('a\nb')).toBe('LOG_MESSAGE');
    expect(normal('\na\n')).toBe('LOG_MESSAGE');
  });

  test('what was given is not changed', () => {
    const given = bytes('a\n\n');
    logMessage(given, false);
    expect(given).toEqual(bytes('a\n\n'));
  });
});

test('told to be exact, anything is stored as it is', () => {
  for (const text of ['', 'a', 'a\n\n', 'a\nb']) expect(logMessage(bytes(text), true)).toEqual(bytes(text));
});
