/** An authority, a server certificate for DNS:localhost, and clients' certificates good and bad, made by openssl: nothing of ours checks itself. Writes ca.pem, server.key and server.pem into the directory. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const runOpenssl = (directory: string, ...words: string[]): Promise<unknown> => promisify(execFile)('openssl', words, { cwd: directory });

export interface Pair {
  cert: string;
  key: string;
}

/** For the authority that makeCertificate made in this directory: a client it signed, one it signed whose time is over, one of another authority. */
export async function makeClientCertificates(directory: string): Promise<Record<'good' | 'expired' | 'stranger', Pair>> {
  const openssl = (...words: string[]): Promise<unknown> => runOpenssl(directory, ...words);
  const read = async (name: string): Promise<Pair> => ({ cert: await readFile(join(directory, `${name}.pem`), 'utf8'), key: await readFile(join(directory, `${name}.key`), 'utf8') });
  for (const [name, days] of [['good', '2'], ['expired', '0']] as const) {
    await openssl('req', ...KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/CN=clinic');
    await openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', `${name}.pem`, '-days', days);
  }
  await openssl('req', '-x509', ...KEY, '-keyout', 'stranger.key', '-out', 'stranger.pem', '-days', '2', '-subj', '/CN=clinic');
  return { good: await read('good'), expired: await read('expired'), stranger: await read('stranger') };
}

export async function makeCertificate(directory: string): Promise<Pair & { ca: string }> {
  const openssl = (...words: string[]): Promise<unknown> => runOpenssl(directory, ...words);
  await openssl('req', '-x509', ...KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Quietline test authority');
  await openssl('req', ...KEY, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=server');
  await writeFile(join(directory, 'san.cfg'), 'subjectAltName=DNS:localhost\n');
  await openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'server.pem', '-days', '2', '-extfile', 'san.cfg');
  const read = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');
  return { ca: await read('ca.pem'), cert: await read('server.pem'), key: await read('server.key') };
}
