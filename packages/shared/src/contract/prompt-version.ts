/** Part of every cached result's key. Raise it when the prompt or the gate changes: decks are then generated again. */
export const PROMPT_VERSION = '2026-11-3';
