import type { Answer, Deps, Input } from '../../http/endpoint';

/** `GET /openapi.json`: made from the schemas that validate. */
export function readOpenapi(_input: Input, { openapi }: Deps): Answer {
  return { status: 200, headers: { 'Content-Type': 'application/json; charset=utf-8' }, body: openapi() };
}
