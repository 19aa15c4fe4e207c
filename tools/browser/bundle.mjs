// @ts-check
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a module of this folder, with our packages' sources, as a browser would get it.
 * @param {string} name
 * @returns {Promise<{ code: Uint8Array, inputs: string[] }>} `inputs`: the files that went into it
 */
export async function bundle(name) {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(import.meta.dirname, name)],
    absWorkingDir: join(import.meta.dirname, '../..'),
    // No condition `node`: a browser has none, so it gets our own inflater.
    conditions: ['@reftable/source'],
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    bundle: true,
    write: false,
    metafile: true,
    sourcemap: 'inline',
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild made no output');
  return { code: file.contents, inputs: Object.keys(metafile.inputs) };
}
