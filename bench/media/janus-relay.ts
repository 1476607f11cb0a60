/** Janus 1.1 as Debian ships it, with its NoSIP plugin between a browser and a telephone: driven over its HTTP API, one long poll a session. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freeTcpPort } from '../../e2e/peers/free-port.ts';
import { startTethered, type TetheredProcess } from '../../e2e/peers/tethered-process.ts';
import { audioPortOf, phoneAnswerOf, type Relay } from './relay.ts';

interface JanusEvent {
  readonly janus: string;
  readonly transaction?: string;
  readonly data?: { readonly id: number };
  readonly jsep?: { readonly sdp: string };
  readonly plugindata?: { readonly data: { readonly error?: string; readonly result?: { readonly sdp?: string } } };
}

/** Nothing but what a relay needs: one transport, one plugin, addresses on loopback. */
function writeSettings(folder: string, port: number): void {
  writeFileSync(
    join(folder, 'janus.jcfg'),
    `general: { configs_folder = "${folder}"; debug_level = 1; interface = "127.0.0.1"; session_timeout = 0; }
certificates: { dtls_accept_selfsigned = true }
media: { ipv6 = false; rtp_port_range = "40000-49998"; slowlink_threshold = 0; }
nat: { ice_lite = true; full_trickle = false; }
plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_videoroom.so,libjanus_voicemail.so"; }
transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so"; }
events: { broadcast = false }
loggers: { disable = "libjanus_jsonlog.so" }
`,
  );
  writeFileSync(join(folder, 'janus.transport.http.jcfg'), `general: { json = "compact"; base_path = "/janus"; http = true; port = ${port}; ip = "127.0.0.1"; https = false; }\n`);
  writeFileSync(join(folder, 'janus.plugin.nosip.jcfg'), 'general: { local_ip = "127.0.0.1"; rtp_port_range = "50000-59998"; }\n');
}

/** Whether it speaks HTTP before it ends: at this level it logs nothing. */
async function answers(address: string, { child }: TetheredProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    try {
      return (await fetch(address)).ok;
    } catch {
      await setTimeout(100);
    }
  }
  return false;
}

/** Undefined where Debian's Janus is not installed. */
export async function startJanus(): Promise<Relay | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'quietline-janus-'));
  const port = await freeTcpPort();
  writeSettings(folder, port);
  const janus = startTethered('janus', ['-F', folder]);
  if (!(await answers(`http://127.0.0.1:${port}/janus/info`, janus))) {
    await janus.kill();
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const at = `http://127.0.0.1:${port}/janus`;
  const post = async (path: string, body: object): Promise<{ transaction: string; event: JanusEvent }> => {
    const transaction = randomBytes(8).toString('hex');
    const answer = await fetch(at + path, { method: 'POST', body: JSON.stringify({ ...body, transaction }) });
    return { transaction, event: (await answer.json()) as JanusEvent };
  };

  return {
    name: 'Janus',
    pid: janus.child.pid!,
    // It gathers no loopback candidates.
    browserAddress: Object.values(networkInterfaces()).flat().find((each) => each?.family === 'IPv4' && !each.internal)?.address ?? '127.0.0.1',
    async setUp(browserOffer, phonePort) {
      const session = (await post('', { janus: 'create' })).event.data!.id;
      const handle = (await post(`/${session}`, { janus: 'attach', plugin: 'janus.plugin.nosip' })).event.data!.id;
      /** The plugin's answer comes as an event; others that come before it are of no interest. */
      const ask = async (body: object, jsep?: object): Promise<JanusEvent> => {
        const { transaction } = await post(`/${session}/${handle}`, { janus: 'message', body, ...(jsep === undefined ? {} : { jsep }) });
        for (;;) {
          const event = (await (await fetch(`${at}/${session}?maxev=1`)).json()) as JanusEvent;
          const error = event.plugindata?.data.error;
          if (error !== undefined) throw new Error(`Janus refused the call: ${error}`);
          if (event.transaction === transaction && event.janus === 'event') return event;
        }
      };
      const generated = await ask({ request: 'generate' }, { type: 'offer', sdp: browserOffer.replace('a=setup:actpass', 'a=setup:active') });
      const processed = await ask({ request: 'process', type: 'answer', sdp: phoneAnswerOf(phonePort) });
      return {
        browserAnswer: processed.jsep!.sdp,
        phonePort: audioPortOf(generated.plugindata!.data.result!.sdp!),
        hangUp: async () => void (await post(`/${session}`, { janus: 'destroy' })),
      };
    },
    async stop() {
      await janus.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
