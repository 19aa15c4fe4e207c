import { describe, expect, test } from 'vitest';
import { logMessage } from './log-message.js';
import { codeOf } from './table.testing.js';

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
