// Made by `npm run docs` from the schemas and tables of the API: change those, not this file.

export const STATUSES = ['queued', 'running', 'completed', 'failed', 'canceled'] as const;
export const CARD_TYPES = ['basic', 'reversed', 'cloze', 'choice'] as const;
export const DIFFICULTIES = ['easy', 'medium', 'hard'] as const;
export const ANSWER_LENGTHS = ['short', 'medium', 'detailed'] as const;
export const DEFAULT_OPTIONS = {
  cards: 10,
  types: ['basic', 'cloze'],
  language: 'auto',
  difficulty: 'medium',
  answer_length: 'medium',
} as const;
export const MAX_FOCUS_CHARS = 300 as const;
export const MAX_TITLE_CHARS = 200 as const;
export const MAX_WAIT_SECONDS = 60 as const;
