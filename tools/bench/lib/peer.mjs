// @ts-check
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Another implementation. Each module in `peers/` gives one.
 * @typedef {object} Peer
 * @property {string} name
 * @property {() => Start} find throws an error that says why it is not to be had
 */

/** @typedef {(dir: string) => import('./contender.mjs').Contender} Start starts it on the files of a fixture */

/**
 * The peers that there are on this machine, by name. Of the others it is said, on stderr, why not.
 * @param {ReadonlySet<string>} wanted
 */
export async function findPeers(wanted) {
  /** @type {Map<string, Start>} */
  const found = new Map();
  for (const file of readdirSync(join(import.meta.dirname, '../peers')).sort()) {
    const { default: peer } = /** @type {{ default: Peer }} */ (await import(`../peers/${file}`));
    if (!wanted.has(peer.name)) continue;
    try {
      found.set(peer.name, peer.find());
    } catch (error) {
      process.stderr.write(`NOTICE: no ${peer.name} to compare with: ${error instanceof Error ? error.message.trim() : String(error)}\n`);
    }
  }
  return found;
}
