// @ts-check
import { execFileSync } from 'node:child_process';

/**
 * Makes sure that `REFTABLE_GIT`, the Git that tests compare with, is one that knows the format: the one asked for, or
 * else the `git` of this machine if it is new enough. Tests that need it skip themselves where the variable is not set,
 * unless `REFTABLE_REQUIRE_GIT` forbids that.
 */
export default function provideGit() {
  const asked = process.env['REFTABLE_GIT'];
  if (asked !== undefined) {
    if (!knowsReftable(asked)) throw new Error(`REFTABLE_GIT=${asked}: no Git that knows the reftable format (2.45 or newer)`);
  } else if (knowsReftable('git')) {
    process.env['REFTABLE_GIT'] = 'git';
  } else if (process.env['REFTABLE_REQUIRE_GIT'] === '1') {
    throw new Error('REFTABLE_REQUIRE_GIT is set, but there is no Git that knows the reftable format: set REFTABLE_GIT');
  }
}

/** @param {string} git */
function knowsReftable(git) {
  try {
    const [, major, minor] = /(\d+)\.(\d+)/.exec(execFileSync(git, ['version'], { encoding: 'utf8' })) ?? [];
    return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 45);
  } catch {
    return false;
  }
}
