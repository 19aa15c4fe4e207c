// @ts-check
import { run } from './ways.mjs';

/** What the page sends. @typedef {{ way: import('./ways.mjs').Way, args: string[] }} Order */

addEventListener('message', ({ data }) => {
  const { way, args } = /** @type {Order} */ (data);
  run(way, args).then(
    (text) => postMessage({ text }),
    (/** @type {unknown} */ error) => postMessage({ error: String(error) }),
  );
});
