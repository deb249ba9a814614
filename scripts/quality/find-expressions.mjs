// Finds the regular expressions of a source by TypeScript's parser: literals, and those that `new RegExp` makes of texts
// that stand in the sources.
import ts from 'typescript';

/**
 * A regular expression in a source. Without `source` its text is known only when the program runs.
 * @typedef {{ file: string, line: number, code: string, source?: string, flags: string }} Expression
 * @typedef {Map<string, ts.Expression>} Constants
 */

/**
 * All expressions of some sources, which may use constants of each other.
 * @param {readonly (readonly [file: string, text: string])[]} files
 * @returns {Expression[]}
 */
export function expressionsIn(files) {
  const sources = files.map(([file, text]) =>
    ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, /x$/.test(file) ? ts.ScriptKind.TSX : ts.ScriptKind.TS),
  ); // prettier-ignore
  /** @type {Constants} */
  const shared = new Map(sources.flatMap((source) => [...constantsOf(source)]));
  return sources.flatMap((source) => expressionsOf(source, new Map([...shared, ...constantsOf(source)])));
}

/**
 * What stands at the top of a file under a name.
 * @param {ts.SourceFile} source
 * @returns {Constants}
 */
const constantsOf = (source) =>
  new Map(
    source.statements
      .filter((statement) => ts.isVariableStatement(statement))
      .flatMap(({ declarationList }) => declarationList.declarations)
      .flatMap(({ name, initializer }) => (ts.isIdentifier(name) && initializer ? [[name.text, initializer]] : [])),
  );

/**
 * @param {ts.SourceFile} source
 * @param {Constants} constants
 * @returns {Expression[]}
 */
function expressionsOf(source, constants) {
  /** @type {Expression[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    const parts = partsOf(node, constants);
    if (parts) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ file: source.fileName, line, code: node.getText(), ...parts });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * @param {ts.Node} node
 * @param {Constants} constants
 * @returns {{ source?: string, flags: string } | undefined}
 */
function partsOf(node, constants) {
  if (ts.isRegularExpressionLiteral(node)) return literal(node.text);
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return undefined;
  if (node.expression.getText() !== 'RegExp') return undefined;
  const [pattern, flags] = node.arguments ?? [];
  const source = pattern && textOf(pattern, constants);
  return { ...(source === undefined ? {} : { source }), flags: (flags && textOf(flags, constants)) ?? '' };
}

/** @param {string} text */
function literal(text) {
  const end = text.lastIndexOf('/');
  return { source: text.slice(1, end), flags: text.slice(end + 1) };
}

/**
 * The text that an expression makes of constants; undefined where it depends on anything else.
 * @param {ts.Expression} node
 * @param {Constants} constants
 * @returns {string | undefined}
 */
function textOf(node, constants) {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return textOf(node.expression, constants);
  if (ts.isIdentifier(node)) {
    const value = constants.get(node.text);
    return value && textOf(value, constants);
  }
  if (ts.isTemplateExpression(node)) {
    const spans = node.templateSpans.map(({ expression, literal: { text } }) => [textOf(expression, constants), text]);
    return spans.some(([text]) => text === undefined) ? undefined : node.head.text + spans.flat().join('');
  }
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'source') return sourceOf(node.expression, constants);
  if (ts.isCallExpression(node)) return joined(node, constants);
  return undefined;
}

/**
 * @param {ts.Expression} node
 * @param {Constants} constants
 * @returns {string | undefined}
 */
function sourceOf(node, constants) {
  if (ts.isRegularExpressionLiteral(node)) return literal(node.text).source;
  const value = ts.isIdentifier(node) ? constants.get(node.text) : undefined;
  return value && sourceOf(value, constants);
}

/**
 * The text of `[…].join('|')`.
 * @param {ts.CallExpression} node
 * @param {Constants} constants
 * @returns {string | undefined}
 */
function joined({ expression, arguments: [separator] }, constants) {
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'join' || !separator) return undefined;
  if (!ts.isArrayLiteralExpression(expression.expression)) return undefined;
  const parts = expression.expression.elements.map((part) => textOf(part, constants));
  return parts.includes(undefined) ? undefined : parts.join(textOf(separator, constants));
}
