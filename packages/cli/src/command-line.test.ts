import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { damagedStacks, damagedTables, gitStacks } from '@reftable/conformance';
import { writeTable } from '@reftable/table';
import { describe, expect, it } from 'vitest';
import { inFolder, output, reftableStub, run, scratchFolder, writeTree } from './cli.testing.js';
import { main } from './command-line.js';
import { EXAMPLE } from './place.js';

const scratch = scratchFolder();
const stack = gitStacks('git').find(({ name }) => name === 'annotated-tags')!;
const oneLine = /^reftable: [^\n]+\n$/;

describe('general', () => {
  it('shows the bundled example where no PATH is given', async () => {
    const { exitCode, stdout, stderr } = await run([]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^The bundled example repository/);
    expect(await output('show', EXAMPLE)).toBe(stdout);
  });

  it('says on stderr that a list is of the example', async () => {
    for (const argv of [['ls'], ['log', 'main']]) {
      const { stderr, stdout } = await run(argv);
      expect(stderr).toMatch(/example/);
      expect(stdout).not.toMatch(/example/);
    }
  });

  it('takes a PATH without the word show', async () => {
    expect(await output(stack.directory)).toBe(await output('show', stack.directory));
    expect(await output('-n', '1', stack.directory)).toBe(await output('show', stack.directory, '-n1'));
  });

  it('tells its version and its usage', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(await output('--version')).toBe(`${version}\n`);
    expect(await output('--help')).toMatch(/Usage:/);
    expect(await output('ls', '-h')).toBe(await output('--help'));
  });
});

describe('exit codes', () => {
  const usage = [
    ['log'],
    ['dump'],
    ['show', 'a', 'b'],
    ['ls', 'a', 'b'],
    ['dump', 'a', 'b'],
    ['log', 'a', 'b', 'c'],
    ['--unknown'],
    ['ls', '--json'],
    ['ls', '--prefix'],
    ['-n', 'many'],
    ['-n', '-1'],
    ['-n', '3', '--all'],
  ];

  it.each(usage.map((argv) => ({ argv })))('2 for wrong usage: $argv', async ({ argv }) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(oneLine);
  });

  it.each(['show', 'ls', 'log main', 'dump', 'dump --json'])('4 for a path that leads nowhere: %s', async (words) => {
    for (const path of [join(scratch, 'missing'), join(EXAMPLE, 'config/further')]) {
      const { exitCode, stderr } = await run([...words.split(' '), path]);
      expect(exitCode).toBe(4);
      expect(stderr).toBe(`reftable: ${path}: no such file or folder\n`);
    }
  });

  it('1 for a log of what does not exist', async () => {
    const { exitCode, stderr } = await run(['log', 'nobody', stack.directory]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'reftable: nobody: no such ref, and no log of one\n' });
  });

  it('3 for a repository that keeps refs as files', async () => {
    const repository = writeTree(join(scratch, 'files'), {
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/objects/': '',
      '.git/refs/': '',
      'sub/': '',
    });
    for (const path of [repository, join(repository, 'sub'), join(repository, '.git')]) {
      const { exitCode, stderr } = await run([path]);
      expect(exitCode).toBe(3);
      expect(stderr).toBe(`reftable: ${join(repository, '.git')}: not in reftable format: its refs are kept as files\n`);
    }
  });

  it('3 for a file that is no table, with the byte', async () => {
    const path = join(EXAMPLE, 'config');
    const { exitCode, stderr } = await run(['dump', path]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: `reftable: ${path}: file of 85 bytes has no room for a header and a footer at byte 0\n` });
  });

  it('3 for a folder in no repository', async () => {
    mkdirSync(join(scratch, 'empty'));
    const { exitCode, stderr } = await run([join(scratch, 'empty')]);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/is a Git repository/);
  });

  it('3 for what can not be looked at', async () => {
    const { exitCode, stderr } = await run([join(scratch, 'x'.repeat(5000))]);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/: can not be read \(ENAMETOOLONG\)\n$/);
  });

  it('3 for a device, without waiting for it', async () => {
    const { exitCode, stderr } = await run(['ls', '/dev/null']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: 'reftable: /dev/null: not a regular file\n' });
  });
});

describe('damaged input', () => {
  it.each(damagedTables())('$name: one line that names the file, and 3', async ({ path, expected }) => {
    for (const argv of [['dump', path], ['dump', '--json', path], ['show', path], ['ls', path]]) {
      const { exitCode, stderr } = await run(argv);
      // A damaged index or object section is met only by those who look into it.
      const mayBePassedOver = argv[0] !== 'dump' || argv[1] === '--json' || expected.must === 'fail or misread';
      if (exitCode === 0 && mayBePassedOver) continue;
      if (exitCode === 0 && (expected.step === 'seek' || expected.step === 'by-object')) continue;
      expect(exitCode, argv.join(' ')).toBe(3);
      expect(stderr).toMatch(oneLine);
      expect(stderr).toContain(path);
      expect(stderr).not.toMatch(/^ {4}at /m);
    }
  });

  it.each(damagedTables().filter(({ expected }) => ['open', 'scan-refs', 'scan-logs'].includes(expected.step) && expected.must === 'fail'))(
    '$name can not be dumped',
    async ({ path }) => {
      expect((await run(['dump', path])).exitCode).toBe(3);
      expect((await run(['dump', '--json', path])).exitCode).toBe(3);
    },
  );

  it.each(damagedStacks())('stack $name', async ({ directory, expected }) => {
    const { exitCode, stderr } = await run(['ls', directory]);
    if (exitCode === 0 && expected.must === 'fail or misread') return;
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(oneLine);
  });
});

