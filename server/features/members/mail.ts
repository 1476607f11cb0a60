/** Sends mail by SMTP, or says that there is none to send it by. Knows the addresses and the words it is given, and logs neither. */
import { createTransport } from 'nodemailer';
import { openText, type SecretText } from '#server/platform/crypto/secret-text.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** Rejects if the server did not take it. */
  send(mail: Mail): Promise<void>;
}

export interface MailSettings {
  /** `smtp://user:password@host:587` (STARTTLS required off loopback) or `smtps://...`. */
  url: SecretText;
  /** The sender: "Lakeside Clinic <calls@example.org>". */
  from: string;
}

const TIMEOUT_MS = 10_000;

export function createMailer({ url, from }: MailSettings): Mailer {
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(openText(url)).hostname);
  return {
    async send({ to, subject, text }) {
      // Each mail has a connection of its own anyway; a transport that stayed would hold the password as text.
      const transport = createTransport({
        url: openText(url),
        // A link that opens a session does not cross a network in the clear: without TLS nothing is sent.
        requireTLS: !isLoopback, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS, disableFileAccess: true, disableUrlAccess: true,
      });
      try {
        await transport.sendMail({ from, to, subject, text });
      } finally {
        transport.close();
      }
    },
  };
}
