// @ts-check
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Contender } from '../lib/contender.mjs';

/** @type {import('../lib/peer.mjs').Peer} */
const git = {
  name: 'Git',
  find() {
    const script = join(import.meta.dirname, '../../ci/provide-git.sh');
    const program = process.env['REFTABLE_GIT'] ?? execFileSync('bash', [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
    return (dir) => new Contender('Git', process.execPath, [join(import.meta.dirname, '../git.mjs'), dir, program]);
  },
};
export default git;
