import { useEffect, useState } from 'preact/hooks';

/** A value that components share. A change draws them again. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  use(): T;
}

export function createStore<T>(first: T, onChange?: (value: T) => void): Store<T> {
  let current = first;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set(value) {
      current = value;
      onChange?.(value);
      for (const listener of [...listeners]) listener();
    },
    use() {
      const [, redraw] = useState({});
      useEffect(() => {
        const listener = (): void => redraw({});
        listeners.add(listener);
        return () => void listeners.delete(listener);
      }, []);
      return current;
    },
  };
}

/** Reads JSON that this page, or the server that sent it, wrote as a `T`. */
export const readJson = <T>(json: string): T => JSON.parse(json) as T;

/** Reads JSON from an earlier visit. Storage may be forbidden, or hold what an older page wrote. */
export function readStored<T>(name: string, fallback: T, storage: () => Storage = () => localStorage): T {
  try {
    const json = storage().getItem(`flashcards.${name}`);
    return json === null ? fallback : readJson(json);
  } catch {
    return fallback;
  }
}

/** Keeps a value for later visits; null removes it. False when the storage is full. */
export function keep(name: string, value: unknown, storage: () => Storage = () => localStorage): boolean {
  try {
    if (value === null) storage().removeItem(`flashcards.${name}`);
    else storage().setItem(`flashcards.${name}`, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
