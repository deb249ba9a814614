import { unzipSync } from 'fflate';
import initSqlJs from 'sql.js';

/** A note of a package, as Anki's importer sees it. */
export interface Note {
  readonly id: number;
  readonly guid: string;
  readonly mid: number;
  /** Seconds. */
  readonly mod: number;
  readonly tags: string;
  readonly fields: readonly string[];
  readonly csum: number;
  /** Its cards, by template or place. */
  readonly ords: readonly number[];
}

interface Model {
  readonly id: number;
  readonly name: string;
  readonly type: number;
  readonly flds: readonly { readonly name: string }[];
  readonly tmpls: readonly { readonly name: string; readonly qfmt: string; readonly afmt: string }[];
}

export interface Package {
  readonly integrity: string;
  readonly tables: readonly string[];
  readonly col: Readonly<Record<string, unknown>>;
  readonly models: Readonly<Record<string, Model>>;
  readonly decks: Readonly<Record<string, { readonly id: number; readonly name: string }>>;
  readonly notes: readonly Note[];
  readonly cards: readonly Readonly<Record<string, number>>[];
  readonly media: string;
}

/** Opens a package with SQLite. */
export async function openPackage(bytes: Uint8Array): Promise<Package> {
  const entries = unzipSync(bytes);
  expect(Object.keys(entries).sort()).toEqual(['collection.anki2', 'media']);
  const { Database } = await initSqlJs();
  const database = new Database(entries['collection.anki2']);
  const all = (sql: string): Record<string, never>[] => {
    const statement = database.prepare(sql);
    const rows: Record<string, never>[] = [];
    while (statement.step()) rows.push(statement.getAsObject() as Record<string, never>);
    statement.free();
    return rows;
  };
  const col = all('select * from col')[0] as Record<string, never>;
  const cards = all('select * from cards order by id');
  const opened = {
    integrity: String(database.exec('pragma integrity_check')[0]?.values[0]?.[0]),
    tables: all("select name from sqlite_master where type in ('table', 'index') order by name").map((row) =>
      String(row['name']),
    ),
    col,
    models: JSON.parse(col['models'] as never) as Package['models'],
    decks: JSON.parse(col['decks'] as never) as Package['decks'],
    notes: all('select * from notes order by id').map((row) => ({
      ...(row as unknown as Note),
      fields: String(row['flds']).split('\u001F'),
      ords: cards.filter(({ nid }) => nid === row['id']).map(({ ord }) => Number(ord)),
    })),
    cards,
    media: new TextDecoder().decode(entries['media']),
  };
  database.close();
  return opened;
}

/** The text that a browser shows of HTML with line ends and nothing else. Other markup is an error. */
export function textOfHtml(html: string): string {
  // An element around a backslash keeps MathJax from taking it for a sign.
  const lines = html.replaceAll('<br>', '\n').replaceAll('<span>\\</span>', '\\');
  expect(lines).not.toMatch(/[<>]/);
  return lines.replace(/&(?:#(\d+)|(\w+));/g, (entity, code: string | undefined, name: string) => {
    if (code) return String.fromCodePoint(Number(code));
    const sign = { amp: '&', lt: '<', gt: '>', nbsp: '\u00A0' }[name];
    if (!sign) throw new Error(`unknown entity ${entity}`);
    return sign;
  });
}

export interface ClozeDeletion {
  readonly ordinal: number;
  readonly hidden: string;
  readonly hint: string | null;
}

/**
 * Anki's reading of a cloze field, ported: an opening is `{{c`, digits, `::`; the first `}}` closes the innermost; the
 * first `::` within begins the hint. Text between is given as it is.
 */
export function readCloze(field: string): (string | ClozeDeletion)[] {
  const parts: (string | ClozeDeletion)[] = [];
  let open: { ordinal: number; body: string } | null = null;
  let text = '';
  for (let at = 0; at < field.length;) {
    const opening = /^\{\{c(\d+)::/.exec(field.slice(at));
    if (opening) {
      if (open) throw new Error('nested');
      parts.push(text);
      text = '';
      open = { ordinal: Number(opening[1]), body: '' };
      at += opening[0].length;
    } else if (open && field.startsWith('}}', at)) {
      const [hidden = '', ...hint] = open.body.split('::');
      parts.push({ ordinal: open.ordinal, hidden, hint: hint.length > 0 ? hint.join('::') : null });
      open = null;
      at += 2;
    } else {
      if (open) open.body += field.charAt(at);
      else text += field.charAt(at);
      at += 1;
    }
  }
  if (open) throw new Error('unclosed');
  parts.push(text);
  return parts;
}

/** A collection that packages are imported into, with what Anki does by default, ported. */
export class Collection {
  readonly notes = new Map<string, Note>();
  readonly #schemas = new Map<number, string>();

  /** What became of each note: `conflicting` when its type has another schema here, `duplicate` when it is not newer. */
  import(from: Package): Record<'new' | 'updated' | 'duplicate' | 'conflicting', number> {
    const log = { new: 0, updated: 0, duplicate: 0, conflicting: 0 };
    for (const note of from.notes) {
      const model = from.models[note.mid] as Model;
      const schema = JSON.stringify([model.flds.map(({ name }) => name), model.tmpls.map(({ name }) => name)]);
      const known = this.#schemas.get(note.mid) ?? schema;
      this.#schemas.set(note.mid, known);
      const existing = this.notes.get(note.guid);
      if (existing && known !== schema) log.conflicting += 1;
      else if (existing && note.mod <= existing.mod) log.duplicate += 1;
      else {
        log[existing ? 'updated' : 'new'] += 1;
        this.notes.set(note.guid, note);
      }
    }
    return log;
  }
}
