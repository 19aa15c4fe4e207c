import { expect, it } from 'vitest';
import { createColors } from './colors.js';

it('begins and ends each, one within another too', () => {
  const { bold, dim, red, green, yellow } = createColors(true);
  expect([dim('a'), red('b'), yellow('c')]).toEqual(['\x1b[2ma\x1b[22m', '\x1b[31mb\x1b[39m', '\x1b[33mc\x1b[39m']);
  expect(bold(green('main'))).toBe('\x1b[1m\x1b[32mmain\x1b[39m\x1b[22m');
});

it('leaves text as it is where it is not to be colored', () => {
  const { bold, green } = createColors(false);
  expect(bold(green('main'))).toBe('main');
});
