/** A DNS server on loopback that answers A, AAAA, SRV and NAPTR from a table, and counts what it is asked (RFC 1035, 2782, 3403). Answers nothing else; can be silenced. */
import { createSocket } from 'node:dgram';

export type DnsRecord =
  | { type: 'A'; address: string; ttlSec?: number }
  | { type: 'SRV'; priority: number; weight: number; port: number; target: string; ttlSec?: number }
  | { type: 'NAPTR'; order: number; preference: number; flags: string; service: string; replacement: string; ttlSec?: number };

export interface DnsPeer {
  /** host:port, as Node's resolver takes it. */
  readonly server: string;
  /** Replaces the records of a name; an empty list is a name without any. */
  set(name: string, records: readonly DnsRecord[]): void;
  /** From now on no question is answered, or again. */
  silence(isSilent: boolean): void;
  questions(): readonly string[];
  close(): void;
}

const TYPES: Readonly<Record<number, DnsRecord['type'] | 'AAAA'>> = { 1: 'A', 28: 'AAAA', 33: 'SRV', 35: 'NAPTR' };
const NUMBERS: Readonly<Record<DnsRecord['type'], number>> = { A: 1, SRV: 33, NAPTR: 35 };
const TTL_SEC = 60;

export async function startDnsPeer(): Promise<DnsPeer> {
  const table = new Map<string, readonly DnsRecord[]>();
  const asked: string[] = [];
  let isSilent = false;
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { name, type, end } = readQuestion(query);
    asked.push(`${TYPES[type] ?? type} ${name}`);
    if (isSilent) return;
    const known = table.get(name.toLowerCase());
    const answers = (known ?? []).filter((record) => NUMBERS[record.type] === type);
    const header = Buffer.from(query.subarray(0, 12));
    // Response, authoritative, recursion as asked; NXDOMAIN for a name nobody set.
    header.writeUInt16BE(0x8400 | (header.readUInt16BE(2) & 0x0100) | (known === undefined ? 3 : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    header.writeUInt32BE(0, 8);
    socket.send(Buffer.concat([header, query.subarray(12, end), ...answers.map(writeRecord)]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    server: `127.0.0.1:${socket.address().port}`,
    set: (name, records) => void table.set(name.toLowerCase(), records),
    silence(next) {
      isSilent = next;
    },
    questions: () => asked,
    close: () => void socket.close(),
  };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function writeRecord(record: DnsRecord): Buffer {
  const data = writeData(record);
  const head = Buffer.alloc(12);
  // A pointer to the question's name.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(NUMBERS[record.type], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(record.ttlSec ?? TTL_SEC, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function writeData(record: DnsRecord): Buffer {
  switch (record.type) {
    case 'A': return Buffer.from(record.address.split('.').map(Number));
    case 'SRV': return Buffer.concat([words(record.priority, record.weight, record.port), writeName(record.target)]);
    case 'NAPTR': return Buffer.concat([words(record.order, record.preference), text(record.flags), text(record.service), text(''), writeName(record.replacement)]);
  }
}

const words = (...values: number[]): Buffer => Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]));
const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
const writeName = (name: string): Buffer => Buffer.concat([...name.split('.').filter((label) => label !== '').map(text), Buffer.from([0])]);
