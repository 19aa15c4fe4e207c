// @ts-check
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './workspace.mjs';

/** A command that ended with another exit code than 0; its message holds what it printed. */
export class CommandFailed extends Error {}

/**
 * Runs a command and hands back its stdout.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string }} [options]
 */
export function run(command, args, options = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
  });
  if (error) throw new CommandFailed(`${command}: ${error.message}`, { cause: error });
  if (status !== 0) {
    throw new CommandFailed(`${[command, ...args].join(' ')}: ended with ${String(status ?? signal)}\n${stdout}${stderr}`);
  }
  return stdout;
}

/**
 * Runs a command that speaks to the person: all that it prints goes to stderr, so that stdout stays clean.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {boolean} whether it succeeded
 */
export function runLoudly(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options }).status === 0;
}

/**
 * The path of a program that an npm package brings along.
 * @param {string} name
 */
export function bin(name) {
  return join(root, 'node_modules/.bin', process.platform === 'win32' ? `${name}.cmd` : name);
}

/**
 * Runs pnpm: the one that runs us, if one does, or one fetched for the purpose.
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function pnpm(args, options = {}) {
  return process.env['npm_config_user_agent']?.startsWith('pnpm/')
    ? run('pnpm', args, options)
    : run('npx', ['-y', 'pnpm@12', ...args], options);
}
