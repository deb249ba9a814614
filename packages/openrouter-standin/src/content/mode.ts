import type { ContentMode } from '../catalogue';
import type { Task } from '../chat/chat-request';
import { extractCards } from '../extractive/extract';
import { cannedContent } from './canned';
import { cardsJson } from './card';
import { noisyAnswer } from './noisy';

const MODES: Readonly<Record<ContentMode, (task: Task, seed: string) => string>> = {
  canned: (task) => cannedContent(task),
  extractive: (task) => cardsJson(extractCards(task)),
  noisy: (task, seed) => noisyAnswer(task, seed).content,
};

/** The answer of a model of this kind. The same task and seed give the same bytes. */
export const contentFor = (mode: ContentMode, task: Task, seed: string): string => MODES[mode](task, seed);
