#!/usr/bin/env node
import { main } from './command-line.js';
import type { Output } from './output.js';

void main(process.argv.slice(2), {
  stdout: outputTo(process.stdout),
  stderr: outputTo(process.stderr),
  env: process.env,
}).then((exitCode) => {
  // Not `process.exit`: what is still on its way through a pipe would be lost.
  process.exitCode = exitCode;
});

function outputTo(stream: NodeJS.WriteStream): Output {
  // Failures are told to who writes; as an event that nobody listens to, they would end the process with a stack trace.
  stream.on('error', () => undefined);
  return {
    isTerminal: stream.isTTY,
    write: (text) => new Promise((done, failed) => stream.write(text, (error) => (error ? failed(error) : done()))),
  };
}
