// @ts-check
import { join } from 'node:path';
import { Contender } from '../lib/contender.mjs';

/** This library itself, for work that is compared with other work of ours. @type {import('../lib/peer.mjs').Peer} */
const ours = {
  name: 'ours',
  find: () => (dir) => new Contender('ours', process.execPath, [join(import.meta.dirname, '../ours.mjs'), dir]),
};
export default ours;
