/**
 * A map of at most `max` entries: a new one takes the place of the oldest. An entry that is set again is the newest.
 * A cache library would also count uses and sizes, which nobody here needs.
 */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#max) return;
    // A map gives its entries in the order in which they came.
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** Calls `make` once a key, of the last `max` keys: clients choose the keys. */
export function remembered<V extends object | string | number>(
  max: number,
  make: (key: string) => V,
): (key: string) => V {
  const known = new BoundedMap<string, V>(max);
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
