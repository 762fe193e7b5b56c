import { expect, test } from 'vitest';
import { aroundOf, tcp4 } from './around.test.helper.ts';
import { ascii, read, sample } from './capture.test.helper.ts';
import type { TcpTraffic } from './tcp-traffic.ts';

const CLIENT = '192.0.2.1:51000';
const SERVER = '192.0.2.2:8443';
const SYN = 2;
const RST = 4;
const ACK = 16;

const inShort = ({ client, server, opened, answered, resets, segments }: TcpTraffic) => {
  const counts = segments.map((flow) => flow?.datagrams ?? 0).join('/');
  const marks = [opened && 'opened', answered && 'answered', resets > 0 && `${resets} resets`].filter((m) => m);
  return `${client} → ${server.address}:${server.port} ${counts} ${marks.join(', ')}`;
};
const told = async (...packets: readonly Uint8Array[]) => (await aroundOf(packets)).tcp.map(inShort);

test('a SYN tells who is the client', async () => {
  const hello: Uint8Array = ascii('hello');
  const [around] = (
    await aroundOf([
      tcp4(CLIENT, SERVER, SYN),
      tcp4(SERVER, CLIENT, SYN | ACK),
      tcp4(CLIENT, SERVER, ACK, hello, 2),
      tcp4(SERVER, CLIENT, ACK, hello, 2),
      tcp4(CLIENT, SERVER, ACK, hello, 7),
    ])
  ).tcp;
  expect(around && inShort(around)).toBe('192.0.2.1 → 192.0.2.2:8443 3/2 opened, answered');
  expect(around?.segments[0]).toMatchObject({ firstNs: 1_000_000_005_000n, lastNs: 1_004_000_005_000n, largest: 5 });
});

test('also where the client has the lower port', async () => {
  const packets = [
    tcp4('192.0.2.1:700', SERVER, SYN),
    tcp4(SERVER, '192.0.2.1:700', SYN | ACK),
    tcp4('192.0.2.1:700', SERVER, ACK),
    tcp4(SERVER, '192.0.2.1:700', ACK),
  ];
  expect(await told(...packets)).toEqual(['192.0.2.1 → 192.0.2.2:8443 2/2 opened, answered']);
});

test('without a SYN the lower port is the server’s', async () => {
  const packets = [tcp4('192.0.2.2:443', CLIENT, ACK), tcp4(CLIENT, '192.0.2.2:443', ACK)];
  expect(await told(...packets)).toEqual(['192.0.2.1 → 192.0.2.2:443 1/1 answered']);
});

test('a refused connection is not answered', async () => {
  const packets = [tcp4(CLIENT, SERVER, SYN), tcp4(SERVER, CLIENT, RST | ACK)];
  expect(await told(...packets)).toEqual(['192.0.2.1 → 192.0.2.2:8443 1/1 opened, 1 resets']);
});

test('all connections of a client to one port are one', async () => {
  const packets = Array.from({ length: 50 }, (_, i) => tcp4(`192.0.2.1:${40_000 + i}`, SERVER, SYN));
  expect(await told(...packets)).toEqual(['192.0.2.1 → 192.0.2.2:8443 50/0 opened']);
});

test('HTTPS is kept where a scan opens thousands of others', async () => {
  const scan = Array.from({ length: 6000 }, (_, i) => tcp4(CLIENT, `192.0.2.2:${1000 + i}`, SYN));
  const { tcp, forgotten } = await aroundOf([tcp4(CLIENT, '192.0.2.2:443', SYN), ...scan]);
  expect(tcp.some(({ server }) => server.port === 443)).toBe(true);
  expect(tcp.length + forgotten.tcp).toBe(6001);
  expect(tcp.length).toBeLessThanOrEqual(4096);
});

test('the connection that carries DTLS counts too: turn-tcp-firefox.offerer.pcap', async () => {
  const { facts } = await read(sample('turn-tcp-firefox.offerer.pcap'));
  expect(facts.surroundings.tcp.map(inShort)).toEqual(['10.9.0.2 → 10.9.0.1:3478 43/33 opened, answered, 1 resets']);
});
