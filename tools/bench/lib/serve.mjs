// @ts-check
import { createInterface } from 'node:readline';
import { Digest } from './digest.mjs';

/** @typedef {import('./work.mjs').Prepared} Prepared */

/**
 * Does works as they are asked for on standard input: see `contender.mjs`.
 * @param {(name: string) => Prepared | undefined} prepare
 */
export async function serve(prepare) {
  /** @type {Map<string, Prepared>} */
  const prepared = new Map();
  for await (const line of createInterface({ input: process.stdin })) {
    const [request, name = ''] = line.split(' ');
    const work = prepared.get(name) ?? prepare(name);
    if (work === undefined) throw new Error(`no such work: ${name}`);
    prepared.set(name, work);
    process.stdout.write(`${JSON.stringify(request === 'check' ? await check(work) : await time(work))}\n`);
  }
  for (const { close } of prepared.values()) close?.();
}

/** @param {Prepared} work */
async function check(work) {
  const digest = new Digest();
  await work.check(digest);
  return { digest: digest.hex() };
}

/** @param {Prepared} work @returns {Promise<import('./contender.mjs').Timing>} */
async function time(work) {
  work.reset?.();
  const start = process.hrtime.bigint();
  const count = await work.run();
  return { nanoseconds: Number(process.hrtime.bigint() - start), count };
}
