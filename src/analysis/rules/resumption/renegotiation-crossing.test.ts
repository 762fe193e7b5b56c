import { expect, test } from 'vitest';
import { datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { CLIENT_HELLO, has, message, recordsOf, SERVER_HELLO } from '../edit-messages.test.helper.ts';
import { at, nth } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';
import { lastNumber, sealer } from './sealed.test.helper.ts';

const ID = 'renegotiation-crossing';
const FILE = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const HANDSHAKE = 22;
const HELLO_REQUEST = 0;

/** A renegotiation that does not get beyond the hellos: who sends what when, after the last data. */
async function hellos(
  sent: readonly (readonly ['client' | 'server', number, 'ClientHello' | 'HelloRequest' | 'ServerHello', number])[],
): Promise<EditedDatagram[]> {
  const d = (await datagramsOf(FILE)).slice(0, -2);
  const { seal } = await sealer(FILE);
  const body = (type: number) => (recordsOf(nth(d, has(type)).payload)[0] ?? new Uint8Array()).slice(13 + 12);
  const bodies = {
    ClientHello: [CLIENT_HELLO, body(CLIENT_HELLO)],
    ServerHello: [SERVER_HELLO, body(SERVER_HELLO)],
    HelloRequest: [HELLO_REQUEST, new Uint8Array()],
  } as const;
  const { source, destination } = at(d, 0);
  const next = { client: lastNumber(d, source) + 1, server: lastNumber(d, destination) + 1 };
  const { timeMs } = at(d, -1);
  const made = sent.map(([who, ms, what, seq]) => {
    const [type, content] = bodies[what];
    return seal(who, timeMs + ms, HANDSHAKE, next[who]++, message(type, seq, content));
  });
  return [...d, ...made];
}

test('they cross, and both repeat with numbers that do not fit', async () => {
  const made = await hellos([
    ['client', 100, 'ClientHello', 0],
    ['server', 101, 'HelloRequest', 0],
    ['server', 130, 'ServerHello', 1],
    ['client', 1100, 'ClientHello', 0],
    ['server', 1130, 'ServerHello', 1],
    ['client', 3100, 'ClientHello', 0],
    ['server', 3130, 'ServerHello', 1],
  ]);
  const { headline } = await diagnose(FILE, { edit: () => made });
  expect(headline).toMatchObject({ rule: ID, severity: 'failure' });
});

test('near miss: the client answers the HelloRequest, and the ServerHello is lost', async () => {
  const made = await hellos([
    ['server', 100, 'HelloRequest', 0],
    ['client', 130, 'ClientHello', 0],
    ['server', 160, 'ServerHello', 1],
    ['client', 1130, 'ClientHello', 0],
    ['server', 1160, 'ServerHello', 1],
  ]);
  const { rules } = await diagnose(FILE, { edit: () => made });
  expect(rules).not.toContain(ID);
});

test('near miss: they cross, and the client takes the ServerHello', async () => {
  const made = await hellos([
    ['client', 100, 'ClientHello', 0],
    ['server', 101, 'HelloRequest', 0],
    ['server', 130, 'ServerHello', 1],
  ]);
  const { rules } = await diagnose(FILE, { edit: () => made });
  expect(rules).not.toContain(ID);
});

test.each(['openssl-reneg-server.pcap', 'openssl-reneg-client.pcap'])('near miss: %s completes', async (file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain(ID);
});
