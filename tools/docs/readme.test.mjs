// @ts-check
// Every example of the documents is run, and must do what it says.
import { describe, expect, it } from 'vitest';
import { checkTypes } from './check-types.mjs';
import { blocksOf, documents } from './documents.mjs';
import { brokenPromise, promises, runBlock } from './run-block.mjs';

const blocks = documents().flatMap(blocksOf);
const examples = blocks.filter(({ language }) => language === 'ts');

/** What is no code of ours, and what shows a command or its output. */
const OTHERS = ['', 'text', 'console', 'sh', 'json', 'diff', 'yaml'];

it('knows the language of every block', () => {
  expect(blocks.filter(({ language }) => ![...OTHERS, 'ts'].includes(language)).map(({ name, language }) => `${name}: ${language}`)).toEqual([]);
});

it('type-checks every example', () => {
  expect(checkTypes(examples)).toEqual([]);
});

describe('runs', () => {
  it.each(examples)('$name', async (example) => {
    const printed = await runBlock(example);
    expect(brokenPromise(printed, promises(example.code)), printed).toBeUndefined();
  });
});

describe('would notice', () => {
  const home = import.meta.dirname;

  it('an example that fails', async () => {
    await expect(runBlock({ name: 'a', home, language: 'ts', code: 'process.exitCode = 3;' })).rejects.toThrow('the example fails');
    await expect(runBlock({ name: 'a', home, language: 'ts', code: 'await Promise.reject(new Error("no"));' })).rejects.toThrow('no');
  });

  it('an example of wrong types', () => {
    const code = "import { encodeVarint } from '@reftable/varint';\nencodeVarint('1');\n";
    expect(checkTypes([{ name: 'a.md:1', home, language: 'ts', code }])).toEqual([expect.stringMatching(/^a\.md:1, line 2 of the example: /)]);
  });

  it('what an example says that it prints, and does not', () => {
    const code = "console.log(1); // 1\n  console.log({ a: 2 }); // { a: … }\n";
    expect(promises(code)).toEqual(['1', '{ a: … }']);
    expect(brokenPromise('1\n{\n  a: 2 }\n', promises(code))).toBeUndefined();
    expect(brokenPromise('11\n{ a: 2 }\n', promises(code))).toBe('1');
    expect(brokenPromise('{ a: 2 }\n1\n', promises(code))).toBe('{ a: … }');
    expect(brokenPromise('1\n2\n', ['1', '2', '2'])).toBe('2');
  });

  it('a block within a list, and one that shows a fence', () => {
    const text = '- x\n\n  ```ts\n  f();\n  ```\n\n````text\n```ts\n```\n````\n';
    expect(blocksOf({ path: 'a.md', home, text }).map(({ name, language }) => `${name} ${language}`)).toEqual(['a.md:3 ts', 'a.md:7 text']);
  });
});
