/** What somebody tries who has a practice's address, a member's cookie, or a page of their own: each at the wire of the real product. */
import { once } from 'node:events';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { signallingPath, socketCloseCodes, type ServerMessage } from '#contract/signalling.ts';
import { apiOf, fillOperation, plantRecords, type Api, type Operation } from './api-operations.ts';
import { startRecordingTrunk, type RecordingTrunk } from './peers/recording-trunk.ts';
import { startProduct, type Product } from './product.ts';

/** What a browser sends, with nobody behind it. */
const OFFER = [
  'v=0', 'o=- 4611731400430051336 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'a=msid-semantic: WMS', 'm=audio 9 UDP/TLS/RTP/SAVPF 0 8 110', 'c=IN IP4 0.0.0.0', 'a=rtcp:9 IN IP4 0.0.0.0', 'a=ice-ufrag:botx', 'a=ice-pwd:0123456789abcdefghijklmn', 'a=ice-options:trickle',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, index) => (index + 16).toString(16).toUpperCase()).join(':')}`,
  'a=setup:actpass', 'a=mid:0', 'a=sendrecv', 'a=rtcp-mux', 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:110 telephone-event/8000', 'a=ssrc:1234 cname:bot', '',
].join('\r\n');

describe('an attacker', () => {
  let trunk: RecordingTrunk;
  let product: Product;
  let owner: Client;
  let api: Api;
  let cookie: string;
  let operations: Operation[];
  let ids: Map<string, string>;

  beforeAll(async () => {
    trunk = await startRecordingTrunk();
    product = await startProduct({ trunk: { name: 'clinic', host: '127.0.0.1', port: trunk.port } });
    owner = new Client({ connectionString: product.databaseUrl() });
    await owner.connect();
    api = apiOf(product);
    cookie = await api.enter(new URL(product.signInLink()).hash.slice(1));
    ids = await plantRecords(api, owner, cookie, 'Zebulon');
    operations = await api.readOperations();
  });
  afterAll(async () => {
    await owner?.end();
    await product?.close();
    trunk?.close();
  });

  const host = (): string => new URL(product.origin).host;
  /** Other pages' origins: thirty ways of not being ours. */
  const badOrigins = (): string[] => {
    const port = new URL(product.origin).port;
    return [
      'null', 'https://evil.example', 'http://evil.example', `https://${host()}`, `http://127.0.0.1:${port}`, `http://[::1]:${port}`, 'http://localhost', `http://localhost:${Number(port) + 1}`, `http://localhost:${port}0`, `http://localhost:${port}/`,
      `http://localhost:${port}/path`, `http://LOCALHOST:${port}`, `http://localhost.:${port}`, `http://localhost.evil.example:${port}`, `http://evil-localhost:${port}`, `http://localhost@evil.example:${port}`, `http://evil.example#localhost:${port}`, `http://evil.example/localhost:${port}`, `ws://localhost:${port}`, `wss://localhost:${port}`,
      `file://`, 'chrome-extension://abcdefghijklmnop', `//localhost:${port}`, `localhost:${port}`, `http://localhost:${port} http://evil.example`, `http://evil.example http://localhost:${port}`, `http://localhost:${port},http://evil.example`, `http://xn--lcalhost-6fg:${port}`, 'about:blank', 'undefined',
    ];
  };

  const ticketOf = async (with_: string): Promise<string> => (JSON.parse((await api.send('POST', '/socket-tickets', with_, {})).text) as { ticket: string }).ticket;
  const openSocket = (ticket: string, origin: string | undefined): WebSocket => new WebSocket(`${product.origin.replace('http', 'ws')}${signallingPath}`, ['quietline.v1', `ticket.${ticket}`], origin === undefined ? {} : { headers: { origin } });
  const outcomeOf = async (socket: WebSocket): Promise<'open' | 'refused'> => {
    const outcome = await new Promise<'open' | 'refused'>((resolve) => socket.once('open', () => resolve('open')).on('error', () => resolve('refused')));
    socket.terminate();
    return outcome;
  };

  test('with thirty origins that are not ours, and none at all, opens no socket with a good ticket; ours does', async () => {
    expect(new Set(badOrigins()).size).toBe(30);
    for (const origin of [...badOrigins(), undefined]) expect([origin, await outcomeOf(openSocket(await ticketOf(cookie), origin))]).toEqual([origin, 'refused']);
    expect(await outcomeOf(openSocket(await ticketOf(cookie), product.origin))).toBe('open');
    const ticket = await ticketOf(cookie);
    expect(await outcomeOf(openSocket(ticket, product.origin))).toBe('open');
    const again = openSocket(ticket, product.origin);
    expect(((await once(again, 'close')) as [number])[0]).toBe(socketCloseCodes.ticketRefused);
  });

  test("from another page changes nothing by any route, even with the member's cookie", async () => {
    const readAll = async (): Promise<string> => JSON.stringify((await owner.query('select count(*) as entries from audit_entry')).rows);
    const before = await readAll();
    const changing = operations.filter(({ method }) => method !== 'GET');
    expect(changing.length).toBeGreaterThan(40);
    const wrong: string[] = [];
    for (const operation of changing) {
      const { path, body } = fillOperation(operation, ids);
      for (const [origin, type] of [['https://evil.example', 'application/json'], ['null', 'text/plain']] as const) {
        const { status, text } = await api.send(operation.method, path, cookie, body ?? {}, { origin, 'content-type': type });
        if (status !== 403 || !text.includes('WRONG_ORIGIN')) wrong.push(`${operation.name} from ${origin}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await readAll()).toBe(before);
  });

  test('reads nothing from another page either: no answer allows another origin, and no GET changes anything', async () => {
    for (const operation of operations.filter(({ method }) => method === 'GET')) {
      const { headers } = await api.send('GET', fillOperation(operation, ids).path, undefined, undefined, { origin: 'https://evil.example' });
      expect([operation.name, headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')]).toEqual([operation.name, null, null]);
    }
    const preflight = await fetch(`${product.origin}/api/contacts`, { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('who plants a session in a browser beforehand does not find the member in it afterwards', async () => {
    const planted = 'p'.repeat(43);
    const response = await fetch(`${product.origin}/api/sign-in/link`, { method: 'POST', headers: { origin: product.origin, 'content-type': 'application/json', cookie: `quietline-session=${planted}` }, body: JSON.stringify({ token: new URL(product.newLink()).hash.slice(1) }) });
    expect(response.status).toBe(200);
    const set = response.headers.getSetCookie();
    expect(set).toHaveLength(1);
    expect(set[0]).toMatch(/^quietline-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict/);
    expect(set[0]).not.toContain(planted);
    expect((await api.send('GET', '/session', `quietline-session=${planted}`)).status).toBe(401);
  });

  test('who stole a session and dials on is stopped after fourteen dials: the socket closes, the session is over, and six calls at most were placed', async () => {
    const stolen = await api.enter(new URL(product.newLink()).hash.slice(1));
    const socket = openSocket(await ticketOf(stolen), product.origin);
    const answers: ServerMessage[] = [];
    const closed = once(socket, 'close');
    let wake = (): void => {};
    socket.on('message', (data) => {
      answers.push(JSON.parse((data as Buffer).toString('utf8')) as ServerMessage);
      wake();
    });
    await once(socket, 'open');
    let isOver = false;
    void closed.then(() => {
      isOver = true;
      wake();
    });
    const next = async (fits: (message: ServerMessage) => boolean): Promise<void> => {
      while (!isOver && !answers.some((message) => fits(message))) await new Promise<void>((resolve) => void (wake = resolve));
    };
    socket.send(JSON.stringify({ type: 'hello', deviceId: crypto.randomUUID() }));
    await next(({ type }) => type === 'welcome');
    let dials = 0;
    while (!isOver && dials < 60) {
      dials += 1;
      const requestId = crypto.randomUUID();
      socket.send(JSON.stringify({ type: 'dial', requestId, to: '(612) 555-0142', offer: OFFER }));
      await next((message) => 'requestId' in message && message.requestId === requestId);
      // Each call is hung up as soon as it rings, to make room for the next: what earns by the call and not by the minute.
      const answered = answers.find((message) => message.type === 'media-answer' && message.requestId === requestId);
      if (answered?.type !== 'media-answer') continue;
      await next((message) => message.type === 'call' && message.call.id === answered.callId && message.call.state !== 'connecting');
      socket.send(JSON.stringify({ type: 'hang-up', callId: answered.callId }));
      await next((message) => message.type === 'call' && message.call.id === answered.callId && message.call.state === 'ended');
    }
    expect(((await closed) as [number])[0]).toBe(socketCloseCodes.signedOut);
    // Six let through, eight refused, and one that was on its way when the socket closed.
    expect(dials).toBeLessThanOrEqual(6 + 8 + 1);
    expect((await api.send('GET', '/session', stolen)).status).toBe(401);
    const placed = new Set(trunk.sip.map(String).filter((message) => message.startsWith('INVITE ')).map((message) => /^Call-ID: *(.+)$/im.exec(message)?.[1]));
    expect(placed.size).toBeGreaterThan(0);
    expect(placed.size).toBeLessThanOrEqual(6);
    const { rows } = await owner.query(`select count(*)::int as count from audit_entry where action = 'session-ended-for-abuse'`);
    expect((rows[0] as { count: number }).count).toBeGreaterThan(0);
    // The thief's alone: the member's own session goes on.
    expect((await api.send('GET', '/session', cookie)).status).toBe(200);
  });
});
