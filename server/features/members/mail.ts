/** Sends mail by SMTP, or says that there is none to send it by. Knows the addresses and the words it is given, and logs neither. */
import { createTransport } from 'nodemailer';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** Rejects if the server did not take it. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

export interface MailSettings {
  /** `smtp://user:password@host:587` (STARTTLS required off loopback) or `smtps://...`. */
  url: string;
  /** The sender: "Lakeside Clinic <calls@example.org>". */
  from: string;
}

const TIMEOUT_MS = 10_000;

export function createMailer({ url, from }: MailSettings): Mailer {
  const { hostname } = new URL(url);
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  // A link that opens a session does not cross a network in the clear: without TLS nothing is sent.
  const transport = createTransport({ url, requireTLS: !isLoopback, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS, disableFileAccess: true, disableUrlAccess: true });
  return {
    async send({ to, subject, text }) {
      await transport.sendMail({ from, to, subject, text });
    },
    close: () => transport.close(),
  };
}
