/**
 * What a request body may hold, whatever its schema says: checked on its bytes, before anything is made of them.
 * Each bound lies above what the schemas allow, so that a body which breaks a schema's limit gets a 422 with its fields.
 */
export interface BodyBounds {
  readonly bytes: number;
  /** Lists and objects inside one another. */
  readonly depth: number;
  /** Entries of one list or object. */
  readonly entries: number;
  /** Names and values of the whole body. */
  readonly nodes: number;
  /** Bytes of one string as it is sent. */
  readonly stringBytes: number;
}

export const MAX_BATCH_ITEMS = 100;
const KIB = 1_024;
/** A character takes 12 bytes where it is sent as two escapes: `\ud83d\ude00`. */
const MAX_CHARACTER_BYTES = 12;
/** A submit with every field full has 90; in a batch, with a key of its own, 92. */
const MAX_ITEM_NODES = 128;
const SHAPE = { depth: 8, entries: 256, nodes: 2 * MAX_ITEM_NODES } as const;

const bounded = (bytes: number): BodyBounds => ({ ...SHAPE, bytes, stringBytes: bytes });

/** Of every endpoint that takes one thing: the text in its longest form, and 32 KiB for all else. */
export const submitBounds = (maxTextChars: number): BodyBounds =>
  bounded(MAX_CHARACTER_BYTES * maxTextChars + 32 * KIB);

/** No string of a batch may be longer than a single submit could carry. */
export const batchBounds = (maxTextChars: number): BodyBounds => ({
  ...submitBounds(maxTextChars),
  bytes: 8 * KIB * KIB,
  nodes: MAX_BATCH_ITEMS * MAX_ITEM_NODES,
});

export const ADMIN_BOUNDS = bounded(16 * KIB);
