import { gitStacks } from '@reftable/conformance';
import { describe, expect, it } from 'vitest';
import { lines } from './cli.testing.js';

describe.each(gitStacks('git'))('$name', ({ directory, expected }) => {
  it('has the logs that Git lists, newest entry first', async () => {
    // A few of each: opening a stack for each of a thousand logs shows nothing new.
    for (const { ref, entries } of expected.logs.slice(0, 20)) {
      if (ref === undefined) continue;
      const shown = await lines('log', '--raw', ref, directory);
      expect(shown.map((line) => line.slice(0, line.indexOf(' ') * 2 + 1))).toEqual(entries.map((entry) => `${entry.old} ${entry.new}`));
      for (const [index, { name, email, time, tz, message }] of entries.entries()) {
        if (name === undefined || email === undefined || message === undefined) continue;
        expect(shown[index]!.endsWith(` ${name} <${email}> ${time} ${tz}\t${message}`), `${shown[index]!}: ${message}`).toBe(true);
      }
    }
  });
});
