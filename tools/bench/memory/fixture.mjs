// @ts-check
// `fixture.mjs FOLDER TIMES`: writes the bench's files, for so many times its refs.
import { writeFixture } from '../lib/fixture.mjs';
import { FULL } from '../lib/records.mjs';

const [folder = '', times = ''] = process.argv.slice(2);
const scale = { ...FULL, refs: FULL.refs * Number(times), ids: FULL.ids * Number(times) };
const { size, refs } = writeFixture(folder, scale);
process.stdout.write(JSON.stringify({ size, refs: refs.records }));
