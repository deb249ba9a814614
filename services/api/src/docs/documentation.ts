import { join } from 'node:path';
import type { SubmitLimits } from '@flashcards/shared/contract/job';
import { VERSION } from '@flashcards/shared/runtime/version';
import type { Endpoint } from '../http/endpoint';
import { openapiOf } from './openapi';
import { type Pages, readPages } from './pages';
import { type OpenapiDocument, referenceHtml } from './reference-html';

export interface Documentation {
  /** The OpenAPI document as it is sent. */
  readonly document: string;
  readonly pages: Pages;
}

/** The API's own documentation: the document of its endpoints, and the pages that the build left beside the code. */
export function createDocumentation(endpoints: readonly Endpoint[], limits: SubmitLimits): Documentation {
  const document = JSON.stringify(openapiOf(endpoints, VERSION));
  const { maxTextChars, maxCards, models } = limits;
  const known = { maxTextChars, maxCards, models };
  const reference = (): string => referenceHtml(JSON.parse(document) as OpenapiDocument);
  return { document, pages: readPages(join(__dirname, '..', 'page'), known, reference) };
}
