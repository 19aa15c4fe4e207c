// @ts-check
import { build } from 'esbuild';

/**
 * Bundles one module for the browser, and hands back the code.
 * @param {object} what
 * @param {string} what.contents the module's text
 * @param {string} what.resolveDir where its imports are looked up
 * @param {boolean} [what.external] whether other packages stay outside
 */
export async function bundleForBrowser({ contents, resolveDir, external = false }) {
  const result = await build({
    stdin: { contents, resolveDir },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    packages: external ? 'external' : 'bundle',
    logLevel: 'silent',
  });
  const [file] = result.outputFiles;
  if (!file) throw new Error('esbuild made no output');
  return file.contents;
}
