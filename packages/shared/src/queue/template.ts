const SLOT = /\{\w+\}/g;

/** A name like `job:{id}` with its slots filled in order. */
export function fill(template: string, parts: readonly string[]): string {
  let next = 0;
  return template.replace(SLOT, () => parts[next++] ?? '');
}