describe('hostile names', () => {
  const hostile = 'refs/heads/\x1b]0;owned\x07\x9b31m\u202e\nfake';
  const bytes = Uint8Array.from(Buffer.from('refs/heads/\xff', 'latin1'));
  const oid = '12'.repeat(20);
  const entry = { updateIndex: 1, kind: 'update', oldOid: oid, newOid: oid, time: 1, timeZone: 0 } as const;
  const table = writeTable(
    {
      refs: [
        { name: hostile, updateIndex: 1, kind: 'direct', oid },
        { name: bytes, updateIndex: 1, kind: 'direct', oid },
        { name: 'HEAD', updateIndex: 1, kind: 'symbolic', target: hostile },
      ],
      logs: [
        { ...entry, ref: hostile, name: hostile, email: hostile, message: hostile },
        { ...entry, ref: 'HEAD', name: bytes, email: hostile, message: bytes },
      ],
    },
    { minUpdateIndex: 1, maxUpdateIndex: 1, exactLogMessages: true },
  );
  const folder = writeTree(join(scratch, 'ho\x1b[5mstile\n'), { 'a.ref': table, 'tables.list': 'a.ref\n' });

  it.each(['show', 'ls', 'log HEAD', 'dump', 'dump --json', 'show --all'])('do not reach the terminal: %s', async (words) => {
    for (const path of [folder, join(folder, 'a.ref')]) {
      const { exitCode, stdout } = await run([...words.split(' '), path], { env: { NO_COLOR: '1' }, isTerminal: true });
      expect(exitCode).toBe(0);
      // eslint-disable-next-line no-control-regex -- these are what must not be there
      expect(stdout).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e\ufffd]/);
      expect(stdout).not.toMatch(/^fake/m);
    }
  });

  it('are told apart where they are not UTF-8', async () => {
    expect(await output('ls', folder)).toContain(`${oid}\trefs/heads/\\xff\n`);
  });

  it('do not reach the terminal in errors', async () => {
    const { stderr } = await run(['dump', join(folder, 'mis\x1b[2Jsing\n')]);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('mis\\x1b[2Jsing\\n');
  });
});

describe('PATH', () => {
  const work = writeTree(join(scratch, 'work'), {
    ...Object.fromEntries(Object.entries(reftableStub()).map(([path, content]) => [`.git/${path}`, content])),
    ...inFolder('.git/reftable', stack.files),
    'src/deep/': '',
  });
  const refs = (...argv: string[]) => output('ls', ...argv);

  it('may be a work tree, a folder in it, a git dir, a reftable folder', async () => {
    const expected = await refs(stack.directory);
    for (const path of ['', 'src/deep', '.git', '.git/refs', '.git/reftable']) expect(await refs(join(work, path)), path).toBe(expected);
  });

  it('may be a table file', async () => {
    const [table] = stack.tables;
    expect(await refs(join(work, '.git/reftable', table!.name))).toBe(await refs(table!.path));
  });

  it('is relative to where the user was, in a script of the name of the command', async () => {
    const env = { INIT_CWD: join(work, 'src'), npm_lifecycle_event: 'reftable' };
    expect((await run(['ls', 'deep'], { env })).stdout).toBe(await refs(work));
    expect((await run(['ls', 'deep'], { env: { ...env, npm_lifecycle_event: 'npx' } })).exitCode).toBe(4);
    expect((await run(['ls', 'deep'], { env: { INIT_CWD: env.INIT_CWD } })).exitCode).toBe(4);
  });
});

describe('output', () => {
  it('has colours only on a terminal, and where they are wanted', async () => {
    const escapes = async (isTerminal: boolean, env: NodeJS.ProcessEnv) => (await run(['show'], { isTerminal, env })).stdout.includes('\x1b[');
    expect(await escapes(true, {})).toBe(true);
    expect(await escapes(true, { NO_COLOR: '' })).toBe(true);
    expect(await escapes(true, { NO_COLOR: '1' })).toBe(false);
    expect(await escapes(false, {})).toBe(false);
  });

  it('is written no faster than it is taken', async () => {
    const large = gitStacks('git').reduce((a, b) => (a.expected.refs.length > b.expected.refs.length ? a : b));
    let isBusy = false;
    let size = 0;
    const stdout = {
      isTerminal: false,
      async write(text: string) {
        expect(isBusy).toBe(false);
        isBusy = true;
        await new Promise((resolve) => setImmediate(resolve));
        isBusy = false;
        size += text.length;
      },
    };
    expect(await main(['dump', '--json', large.directory], { stdout, stderr: stdout, env: {} })).toBe(0);
    expect(size).toBeGreaterThan(1 << 17);
  });

  it('ends quietly when nobody reads on', async () => {
    let said = '';
    const stdout = { isTerminal: false, write: () => Promise.reject(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })) };
    const stderr = { isTerminal: false, write: (text: string) => Promise.resolve(void (said += text)) };
    expect(await main(['ls'], { stdout, stderr, env: {} })).toBe(0);
    expect(await main(['ls', EXAMPLE], { stdout, stderr, env: {} })).toBe(0);
    expect(said).toBe('reftable: no PATH given: this is the bundled example repository\n');
  });
});
