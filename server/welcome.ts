/** What a start prints: the one address to open, and whatever a newcomer has to know to use it. */
import type { Config } from './config.ts';
import type { LocalAuthority } from './serving.ts';

export interface WelcomeFacts {
  link: string;
  origin: string;
  port: number;
  config: Config;
  dataPath: string;
  authority: LocalAuthority | undefined;
  isSandbox: boolean;
  /** Trunks whose own calls have no way to us. */
  deafTo: readonly string[];
}

export function welcome({ link, origin, port, config, dataPath, authority, isSandbox, deafTo }: WelcomeFacts): string {
  const lines = ['', 'Quietline runs. Open this address; its sign-in link works once, within the hour:', '', `  ${link}`, ''];
  const usual = config.https === 'off' ? 8080 : 8443;
  if (config.port === undefined && port !== usual) lines.push(`Port ${usual} is taken by another program, so it is port ${port} this time.`);
  lines.push(`To set up your own practice: open it, and then ${origin}/set-up`);
  if (isSandbox) lines.push('Calls go to the sandbox: practice patients on this machine, and to no real phone.');
  for (const name of deafTo) lines.push(`Trunk "${name}" speaks TLS, and nothing here takes its calls by TLS. For calls from it: --sip-cert and --sip-key (see README.md).`);
  if (authority !== undefined) lines.push('', ...trust(origin, authority));
  if (config.https === 'off' && config.publicOrigin === undefined) lines.push('Browsers give a microphone to this machine only; for other devices start it with --https.');
  lines.push(`Everything it keeps lies in ${dataPath}. Another link: scripts/server --new-link. To stop: Ctrl-C.`, '');
  return `${lines.join('\n')}\n`;
}

function trust(origin: string, { name, fingerprint }: LocalAuthority): string[] {
  return [
    `Each device has to trust this installation's own authority, "${name}", once:`,
    `  1. Open ${origin}/authority.crt on it, past the warning, and save the file. Compare its SHA-256 before trusting it:`,
    `     ${fingerprint}`,
    '  2. iPhone, iPad: Settings > Profile Downloaded > Install; then General > About > Certificate Trust Settings: switch it on.',
    '     Android: Settings > Security > Encryption & credentials > Install a certificate > CA certificate.',
    '     macOS: open it in Keychain Access > System; set it to Always Trust. Windows: open it > Install > Trusted Root Authorities.',
    '     Debian: copy it to /usr/local/share/ca-certificates/ and run update-ca-certificates; Firefox and Chrome: in their certificate settings.',
    '  3. Open the address above.',
    '',
  ];
}
