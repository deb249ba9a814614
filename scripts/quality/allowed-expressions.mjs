/**
 * Regular expressions that need not be linear, each with the reason. No text of a client or a model meets them, or what
 * is put into them is known. `code` is a part of how the expression is written.
 * @type {readonly { file: string, code: string, reason: string }[]}
 */
export const ALLOWED = [
  {
    file: 'packages/shared/src/store/erasure/rewrite-store.ts',
    code: '`^${line}',
    reason: "Looks for lines that stand in the source, in Redis' own INFO.",
  },
  {
    file: 'packages/shared/src/store/redis-memory.ts',
    code: '`^${name}:',
    reason: "Looks for names that stand in the source, in Redis' own INFO.",
  },
  { file: 'packages/shared/src/store/keys.ts', code: 'luaName(name)', reason: 'Looks for a name in our own scripts.' },
  { file: 'packages/shared/src/store/script.ts', code: '^local function', reason: 'Reads our own scripts.' },
  { file: 'services/api/src/docs/openapi.ts', code: '[^A-Za-z]+', reason: 'Names the paths of our own endpoints.' },
  {
    file: 'services/api/src/operations/board.ts',
    code: 'fonts',
    reason: 'Reads the page of the board, which comes with its package.',
  },
  {
    file: 'services/api/src/operations/board.ts',
    code: 'id="root"',
    reason: 'Reads the page of the board, which comes with its package.',
  },
  {
    file: 'services/worker/src/decks/gate/checks/answer-checks.ts',
    code: '${word}',
    reason: 'Each word comes from the table of numbers beside it, and has letters alone.',
  },
];
