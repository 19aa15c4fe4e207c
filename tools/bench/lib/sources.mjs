// @ts-check
import { BytesSink, BytesSource } from '@reftable/io';
import { FileSourceSync } from '@reftable/io/node';
import { convertToV2Sync, openGitTableSync } from '@reftable/sst-v2/git';
import { openTableSync } from '@reftable/table';

/** @typedef {import('./fixture.mjs').Fixture} Fixture */
/** @typedef {(fixture: Fixture) => import('@reftable/table').TableSync} Open */

/** @type {Open} the bench's table, in memory as a whole */
export const inMemory = ({ bytes }) => openTableSync(new BytesSource(bytes));

/** @type {Open} the bench's table, in its file */
export const onFile = ({ path }) => openTableSync(FileSourceSync.open(path));

/** The same in the container proposed for version 2 of reftable, in memory. @param {Fixture} fixture */
export function inContainer(fixture) {
  const sink = new BytesSink();
  convertToV2Sync(inMemory(fixture), sink);
  return openGitTableSync(new BytesSource(sink.bytes()));
}
