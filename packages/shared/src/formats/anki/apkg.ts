// Own code: ids and times must follow from the deck, and libraries that write packages choose them by themselves.

import { createHash } from 'node:crypto';
import { type Zippable, zipSync } from 'fflate';
import type { Database } from 'sql.js';
import { deletions, parseCloze } from '../../text/cloze';
import type { Card } from '../../contract/deck';
import { keysOf } from '../../contract/schema';
import { clozeHtmlOf, htmlOf } from './html';
import { FIELDS, NOTE_TYPES, modelOf } from './note-types';
import { COLLECTION_CONFIG, COLLECTION_SCHEMA, DECK_OPTIONS, deckOf } from './schema';
import type { DeckFile, Format } from '../format';
import { ankiDeckName, ankiTags, changedAt, guidOf } from '../identity';

/**
 * Anki's package: a zip with a SQLite collection of schema 11, which every Anki since 2.1 imports. Ids and times follow
 * from the deck, so the same deck gives the same bytes. A note's GUID follows from its card, and its `mod` from the
 * card's last change. So a second import updates only the cards that were edited here.
 */
export const apkg: Format = {
  label: 'Anki deck',
  use: 'Anki, AnkiDroid, AnkiMobile',
  menu: 1,
  extension: 'apkg',
  mediaType: 'application/x-apkg',
  options: ['deck'],
  heavy: true,
  async render(file) {
    // Loaded only to render a package: it is a megabyte of WebAssembly.
    const { default: initSqlJs } = await import('sql.js');
    const { Database: Sqlite } = await initSqlJs();
    const database = new Sqlite();
    try {
      fill(database, file);
      return packed({ 'collection.anki2': database.export(), media: new TextEncoder().encode('{}') });
    } finally {
      database.close();
    }
  },
};

// A zip keeps local time without saying whose: the first it can, wherever it is made.
const packed = (entries: Zippable): Uint8Array =>
  zipSync(entries, { level: 6, mtime: new Date(1980, 0, 1), os: 0, attrs: 0 });

function fill(database: Database, file: DeckFile): void {
  const { deck, madeAt, options } = file;
  const name = ankiDeckName(deck.title, options.deck);
  const deckId = deckIdOf(name);
  database.run(COLLECTION_SCHEMA);
  database.run('begin');
  fillCollection(database, file, { id: deckId, name });
  const addNote = database.prepare("insert into notes values (?, ?, ?, ?, -1, ?, ?, ?, ?, 0, '')");
  const addCard = database.prepare("insert into cards values (?, ?, ?, ?, ?, -1, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, '')");
  let cardId = madeAt;
  deck.cards.forEach((card, i) => {
    const noteId = madeAt + i;
    const mod = seconds(changedAt(card, madeAt));
    const sorted = plainOf(card.front);
    const tags = ankiTags(card.tags).map((tag) => ` ${tag}`);
    const fields = fieldsOf(card, deck.title).join('\u001F');
    addNote.run([
      noteId,
      guidOf(card.id),
      NOTE_TYPES[card.type].id,
      mod,
      tags.length > 0 ? `${tags.join('')} ` : '',
      fields,
      sorted,
      checksumOf(sorted),
    ]);
    for (const ord of ordinalsOf(card)) addCard.run([cardId++, noteId, deckId, ord, mod, i + 1]);
  });
  addNote.free();
  addCard.free();
  database.run('commit');
}

function fillCollection(database: Database, { madeAt, deck }: DeckFile, own: { id: number; name: string }): void {
  const made = seconds(madeAt);
  const changed = Math.max(madeAt, ...deck.cards.map((card) => changedAt(card, madeAt)));
  const models = Object.fromEntries(TYPES.map((type) => [NOTE_TYPES[type].id, modelOf(type, own.id)]));
  const decks = { 1: deckOf(1, 'Default', made), [own.id]: deckOf(own.id, own.name, made) };
  database.run("insert into col values (1, ?, ?, ?, 11, 0, 0, 0, ?, ?, ?, ?, '{}')", [
    made,
    changed,
    madeAt,
    ...[COLLECTION_CONFIG, models, decks, { 1: DECK_OPTIONS }].map((part) => JSON.stringify(part)),
  ]);
}

const TYPES = keysOf(NOTE_TYPES);
const seconds = (ms: number): number => Math.floor(ms / 1_000);

/** Anki finds a deck by its name; the id only has to be unlike that of `Default` and not of a time to come. */
const deckIdOf = (name: string): number =>
  1_000_000_000_000 + createHash('sha256').update(name).digest().readUInt32BE(0);

/** Cards of a note: one a template, and of a cloze one a number. The importer makes none that is missing. */
function ordinalsOf({ type, front }: Card): number[] {
  if (type !== 'cloze') return NOTE_TYPES[type].templates.map((_template, ord) => ord);
  const ordinals = new Set(deletions(parseCloze(front) ?? []).map(({ ordinal }) => ordinal - 1));
  return ordinals.size > 0 ? [...ordinals].sort((a, b) => a - b) : [0];
}

function fieldsOf(card: Card, title: string): readonly string[] {
  const values: Readonly<Record<(typeof FIELDS)[number], string>> = {
    Front: card.type === 'cloze' ? clozeHtmlOf(card.front) : htmlOf(card.front),
    Back: htmlOf(card.back),
    Choices: card.choices ? `<ol>${card.choices.map((choice) => `<li>${htmlOf(choice)}</li>`).join('')}</ol>` : '',
    Extra: '',
    Quote: htmlOf(card.quote),
    Source: htmlOf(title),
    CardId: card.id,
  };
  // The separator of fields is a control that no text may have; a deck that has it all the same stays whole.
  return FIELDS.map((field) => values[field].replaceAll('\u001F', ' '));
}

const plainOf = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** First 32 bits of SHA-1 of the first field: how Anki looks for a note with the same front. */
const checksumOf = (text: string): number => createHash('sha1').update(text).digest().readUInt32BE(0);
