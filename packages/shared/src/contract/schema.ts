import type JoiBase from 'joi';

/**
 * Joi with types that follow the rules. `valid`, `allow`, `required`, `default` and the fields of an object are in the
 * type. So the compiler keeps a schema and its type the same; Joi's own types let either drift.
 */
declare const MADE: unique symbol;

/** Whether an object has the field in any case. A field with a default has it. */
export type Presence = 'optional' | 'required';

type Validated<T> = { error: undefined; value: T } | { error: JoiBase.ValidationError; value: unknown };

/** A schema by what it is good for: its validated value can be used as a `T`. */
export interface Validates<T> {
  readonly [MADE]: unknown;
  readonly '~standard': JoiBase.AnySchema['~standard'];
  validate(value: unknown, settings?: JoiBase.ValidationOptions): Validated<T>;
  prefs(settings: JoiBase.ValidationOptions): this;
  describe(): JoiBase.Description;
}
export type AnySchema = Validates<unknown>;

/** A schema whose validated value is a `T`: no wider and no narrower, so neither of the two can change alone. */
export interface Schema<T, P extends Presence = Presence> extends Validates<T> {
  readonly [MADE]: readonly [(made: T) => T, P];
}

/** What a schema makes. */
export type Of<S> = S extends Schema<infer T> ? T : never;

type Literal = string | number | boolean | null;
export type Rules<T, P extends Presence, R> = Common<T, P, R> & R;

/** What every kind of schema can do; `R` is what its own kind can do besides. */
export interface Common<T, P extends Presence, R> extends Schema<T, P> {
  required(): Rules<T, 'required', R>;
  optional(): Rules<T, 'optional', R>;
  default(value?: T | (() => T)): Rules<T, 'required', R>;
  allow<const V extends Literal>(...values: readonly V[]): Rules<T | V, P, R>;
  valid<const V extends Literal>(...values: readonly V[]): Rules<V, P, R>;
  invalid(...values: readonly T[]): this;
  custom(check: (value: T, helpers: JoiBase.CustomHelpers<T>) => T | JoiBase.ErrorReport): this;
  description(text: string): this;
  meta(about: object): this;
}

export interface StringRules {
  min(limit: number): this;
  max(limit: number): this;
  /** At most `limit` Unicode code points; exported as JSON Schema's `maxLength`, which counts the same. */
  maxCodePoints(limit: number): this;
  /** No C0 control but tab, CR and LF, no lone surrogate, and no run of marks: every text of a client is held to it. */
  plain(): this;
  /** `name` is what a client reads of a text that does not match. */
  pattern(expression: RegExp, rule: { readonly name: string }): this;
  trim(): this;
  isoDate(): this;
  uri(rule: { readonly scheme: string[] }): this;
}

export interface NumberRules {
  integer(): this;
  positive(): this;
  min(limit: number): this;
  max(limit: number): this;
}

export interface ArrayRules {
  min(limit: number): this;
  max(limit: number): this;
  unique(): this;
}

export interface ListRules {
  items<S extends AnySchema>(item: S): Rules<readonly Of<S>[], 'optional', ArrayRules>;
  ordered<A extends AnySchema, B extends AnySchema>(
    first: A,
    second: B,
  ): Rules<readonly [Of<A>, Of<B>], 'optional', ArrayRules>;
}

export type Shape = Readonly<Record<string, AnySchema>>;
export type Made<F> = Flat<
  { readonly [K in keyof F as F[K] extends Schema<Of<F[K]>, 'required'> ? K : never]: Of<F[K]> } & {
    readonly [K in keyof F as F[K] extends Schema<Of<F[K]>, 'required'> ? never : K]?: Of<F[K]>;
  }
>;
export type Flat<T> = { [K in keyof T]: T[K] };
/** A schema for each field of `T`, which is required exactly where the field is. */
type Fields<T> = {
  readonly [K in keyof T]-?: undefined extends T[K]
    ? Schema<Exclude<T[K], undefined>, 'optional'>
    : Schema<T[K], 'required'>;
};

export interface ObjectRules<T> {
  min(limit: number): this;
  max(limit: number): this;
  unknown(): this;
  /** The same with these fields in place of its own, and beside them. */
  keys<F extends Shape>(fields: F): ObjectSchema<Flat<Omit<T, keyof F> & Made<F>>>;
  extract<K extends keyof T & string>(field: K): Schema<Exclude<T[K], undefined>>;
  pattern<S extends AnySchema>(key: Schema<string>, value: S): ObjectSchema<Readonly<Record<string, Of<S>>>>;
}
export type ObjectSchema<T, P extends Presence = 'optional'> = Rules<T, P, ObjectRules<T>>;

export interface TypedJoi {
  string(): Rules<string, 'optional', StringRules>;
  number(): Rules<number, 'optional', NumberRules>;
  boolean(): Rules<boolean, 'optional', object>;
  array(): Rules<readonly unknown[], 'optional', ListRules & ArrayRules>;
  alternatives<S extends readonly AnySchema[]>(...schemas: S): Rules<Of<S[number]>, 'optional', object>;
  object(): ObjectSchema<object>;
  /** Makes what its fields make. */
  object<F extends Shape>(fields: F): ObjectSchema<Made<F>>;
  /** Makes a `T`: each of its fields and no other, as it is there. */
  object<T extends object>(fields: Fields<T>): ObjectSchema<T>;
}

/** The keys of a table, with their type. */
export const keysOf = <T extends object>(table: T): (keyof T & string)[] =>
  Object.keys(table).filter((key): key is keyof T & string => Object.hasOwn(table, key));
