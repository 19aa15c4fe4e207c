// @ts-check
import { run } from './ways.mjs';

/**
 * As `run`, in a module worker of its own.
 * @param {import('./ways.mjs').Way} way
 * @param {string[]} args
 * @returns {Promise<string>}
 */
async function runInWorker(way, args) {
  const worker = new Worker('/worker.mjs', { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.onerror = ({ message }) => reject(new Error(`worker: ${message}`));
      worker.onmessage = ({ data }) => {
        const { text, error } = /** @type {{ text?: string, error?: string }} */ (data);
        if (text === undefined) reject(new Error(`worker: ${error}`));
        else resolve(text);
      };
      worker.postMessage({ way, args });
    });
  } finally {
    worker.terminate();
  }
}

/** What the test calls. */
export const places = { page: run, worker: runInWorker };

Object.assign(globalThis, { places });
