import { expect, test } from 'vitest';
import { captureOf, datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { CLIENT_HELLO, has, message, recordsOf, SERVER_HELLO, withExtension } from '../edit-messages.test.helper.ts';
import { at } from '../renumber.test.helper.ts';
import { lastNumber, sealer } from '../resumption/sealed.test.helper.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const BASE = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const HANDSHAKE = 22;
const RENEGOTIATION_INFO = 0xff01;
const BODY_AT = 13 + 12;

/** Both hellos again, under keys, with what the extension holds in each; null for none. */
async function renegotiated(client: Uint8Array | null, server: Uint8Array | null, answered = true) {
  const datagrams = await datagramsOf(BASE);
  const { seal } = await sealer(BASE);
  const endMs = at(datagrams, -1).timeMs;
  const again = (side: 'client' | 'server', type: number, info: Uint8Array | null): EditedDatagram => {
    const said = datagrams.find(has(type));
    const record = recordsOf(said?.payload ?? new Uint8Array()).find((r) => r[BODY_AT - 12] === type);
    const body = withExtension(RENEGOTIATION_INFO, info)(record?.slice(BODY_AT) ?? new Uint8Array(), { type, seq: 0 });
    const from = side === 'client' ? at(datagrams, 0).source : at(datagrams, 0).destination;
    const last = lastNumber(datagrams, from);
    const sealed = message(type, 0, body ?? new Uint8Array());
    return seal(side, endMs + (side === 'client' ? 10 : 20), HANDSHAKE, last + 1, sealed);
  };
  return captureOf([
    ...datagrams,
    again('client', CLIENT_HELLO, client),
    ...(answered ? [again('server', SERVER_HELLO, server)] : []),
  ]);
}

const proof = (n: number): Uint8Array => Uint8Array.of(n, ...new Uint8Array(n).fill(9));

test('the ClientHello of the renegotiation lacks the extension', async () => {
  const { finding } = await diagnoseSources([await renegotiated(null, proof(24))], [BASE]);
  expect(finding('renegotiation-insecure')).toMatchObject({
    severity: 'security',
    title: 'Renegotiation without protection: the ClientHello has no renegotiation_info',
  });
});

test('the ServerHello has it empty, as in a first handshake', async () => {
  const { finding } = await diagnoseSources([await renegotiated(proof(12), proof(0))], [BASE]);
  expect(finding('renegotiation-insecure')?.title).toContain('the ServerHello has no renegotiation_info');
});

test('near miss: both hold verify_data', async () => {
  const { rules } = await diagnoseSources([await renegotiated(proof(12), proof(24))], [BASE]);
  expect(rules).not.toContain('renegotiation-insecure');
});

test('near miss: the server does not answer it', async () => {
  const { rules } = await diagnoseSources([await renegotiated(null, null, false)], [BASE]);
  expect(rules).not.toContain('renegotiation-insecure');
});

test.each(['openssl-reneg-client.pcap', 'openssl-reneg-server.pcap', 'mbedtls-cid-renego-change.pcap'])(
  'near miss: real renegotiations (%s)',
  async (file) => {
    const { rules } = await diagnose(file);
    expect(rules).not.toContain('renegotiation-insecure');
  },
);
