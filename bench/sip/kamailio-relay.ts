/** Kamailio as a stateful relay that records its route, and the CPU time all its processes have used. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeUdpPort } from '../../e2e/peers/free-port.ts';
import { startTethered } from '../../e2e/peers/tethered-process.ts';

export interface RelayUnderTest {
  readonly port: number;
  cpuMs(): number;
  stop(): Promise<void>;
}

export async function startKamailioRelay(targetPort: number): Promise<RelayUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'quietline-bench-'));
  const port = await freeUdpPort();
  writeFileSync(
    join(directory, 'kamailio.cfg'),
    `#!KAMAILIO
debug=0
log_stderror=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:${port}
loadmodule "kex.so"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (has_totag()) { if (loose_route()) { t_relay(); } exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
  t_check_trans();
  record_route();
  $du = "sip:127.0.0.1:${targetPort}";
  t_relay();
}
`,
  );
  const peer = startTethered('unshare', [...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']), '--pid', '--fork', '--kill-child', 'kamailio', '-f', join(directory, 'kamailio.cfg'), '-DD', '-E', '-m', '256', '-M', '16', '-Y', directory]);
  for (let tries = 0; !readFileSync('/proc/net/udp', 'utf8').includes(`0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `); tries++) {
    if (tries > 200) throw new Error(`kamailio does not listen:\n${peer.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    port,
    cpuMs: () => familyOf(peer.child.pid!).reduce((sum, pid) => sum + cpuMsOf(pid), 0),
    async stop() {
      await peer.kill();
      rmSync(directory, { recursive: true });
    },
  };
}

/** A process and all it begot. */
function familyOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue;
    const stat = statOf(Number(name));
    if (stat !== undefined) parents.set(Number(name), Number(stat[1]));
  }
  const family = [root];
  for (const member of family) for (const [pid, parent] of parents) if (parent === member) family.push(pid);
  return family;
}

/** User and system time of one process, its threads included, in milliseconds; the kernel counts in hundredths of a second. */
export function cpuMsOf(pid: number): number {
  const stat = statOf(pid);
  return stat === undefined ? 0 : (Number(stat[11]) + Number(stat[12])) * 10;
}

/** The fields of /proc/PID/stat after the name, which may itself hold blanks: [0] is the state. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
