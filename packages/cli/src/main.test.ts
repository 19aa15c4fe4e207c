/* The command as its users run it, built. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitStacks } from '@reftable/conformance';
import { describe, expect, it } from 'vitest';
import { output } from './cli.testing.js';
import { EXAMPLE } from './place.js';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const isBuilt = existsSync(program);
if (!isBuilt) process.stderr.write('NOTICE: the packages are not built: the command is not run as its users do\n');

const large = gitStacks('git').reduce((a, b) => (a.expected.refs.length > b.expected.refs.length ? a : b)).directory;

function runBuilt(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', maxBuffer: 1 << 28, cwd: dirname(EXAMPLE) });
}

describe.skipIf(!isBuilt)('the built command', () => {
  it('prints what it prints in this process', async () => {
    expect(runBuilt('ls', 'example.git')).toEqual(expect.objectContaining({ status: 0, stdout: await output('ls', EXAMPLE), stderr: '' }));
    expect(runBuilt('dump', '--json', large)).toEqual(expect.objectContaining({ status: 0, stdout: await output('dump', '--json', large), stderr: '' }));
  });

  it('takes a PATH from the working directory, and calls it by the name that it was given', () => {
    const name = 'example.git/config';
    expect(runBuilt('ls', name).stderr).toBe(`reftable: ${name}: file of 85 bytes has no room for a header and a footer at byte 0\n`);
    expect(runBuilt('ls', 'example.git/../example.git/reftable').stdout).toBe(runBuilt('ls', 'example.git').stdout);
  });

  it('can be started by its name', () => {
    expect(readFileSync(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('ends with its exit codes', () => {
    expect(runBuilt('log').status).toBe(2);
    expect(runBuilt('dump', 'package.json').status).toBe(3);
    expect(runBuilt('missing').status).toBe(4);
    expect(runBuilt('log', 'nobody', 'example.git').status).toBe(1);
  });

  it('ends quietly, and well, when nobody reads on', async () => {
    const child = spawn(process.execPath, [program, 'dump', '--json', large], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, said }).toEqual({ status: 0, said: '' });
  });
});
