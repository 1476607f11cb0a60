/** Kamailio as a registrar that challenges, over UDP, TCP and TLS, in a process namespace of its own so that none of its children outlives the test. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeTcpPort, freeUdpPort } from './free-port.ts';
import { makeCertificate, makeClientCertificates } from './test-certificate.ts';
import { startTethered } from './tethered-process.ts';

export interface KamailioPeer {
  readonly port: number;
  readonly tlsPort: number;
  /** PEM of the authority behind its certificate, which is for DNS:localhost. */
  readonly ca: string;
  /** Where it demands certificates: a good one, and two it must refuse. */
  readonly clients: Awaited<ReturnType<typeof makeClientCertificates>> | undefined;
  readonly user: string;
  readonly password: string;
  readonly realm: string;
  output(): string;
  stop(): Promise<void>;
}

export interface KamailioOptions {
  algorithm?: 'MD5' | 'SHA-256';
  /** Requests inside its routing script, after registration; the default relays to registered users and records the route. */
  minExpiresSec?: number;
  /** Where an INVITE that is authenticated goes: host:port, with ;transport=tls where it is meant to; undefined looks the user up among the registered. */
  relayTo?: string;
  /** Speaks TLS only with clients whose certificate its own authority signed; `clients` has such ones. */
  demandsCertificate?: boolean;
  /** What it shows where it calls by TLS: PEM files. It then checks whom it calls against `ca`. */
  asClient?: { cert: string; key: string; ca: string } | undefined;
  /** What runs a command in another network: put before it. */
  inside?: readonly string[];
}

const USER = 'clinic';
const PASSWORD = 'correct horse';
const REALM = 'pbx.example';

export async function startKamailio(options: KamailioOptions = {}): Promise<KamailioPeer> {
  const directory = await mkdtemp(join(tmpdir(), 'quietline-kamailio-'));
  const port = await freeUdpPort();
  const tlsPort = await freeTcpPort();
  const { ca } = await makeCertificate(directory);
  const clients = options.demandsCertificate === true ? await makeClientCertificates(directory) : undefined;
  const demand = clients === undefined ? 'verify_certificate = no\nrequire_certificate = no' : `verify_certificate = yes\nrequire_certificate = yes\nca_list = ${directory}/ca.pem`;
  await writeFile(join(directory, 'tls.cfg'), `[server:default]\nmethod = TLSv1.2+\n${demand}\nprivate_key = ${directory}/server.key\ncertificate = ${directory}/server.pem\n[client:default]\n${options.asClient === undefined ? 'verify_certificate = no' : `verify_certificate = yes\nrequire_certificate = yes\nca_list = ${options.asClient.ca}\ncertificate = ${options.asClient.cert}\nprivate_key = ${options.asClient.key}`}\n`);
  await writeFile(join(directory, 'kamailio.cfg'), script(directory, port, tlsPort, options));
  const isRoot = process.getuid?.() === 0;
  const [command, ...before] = [...(options.inside ?? []), 'unshare'];
  const peer = startTethered(command, [
    ...before, ...(isRoot ? [] : ['--user', '--map-root-user']), '--pid', '--fork', '--kill-child', 'kamailio', '-f', join(directory, 'kamailio.cfg'), '-DD', '-E', '-m', '16', '-M', '4', '-Y', directory,
  ]);
  try {
    for (const transport of ['udp', 'tcp'] as const) await listening(peer.child.pid!, port, transport, () => peer.output());
    await listening(peer.child.pid!, tlsPort, 'tcp', () => peer.output());
  } catch (error) {
    await peer.kill();
    throw error;
  }
  return {
    port, tlsPort, ca, clients, user: USER, password: PASSWORD, realm: REALM,
    output: () => peer.output(),
    async stop() {
      await peer.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function script(directory: string, port: number, tlsPort: number, options: KamailioOptions): string {
  return `#!KAMAILIO
debug=1
log_stderror=yes
children=1
tcp_children=1
enable_tls=yes
auto_aliases=no
alias="${REALM}"
listen=udp:127.0.0.1:${port}
listen=tcp:127.0.0.1:${port}
listen=tls:127.0.0.1:${tlsPort}
tcp_connection_lifetime=3605
loadmodule "tls.so"
loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "auth.so"
loadmodule "nathelper.so"
modparam("tls", "config", "${directory}/tls.cfg")
modparam("usrloc", "db_mode", 0)
modparam("registrar", "min_expires", ${options.minExpiresSec ?? 0})
modparam("registrar", "default_expires", 3600)
modparam("auth", "algorithm", "${options.algorithm ?? 'MD5'}")
modparam("auth", "nonce_count", 1)
modparam("auth", "qop", "auth")
modparam("auth", "nonce_expire", 300)
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  force_rport();
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK") && t_check_trans()) { t_relay(); exit; }
    sl_send_reply("404", "Not here"); exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  t_check_trans();
  if (is_method("REGISTER") || (is_method("INVITE") && $fU == "${USER}")) {
    if ($au != $null && $au != "${USER}") { sl_send_reply("403", "Forbidden"); exit; }
    if (is_method("REGISTER")) {
      if (!pv_www_authenticate("${REALM}", "${PASSWORD}", "0")) { www_challenge("${REALM}", "1"); exit; }
    } else {
      if (!pv_proxy_authenticate("${REALM}", "${PASSWORD}", "0")) { proxy_challenge("${REALM}", "1"); exit; }
      consume_credentials();
    }
  }
  if (is_method("REGISTER")) { save("location"); exit; }
  if (is_method("INVITE")) { record_route(); }
  ${options.relayTo === undefined ? 'if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }' : `$du = "sip:${options.relayTo}";`}
  t_relay();
}
`;
}

async function listening(pid: number, port: number, transport: 'udp' | 'tcp', output: () => string): Promise<void> {
  const wanted = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (let tries = 0; tries < 250; tries++) {
    const table = await readFile(`/proc/${pid}/net/${transport}`, 'utf8').catch(() => '');
    if (table.split('\n').some((line) => line.includes(` ${wanted} `))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`kamailio does not listen:\n${output().slice(-3_000)}`);
}
