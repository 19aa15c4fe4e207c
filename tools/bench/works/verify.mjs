// @ts-check
// Every byte looked at, the object section held against the refs.
import { BytesSource } from '@reftable/io';
import { verifyTableSync } from '@reftable/table/verify';

/** @type {import('../lib/work.mjs').Work[]} */
export default [
  {
    name: 'verify',
    per: 'refs',
    against: [],
    prepare({ bytes }) {
      const found = () => verifyTableSync(new BytesSource(bytes));
      return {
        run() {
          if (found().length > 0) throw new Error('the table is sound, but not for the verification');
          return bytes.length;
        },
        check(digest) {
          digest.line(JSON.stringify(found()));
        },
      };
    },
  },
];
