/** A question that a pattern found in a sentence. Front without its question mark is never given: it is whole. */
export interface Question {
  readonly front: string;
  readonly back: string;
  /** What it is about; the front of a reversed card. */
  readonly subject: string | null;
  /** The back says what the subject is. */
  readonly defines: boolean;
  readonly kind: 'year' | 'number' | 'term' | 'phrase';
  readonly score: number;
}
