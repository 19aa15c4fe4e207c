// @ts-check
// Node itself, doing works of ours that have nothing of ours in them.
import { join } from 'node:path';
import { Contender } from '../lib/contender.mjs';

/** @type {import('../lib/peer.mjs').Peer} */
const node = {
  name: 'Node',
  find: () => (dir) => new Contender('Node', process.execPath, [join(import.meta.dirname, '../ours.mjs'), dir]),
};
export default node;
