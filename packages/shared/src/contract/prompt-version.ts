/** Part of every cached result's key: a changed prompt or gate makes decks anew. Count it up with either. */
export const PROMPT_VERSION = '2026-11-3';
