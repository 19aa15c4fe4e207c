// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from '../lib/workspace.mjs';

/**
 * A place in the sources that makes an error.
 * @typedef {object} ErrorSite
 * @property {string} code
 * @property {string} kind
 * @property {string} place the file and the line
 */

/**
 * What makes errors: the class, or a function that is given a code and hands it on.
 * @typedef {object} Maker
 * @property {number} codeAt which of its arguments is the code
 * @property {(call: ts.CallExpression | ts.NewExpression) => string} kindOf the kind of the error that a call makes
 */

/** The constructor of `ReftableError`: kind, code, … @type {Maker} */
const CLASS = { codeAt: 1, kindOf: (call) => literals(call.arguments?.[0])[0] ?? '' };

/**
 * Every place in some sources that makes an error with a code. Functions with a parameter named `code` are followed: their
 * callers are such places.
 * @param {readonly ts.SourceFile[]} files
 * @returns {ErrorSite[]}
 * @throws Error where a code or kind is not written out, so that none is missed
 */
export function errorSites(files) {
  const makers = findMakers(files);
  return files.flatMap((file) =>
    [...calls(file)].flatMap((call) => {
      const maker = makerOf(call, makers);
      if (maker === undefined) return [];
      const place = placeOf(call);
      const codes = literals(call.arguments?.[maker.codeAt]);
      const kind = maker.kindOf(call);
      if (codes.length === 0) throw new Error(`${place}: the code of this error is not written out`);
      if (kind === '') throw new Error(`${place}: the kind of this error is not written out`);
      return codes.map((code) => ({ code, kind, place }));
    }),
  );
}

/**
 * The sources of a package, without its tests, parsed.
 * @param {string} dir the package's folder
 * @returns {ts.SourceFile[]}
 */
export function parseSources(dir) {
  const src = join(dir, 'src');
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.test|\.testing)\.ts$/.test(name))
    .map((name) => parse(relative(root, join(src, name)), readFileSync(join(src, name), 'utf8')));
}

/** @param {string} path @param {string} text */
export function parse(path, text) {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/**
 * The functions that hand on a code, by their names: first those that the class is called in, then those that call these.
 * @param {readonly ts.SourceFile[]} files
 */
function findMakers(files) {
  /** @type {Map<string, Maker>} */
  const makers = new Map([['ReftableError', CLASS]]);
  const pending = new Set(files.flatMap((file) => [...calls(file)]).filter((call) => codeParameter(call) !== undefined));
  for (let before = -1; before !== pending.size; ) {
    before = pending.size;
    for (const call of pending) {
      const inner = makerOf(call, makers, false);
      const parameter = codeParameter(call);
      const argument = call.arguments?.[inner?.codeAt ?? 0];
      if (inner === undefined || parameter === undefined || argument?.getText() !== 'code') continue;
      pending.delete(call);
      const kind = inner.kindOf(call);
      const maker = { codeAt: parameter.parent.parameters.indexOf(parameter), kindOf: () => kind };
      const key = keyOf(parameter.parent);
      const same = makers.get(key);
      if (same !== undefined && (same.codeAt !== maker.codeAt || same.kindOf(call) !== kind)) {
        throw new Error(`${placeOf(call)}: another ${key} makes other errors: give one of them another name`);
      }
      makers.set(key, maker);
    }
  }
  return makers;
}

/**
 * What a call calls, if it makes an error; not where it stands in such a function itself and hands on the code.
 * @param {ts.CallExpression | ts.NewExpression} call
 * @param {ReadonlyMap<string, Maker>} makers
 */
function makerOf(call, makers, handsOn = true) {
  const { expression } = call;
  const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
  const called = name === 'super' ? superclass(call) : name;
  const maker = makers.get(`${call.getSourceFile().fileName} ${called}`) ?? makers.get(called);
  const isHandedOn = handsOn && maker !== undefined && codeParameter(call) !== undefined && call.arguments?.[maker.codeAt]?.getText() === 'code';
  return isHandedOn ? undefined : maker;
}

/** The name of the class that the class around a call extends. @param {ts.Node} node */
function superclass(node) {
  const around = ts.findAncestor(node, ts.isClassLike);
  return around?.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]?.expression.getText() ?? '';
}

/**
 * The parameter `code` of the function around a call.
 * @param {ts.Node} node
 * @returns {(ts.ParameterDeclaration & { parent: ts.SignatureDeclaration }) | undefined}
 */
function codeParameter(node) {
  const around = ts.findAncestor(node, ts.isFunctionLike);
  return around?.parameters.find(({ name }) => name.getText() === 'code');
}

/** A function that is not exported is known in its file alone. @param {ts.SignatureDeclaration} node */
function keyOf(node) {
  const name = node.name?.getText() ?? '';
  const isExported = ts.isMethodDeclaration(node) || (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export) !== 0;
  return isExported && !name.startsWith('#') ? name : `${node.getSourceFile().fileName} ${name}`;
}

/**
 * The codes and kinds that some sources match errors with.
 * @param {readonly ts.SourceFile[]} files
 * @returns {{ name: string, place: string }[]}
 */
export function matches(files) {
  return files.flatMap((file) =>
    [...calls(file)]
      .filter(({ expression }) => expression.getText() === 'isReftableError')
      .flatMap((call) => (call.arguments ?? []).slice(1).flatMap((name) => literals(name).map((text) => ({ name: text, place: placeOf(call) })))),
  );
}

/** The string that an expression is, or the two that `?:` chooses from. @param {ts.Expression | undefined} node @returns {string[]} */
function literals(node) {
  if (node === undefined) return [];
  if (ts.isStringLiteral(node)) return [node.text];
  return ts.isConditionalExpression(node) ? [...literals(node.whenTrue), ...literals(node.whenFalse)] : [];
}

/** @param {ts.Node} node @returns {Generator<ts.CallExpression | ts.NewExpression>} */
function* calls(node) {
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) yield node;
  for (const child of node.getChildren()) yield* calls(child);
}

/** @param {ts.Node} node */
function placeOf(node) {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}
