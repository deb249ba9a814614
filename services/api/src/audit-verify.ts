import { parseArgs } from 'node:util';
import { run } from '@flashcards/shared/runtime/lifecycle';
import { noteText, readNote, verifyAudit } from '@flashcards/shared/runtime/audit';
import { auditFile } from './config';

const USAGE = 'audit-verify FILE [--note COUNT:HASH]';

/**
 * Says whether an audit log is as it was written, and names the first line that is not. The last line of the answer is
 * for the next time. Kept on another machine, it shows whether the log lost its end or was written again.
 */
run(async () => {
  const { values, positionals } = parseArgs({ options: { note: { type: 'string' } }, allowPositionals: true });
  const file = positionals[0] ?? auditFile();
  if (!file) throw new Error(`${USAGE}: which log? AUDIT_FILE is not set either.`);
  const earlier = values.note === undefined ? undefined : noteOf(values.note);
  const { lines, broken, reason, note } = await verifyAudit(file, earlier);
  if (broken !== null) throw new Error(`Line ${broken} of ${lines} is broken: ${reason}.`);
  console.log(`${lines} records, each bound to the one before. Note for the next time:`);
  console.log(noteText(note));
});

function noteOf(text: string) {
  const note = readNote(text.trim());
  if (note) return note;
  throw new Error(`${USAGE}: --note must be the last line of an earlier answer, such as 120:9f86…, not "${text}".`);
}
