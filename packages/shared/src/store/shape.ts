/** Reads a value of a script's answer, or says what is wrong with it. */
export type Reader<T> = (value: unknown, name: string) => T;

type Shape = Readonly<Record<string, Reader<unknown>>>;
export type ReadShape<S extends Shape> = { readonly [N in keyof S]: ReturnType<S[N]> };

const wrong = (value: unknown, name: string, expected: string): TypeError =>
  new TypeError(
    `A script of the store answered ${value === null ? 'null' : typeof value} as ${name}; ${expected} is expected.`,
  );

export const text: Reader<string> = (value, name) => {
  if (typeof value === 'string') return value;
  throw wrong(value, name, 'a string');
};

/** Redis keeps the numbers of a hash as text. */
export const number: Reader<number> = (value, name) => {
  const read = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof read === 'number' && !Number.isNaN(read)) return read;
  throw wrong(value, name, 'a number');
};

/** Redis itself answers 1 or 0. */
export const flag: Reader<boolean> = (value, name) => {
  if (typeof value === 'boolean') return value;
  if (value === 1 || value === 0) return value === 1;
  throw wrong(value, name, 'a boolean');
};

export const oneOf =
  <const W extends string>(...words: readonly W[]): Reader<W> =>
  (value, name) => {
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    throw wrong(value, name, `one of ${words.join(', ')}`);
  };

export const optional =
  <T>(read: Reader<T>): Reader<T | undefined> =>
  (value, name) =>
    value === undefined || value === null ? undefined : read(value, name);

/** A word that a newer version may have written, which this one need not know. */
export const word =
  <W extends string>(): Reader<W> =>
  (value, name) =>
    text(value, name) as W;

/** What we wrote as JSON ourselves. */
export const parsed = <T>(packed: string): T => JSON.parse(packed) as T;

export const json =
  <T>(): Reader<T> =>
  (value, name) =>
    parsed(text(value, name));

export const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Lua has one empty table, and writes it as `{}`. */
export const list =
  <T>(read: Reader<T>): Reader<T[]> =>
  (value, name) => {
    if (Array.isArray(value)) return value.map((one) => read(one, name));
    if (isTable(value) && Object.keys(value).length === 0) return [];
    throw wrong(value, name, 'a list');
  };

export function fields<S extends Shape>(shape: S): Reader<ReadShape<S>> {
  const readers = Object.entries(shape);
  return (value, name) => {
    if (!isTable(value)) throw wrong(value, name, 'a table');
    const found: Record<string, unknown> = {};
    for (const [field, read] of readers) found[field] = read(value[field], field);
    return found as ReadShape<S>;
  };
}

type ReadKinds<K extends Readonly<Record<string, Shape>>> = {
  [N in keyof K]: { readonly kind: N } & ReadShape<K[N]>;
}[keyof K];

/** An answer that is one of several: its field `kind` says which. */
export function kinds<K extends Readonly<Record<string, Shape>>>(shapes: K): Reader<ReadKinds<K>> {
  const readers = new Map(Object.entries(shapes).map(([kind, shape]) => [kind, fields({ kind: text, ...shape })]));
  return (value, name) => {
    const kind = isTable(value) ? value['kind'] : value;
    const read = typeof kind === 'string' ? readers.get(kind) : undefined;
    if (!read) throw wrong(kind, 'kind', `one of ${[...readers.keys()].join(', ')}`);
    return read(value, name) as ReadKinds<K>;
  };
}
