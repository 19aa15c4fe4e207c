// @ts-check
import { BytesSource } from '@reftable/io';
import { FileSourceSync } from '@reftable/io/node';
import { openTableSync } from '@reftable/table';

/** @typedef {(fixture: import('./fixture.mjs').Fixture) => import('@reftable/table').TableSync} Open */

/** @type {Open} the bench's table, in memory as a whole */
export const inMemory = ({ bytes }) => openTableSync(new BytesSource(bytes));

/** @type {Open} the bench's table, in its file */
export const onFile = ({ path }) => openTableSync(FileSourceSync.open(path));
