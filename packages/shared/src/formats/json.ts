import type { Format } from './format';

/** The deck as the API shows it. */
export const json: Format = {
  label: 'JSON',
  use: 'programs',
  menu: 7,
  extension: 'json',
  mediaType: 'application/json; charset=utf-8',
  options: [],
  render: ({ deck }) => JSON.stringify(deck),
};
