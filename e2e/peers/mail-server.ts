/** A mail server on loopback that takes everything, whoever brings it, and shows it. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  readonly url: string;
  /** The next mail to come that names the address, its lines joined again. Ask before what makes it come. */
  nextTo(address: string): Promise<string>;
  close(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const waiting = new Map<string, (mail: string) => void>();
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: ({ username }, _session, done) => done(null, { user: username }),
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        // Quoted-printable (RFC 2045 6.7) breaks long lines with "=", and writes "=" as "=3D".
        const mail = text.replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=');
        for (const { address } of session.envelope.rcptTo) waiting.get(address)?.(mail);
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    nextTo: (address) => new Promise((resolve) => waiting.set(address, resolve)),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
