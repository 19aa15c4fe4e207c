import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha3 as byNode } from './sha3.node.js';
import { sha3 } from './sha3.js';

test('SHA3-256 of nothing is what FIPS 202 says', () => {
  expect(Buffer.from(sha3(new Uint8Array(0))).toString('hex')).toBe('a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a');
});

test('both give the same, around the 136 bytes that are hashed at a time too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(Buffer.compare(sha3(bytes), byNode(bytes))).toBe(0);
    }),
  );
});
