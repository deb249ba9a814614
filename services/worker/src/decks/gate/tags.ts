import { LIMITS } from './limits';
import { headingsAbove, type Outline } from '../text/outline';

/** The request's tags, then a few of the model's that add something. Blanks and commas separate tags in Anki. */
export function mergeTags(wanted: readonly string[], offered: readonly string[]): string[] {
  const tags = [...new Set(wanted)];
  const seen = new Set(tags.map((tag) => tag.toLowerCase()));
  const max = tags.length + LIMITS.modelTags;
  for (const tag of offered.map(cleanTag)) {
    if (tags.length >= max) break;
    if (tag === '' || tag.length > LIMITS.tagChars || seen.has(tag.toLowerCase())) continue;
    tags.push(tag);
    seen.add(tag.toLowerCase());
  }
  return tags;
}

/** The heading that the place `at` of a text stands under, for a tag. */
export const topicsAt = (outline: Outline, at: number): string[] =>
  outline.headings.length === 0
    ? []
    : headingsAbove(outline, at)
        .map(({ title }) => title)
        .slice(-1);

const cleanTag = (tag: string): string =>
  tag
    .replace(/^[#\s]+|[,，、;；<>"]/gu, ' ')
    .trim()
    .replace(/\s+/gu, '-');
