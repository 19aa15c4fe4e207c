// @ts-check
import { javaArgs, provideJGit } from '../../jgit/jgit.mjs';
import { Contender } from '../lib/contender.mjs';

/** @type {import('../lib/peer.mjs').Peer} */
const jgit = {
  name: 'JGit',
  find() {
    const classPath = provideJGit();
    return (dir) => new Contender('JGit', 'java', javaArgs(classPath, 'Bench', dir));
  },
};
export default jgit;
