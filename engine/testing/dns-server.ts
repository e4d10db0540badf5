import dgram from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { FakeRecords } from '../resolver/fake.js';
import { decode, encode, type Answer, type Packet } from 'dns-packet';

/** A name server on loopback, which knows what it was told. */
export type DnsServer = {
  /** `host:port` */
  readonly address: string;
  set(name: string, records: FakeRecords): void;
  /** Answers SERVFAIL from now on. */
  silence(name: string): void;
  close(): Promise<void>;
};

const servfail = 2;
const nxdomain = 3;

export async function dnsServer(): Promise<DnsServer> {
  const names = new Map<string, FakeRecords | null>();
  const socket = dgram.createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const question = decode(message);
    socket.send(encode({ ...reply(question, names), type: 'response', id: question.id ?? 0 }), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    set: (name, records) => void names.set(name, { ...names.get(name), ...records }),
    silence: (name) => void names.set(name, null),
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function reply({ questions = [] }: Packet, names: ReadonlyMap<string, FakeRecords | null>): Packet {
  const [{ name, type } = { name: '', type: 'A' }] = questions;
  const records = names.get(name.toLowerCase());
  if (records === null) return { questions, flags: servfail };
  if (records === undefined) return { questions, flags: nxdomain };
  return { questions, answers: answersOf(name, type, records) };
}

function answersOf(name: string, type: string, { txt = [], addresses = [], caa = [], cname }: FakeRecords): Answer[] {
  const ttl = 1;
  if (type === 'CNAME') return cname === undefined ? [] : [{ type, name, ttl, data: cname }];
  if (type === 'CAA') return caa.map((text) => ({ type: 'CAA', name, ttl, data: caaOf(text) }));
  if (type === 'TXT') return txt.map((text) => ({ type: 'TXT', name, ttl, data: piecesOf(text) }));
  if (type !== 'A' && type !== 'AAAA') return [];
  return addresses
    .filter((address) => isIPv6(address) === (type === 'AAAA'))
    .map((data) => ({ type, name, ttl, data }));
}

function caaOf(text: string) {
  const [tag = '', value = ''] = text.split(' ');
  return { flags: 0, tag: tag as 'issue' | 'issuewild', value };
}

/** A TXT record holds strings of at most 255 letters. */
const piecesOf = (text: string) => text.match(/.{1,255}/gs) ?? [''];
