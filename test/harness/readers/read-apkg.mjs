// node read-apkg.mjs FILE: what the package `anki-reader` finds in an .apkg, as JSON.
import { readFileSync } from 'node:fs';
import { readAnkiPackage } from 'anki-reader';

const { collection } = await readAnkiPackage(new Blob([readFileSync(process.argv[2] ?? '')]));
const decks = Object.values(collection.getDecks()).map((deck) => ({
  name: deck.getName(),
  cards: Object.values(deck.getCards()).map((card) => ({ fields: card.getFields(), model: card.getModel().getName() })),
}));
process.stdout.write(JSON.stringify({ version: collection.getVersion(), decks }));
