import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLogSink } from './log-sink.ts';
import { REDACTED } from './redaction-policy.ts';

function createCapture() {
  const lines: string[] = [];
  const log = createLogSink({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

/** What must never be read in a log, each in the shapes it comes in. */
const canaries = {
  'a number in E.164': '+15555550123',
  'a number as typed': '(555) 555-0123',
  'a number with dots': '555.555.0123',
  'a bare number': '5555550123',
  'a SIP address': 'sip:5555550123@192.0.2.7',
  'a first name': 'Hannah',
  'a name': 'Hannah Lee',
  'a name with an accent': 'José',
  'an e-mail address': 'hannah@lakeside.example',
  'a token': '3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz0123456789A',
  'a cookie': 'quietline-session=3q2-7wAbCdEfGhIjKlMnOpQrStUvWxYz',
  'a session description': 'v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\na=ice-ufrag:abcd\r\n',
  'a note': 'Potassium is high, call back today.',
};

describe('the log', () => {
  test('writes an event with the words, ids, counts and measures that make it useful', () => {
    const { log, last } = createCapture();
    log.child({ callId: '01890000-0000-7000-8000-000000000001' }).info('leg-ended', { reason: 'hung-up-by-party', status: 200, durationMs: 1_234_567, isHeld: false, trunk: 'carrier-1', route: '/api/*' });
    expect(last()).toMatchObject({ level: 'info', event: 'leg-ended', callId: '01890000-0000-7000-8000-000000000001', reason: 'hung-up-by-party', status: 200, durationMs: 1_234_567, isHeld: false, trunk: 'carrier-1', route: '/api/*' });
  });

  test.each(Object.entries(canaries))('never writes %s, whichever field it is put into', (_what, canary) => {
    const { log, lines } = createCapture();
    // Listed fields let words through: a first name alone is stopped only where the field is not listed.
    const fields = /^[A-Za-z]+$/.test(canary) ? ['name', 'to', 'text', 'partyName', 'who', 'message'] : ['name', 'to', 'from', 'text', 'reason', 'code', 'callId', 'route', 'trunk', 'cause', 'cookie', 'offer'];
    for (const field of fields) {
      log.info('planted', { [field]: canary });
      log.child({ [field]: canary }).warn('planted');
    }
    log.error('planted', new Error(`could not call ${canary}`), { message: canary });
    log.error('planted', canary);
    log.error('planted', Object.assign(new Error('x'), { name: canary, code: canary }));
    log.info(`calling ${canary}`);
    expect(lines.join('')).not.toContain(JSON.stringify(canary).slice(1, -1));
    expect(lines).toHaveLength(fields.length * 2 + 4);
  });

  test('never writes a number that is somebody\'s as a number', () => {
    const { log, last } = createCapture();
    log.info('planted', { number: 5_555_550_123, digits: 5_550_123 });
    expect(last()).toMatchObject({ number: REDACTED, digits: REDACTED });
  });

  test('keeps of an error its class, its code and where it was thrown', () => {
    const { log, last } = createCapture();
    log.error('database-lost', Object.assign(new TypeError('no row for Hannah Lee'), { code: 'ECONNREFUSED' }));
    expect(last()['error']).toMatchObject({ name: 'TypeError', code: 'ECONNREFUSED' });
    expect((last()['error'] as { at: string[] }).at[0]).toMatch(/log-sink\.test\.ts:\d+:\d+$/);
  });

  test('a stack whose message spans lines that look like frames gives none of them away', () => {
    const { log, lines } = createCapture();
    log.error('planted', new Error('first line\n    at Hannah Lee (+15555550123)\n    at home'));
    expect(lines.join('')).not.toMatch(/Hannah|5555550123|home/);
  });

  test('whatever text is put into a field that is not listed, none of it is written', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }).filter((text) => text.trim().length > 3 && !REDACTED.includes(text)), (text) => {
        const { log, last } = createCapture();
        log.info('planted', { anything: text });
        return last()['anything'] === REDACTED;
      }),
    );
  });
});
