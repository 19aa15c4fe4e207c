// @ts-check
import { createHash } from 'node:crypto';

/** A checksum over records, so that two who read the same can be seen to have read the same. */
export class Digest {
  #sum = createHash('sha256');
  /** Hashing many short strings one by one is slow. */
  #waiting = '';

  /** @param {string[]} fields */
  line(...fields) {
    this.#waiting += `${fields.join('\t')}\n`;
    if (this.#waiting.length > 1 << 16) this.#flush();
  }

  /** @param {import('@reftable/block').Ref | undefined} ref */
  ref(ref) {
    if (ref === undefined) throw new Error('a ref is missing');
    this.line(
      ref.name,
      'oid' in ref ? ref.oid : '',
      'peeled' in ref ? ref.peeled : '',
      'target' in ref ? ref.target : '',
    );
  }

  hex() {
    this.#flush();
    return this.#sum.digest('hex');
  }

  #flush() {
    this.#sum.update(this.#waiting);
    this.#waiting = '';
  }
}
