// @ts-check
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../lib/workspace.mjs';

/**
 * Type-checks examples, all at once and as strictly as the packages themselves.
 * @param {readonly import('./documents.mjs').Block[]} blocks
 * @returns {string[]} what is wrong: the document, the line, the compiler's message
 */
export function checkTypes(blocks) {
  // Files that are not on the disk, each in the folder from which it finds the packages.
  const examples = new Map(blocks.map((block, index) => [join(block.home, `example-${index}.ts`), block]));
  const base = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(base.config, ts.sys, root);
  Object.assign(options, { composite: false, declaration: false, declarationMap: false, sourceMap: false, noEmit: true });
  Object.assign(options, { types: ['node'], moduleDetection: ts.ModuleDetectionKind.Force });

  const disk = ts.createCompilerHost(options);
  /** @type {ts.CompilerHost} */
  const host = {
    ...disk,
    getCurrentDirectory: () => root,
    fileExists: (path) => examples.has(path) || disk.fileExists(path),
    readFile: (path) => examples.get(path)?.code ?? disk.readFile(path),
    getSourceFile: (path, options, ...rest) => {
      const example = examples.get(path);
      return example ? ts.createSourceFile(path, example.code, options) : disk.getSourceFile(path, options, ...rest);
    },
  };
  const program = ts.createProgram([...examples.keys()], options, host);
  return [...examples].flatMap(([path, { name }]) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(({ messageText, start = 0 }) => {
      const line = Number(file?.getLineAndCharacterOfPosition(start).line) + 1;
      return `${name}, line ${line} of the example: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
  });
}
