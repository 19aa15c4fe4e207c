import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const check = fileURLToPath(new URL('../make/check.py', import.meta.url));
const python = spawnSync('python3', ['--version']).status === 0;

test.skipIf(!python)('the independent reader agrees with JGit, Git and the crafted tables, and refuses what is damaged', () => {
  const { status, stdout, stderr } = spawnSync('python3', ['-B', check], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/\b123 damaged table refused\n[^]*\b138 merged refs of a stack of Git's\n[^]*\b0 differences\n$/);
  expect(status).toBe(0);
});
