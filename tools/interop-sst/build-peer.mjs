// @ts-check
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from '../lib/workspace.mjs';

/** Where the peer is built: nothing of it is left in the sources. */
const home = join(root, 'node_modules/.cache/interop-sst');

/**
 * Builds the program that does with the crate what it is told. The first time cargo fetches the crate, which takes a minute or two.
 * @returns {string | undefined} its path; undefined where there is no cargo, or the crate can't be had
 */
export function buildPeer() {
  mkdirSync(home, { recursive: true });
  for (const name of ['Cargo.toml', 'main.rs']) copyFileSync(join(import.meta.dirname, 'peer', name), join(home, name));
  const path = [process.env['PATH'], join(homedir(), '.cargo/bin')].join(delimiter);
  const { status, error } = spawnSync('cargo', ['build', '--release', '--quiet'], { cwd: home, env: { ...process.env, PATH: path }, stdio: ['ignore', 2, 2] });
  const program = join(home, 'target/release/sst-peer');
  return error === undefined && status === 0 && existsSync(program) ? program : undefined;
}
