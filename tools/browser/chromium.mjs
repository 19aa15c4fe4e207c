// @ts-check
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const PLACES = ['/Applications/Chromium.app/Contents/MacOS/Chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The path of a Chromium: the one that `REFTABLE_CHROMIUM` names, or else one of this machine; undefined if there is none.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {(path: string) => boolean} [exists]
 * @throws Error if the one named is not there, or if there is none and `REFTABLE_REQUIRE_CHROMIUM` is 1
 */
export function findChromium(env = process.env, exists = existsSync) {
  const asked = env['REFTABLE_CHROMIUM'];
  if (asked !== undefined) {
    if (!exists(asked)) throw new Error(`REFTABLE_CHROMIUM=${asked}: no such file`);
    return asked;
  }
  const folders = ['/usr/bin', ...(env['PATH'] ?? '').split(delimiter)];
  const paths = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES];
  const found = paths.find((path) => exists(path));
  if (found === undefined && env['REFTABLE_REQUIRE_CHROMIUM'] === '1') {
    throw new Error('REFTABLE_REQUIRE_CHROMIUM is set, but there is no Chromium: set REFTABLE_CHROMIUM');
  }
  return found;
}

/**
 * Starts Chromium, headless, with a profile of its own that is gone when it is closed.
 * @param {string} executablePath
 */
export async function startChromium(executablePath) {
  const profile = mkdtempSync(join(tmpdir(), 'reftable-chromium-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: ARGS });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
