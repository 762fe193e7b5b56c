import { describe, expect, test } from 'vitest';
import { concat } from '../wire/text.ts';
import { CLIENT, Collected, hex, record, SERVER, udpOf, unified } from './carriers.test.helper.ts';

function opened(...datagrams: ReturnType<typeof udpOf>[]) {
  const collected = new Collected();
  for (const datagram of datagrams) collected.carriers.udp(datagram);
  return collected.dtls;
}

const port = (number: number) => ({ destination: { ...SERVER, port: number } });

describe('CAPWAP (RFC 5415 §4.2)', () => {
  test('the preamble comes off', () => {
    const [found] = opened(udpOf(concat(hex('01000000'), record(20))));
    expect(found).toMatchObject({ source: CLIENT, destination: SERVER, carriers: ['CAPWAP'] });
    expect(found?.payload).toEqual(record(20));
    expect(found?.pieces[0]).toMatchObject({ fileOffset: 10_007, length: 33 });
  });

  test('a clear packet on the same port is left alone', () => {
    expect(opened(udpOf(hex('00100200 00000000'), port(5246)))).toEqual([]);
  });

  test('on the ports of CAPWAP a record needs no proof, elsewhere it does', () => {
    const odd = concat(hex('01000000'), hex('3f112233445566'));
    expect(opened(udpOf(odd, port(5247)))).toHaveLength(1);
    expect(opened(udpOf(odd))).toEqual([]);
  });
});

describe('PROXY protocol', () => {
  const signature = '0d0a0d0a000d0a515549540a';

  test('version 2: the header comes off, the endpoints stay, because answers have none', () => {
    const header = hex(`${signature} 2112 000c c6336407 cb007150 ef32 1151`);
    const [found] = opened(udpOf(concat(header, unified(12))));
    expect(found).toMatchObject({ source: CLIENT, destination: SERVER, carriers: ['PROXY protocol'], tag: '' });
    expect(found?.payload).toEqual(unified(12));
  });

  test('version 2 with extensions behind the addresses', () => {
    expect(
      opened(udpOf(concat(hex(`${signature} 2112 0010 c6336407 cb007150 ef32 1151 04000100`), record(5)))),
    ).toHaveLength(1);
  });

  test('a header before CAPWAP', () => {
    const [found] = opened(udpOf(concat(hex(`${signature} 2000 0000 01000000`), record(5))));
    expect(found?.carriers).toEqual(['PROXY protocol', 'CAPWAP']);
  });

  test('the simple one of Cloudflare: the client it names tells conversations apart', () => {
    const mapped = '00000000000000000000ffff';
    const header = hex(`56ec ${mapped}c6336407 ${mapped}cb007150 ef32 1151`);
    const [found] = opened(udpOf(concat(header, record(5))));
    expect(found).toMatchObject({ carriers: ['Simple Proxy Protocol'], tag: 'client 198.51.100.7:61234' });
    expect(opened(udpOf(concat(hex('56ec'), new Uint8Array(36), hex('1700000000'))))).toEqual([]);
  });
});

describe('SOCKS5 (RFC 1928 §7)', () => {
  const header = hex('000000 01 c6336407 1151');
  const peer = { address: '198.51.100.7', port: 4433 };
  const back = { source: SERVER, destination: CLIENT };

  test('the peer takes the place of the relay in both directions', () => {
    const found = opened(udpOf(concat(header, record(5))), udpOf(concat(header, record(6)), back));
    expect(found[0]).toMatchObject({ source: CLIENT, destination: peer, carriers: ['SOCKS5'] });
    expect(found[1]).toMatchObject({ source: peer, destination: CLIENT });
  });

  test('the port says who the relay is where the client does not speak first', () => {
    const relay = { ...SERVER, port: 1080 };
    const [found] = opened(udpOf(concat(header, record(6)), { source: relay, destination: CLIENT }));
    expect(found).toMatchObject({ source: peer, destination: CLIENT });
  });

  test('IPv6', () => {
    const six = hex('000000 04 20010db8000000000000000000000001 1151');
    expect(opened(udpOf(concat(six, record(5))))[0]?.destination).toEqual({ address: '2001:db8::1', port: 4433 });
  });

  test('where the client names a host, the relay stands for it: the answers come with an address', () => {
    const named = hex('000000 03 03 612e62 1151');
    const found = opened(udpOf(concat(named, record(5))), udpOf(concat(header, record(6)), back));
    expect(found[0]).toMatchObject({ source: CLIENT, destination: SERVER });
    expect(found[1]).toMatchObject({ source: SERVER, destination: CLIENT });
  });

  test('once known, a record without length is enough', () => {
    const odd = concat(header, hex('2b0011aabb'));
    expect(opened(udpOf(odd))).toEqual([]);
    expect(opened(udpOf(concat(header, record(5))), udpOf(odd))).toHaveLength(2);
  });
});
