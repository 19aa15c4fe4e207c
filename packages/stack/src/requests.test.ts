import { BytesSource, ReadRequest } from '@reftable/io';
import { expect, test } from 'vitest';
import { MemoryStorage } from './memory-storage.js';
import { perform, performSync, type Steps } from './requests.js';

/** What `ReadRequest` is in another copy of `@reftable/io`: all the same, but another class. */
class OtherReadRequest {
  readonly source = new BytesSource(Uint8Array.of(1, 2, 3, 4));
  readonly offset = 1;
  readonly length = 2;
  bytes!: Uint8Array;
}

function* read(request: ReadRequest): Steps<Uint8Array> {
  yield request;
  return request.bytes;
}

test('reads are answered whatever copy of the package asks', async () => {
  const storage = new MemoryStorage();
  for (const request of [() => new OtherReadRequest(), () => new ReadRequest(new OtherReadRequest().source, 1, 2)]) {
    expect(performSync(read(request()), storage)).toEqual(Uint8Array.of(2, 3));
    expect(await perform(read(request()), storage)).toEqual(Uint8Array.of(2, 3));
  }
});
