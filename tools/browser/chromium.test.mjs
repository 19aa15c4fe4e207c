// @ts-check
import { describe, expect, it } from 'vitest';
import { findChromium } from './chromium.mjs';

describe('findChromium', () => {
  const nowhere = () => false;

  it('takes the one that is named, before any other', () => {
    expect(findChromium({ REFTABLE_CHROMIUM: '/my/chromium' }, () => true)).toBe('/my/chromium');
  });

  it('does not fall back where the one that is named is not there', () => {
    expect(() => findChromium({ REFTABLE_CHROMIUM: '/my/chromium' }, (path) => path !== '/my/chromium')).toThrow('/my/chromium');
  });

  it('looks along the path', () => {
    expect(findChromium({ PATH: '/a:/b' }, (path) => path === '/b/google-chrome')).toBe('/b/google-chrome');
  });

  it('finds none where there is none, and fails if one is required', () => {
    expect(findChromium({}, nowhere)).toBeUndefined();
    expect(() => findChromium({ REFTABLE_REQUIRE_CHROMIUM: '1' }, nowhere)).toThrow('REFTABLE_REQUIRE_CHROMIUM');
  });
});
