import { run } from '@flashcards/shared/runtime/lifecycle';
import { verifyAudit } from '@flashcards/shared/runtime/audit';
import { auditFile } from './config';

/** Says whether an audit log is as it was written, and names the first line that is not. */
run(async () => {
  const file = process.argv[2] ?? auditFile();
  if (!file) throw new Error('audit-verify FILE: which log? AUDIT_FILE is not set either.');
  const { lines, broken, reason } = await verifyAudit(file);
  if (broken !== null) throw new Error(`Line ${broken} of ${lines} is broken: ${reason}.`);
  console.log(`${lines} records, each bound to the one before.`);
});
