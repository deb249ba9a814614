import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** Where the certificate is, for who is to trust it. */
  readonly file: string;
  remove(): void;
}

/** A certificate of a test's own for one loopback address, signed by itself. */
export function makeCertificate(address: string): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'flashcards-tls-'));
  const [keyFile, file] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const what = ['-subj', '/CN=webhook receiver', '-addext', `subjectAltName=IP:${address}`, '-days', '2'];
  const files = ['-keyout', keyFile, '-out', file];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...what, ...files], {
    stdio: 'ignore',
  }); // prettier-ignore
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(file, 'utf8'), file, remove };
}
