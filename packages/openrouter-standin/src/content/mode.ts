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

/** What the model of this kind says to a task: same task and seed, same bytes. */
export const contentFor = (mode: ContentMode, task: Task, seed: string): string => MODES[mode](task, seed);
