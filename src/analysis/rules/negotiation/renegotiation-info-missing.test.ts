import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { captureOf, datagramsOf } from '../../../../test/edited-capture.ts';
import {
  CLIENT_HELLO,
  change,
  has,
  refusedWith,
  SERVER_HELLO,
  SERVER_HELLO_DONE,
  withExtension,
  withSuites,
} from '../edit-messages.test.helper.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const CLEAN = 'openssl-ecdhe-ecdsa-chacha20.pcap';
const RENEGOTIATION_INFO = 65281;
const HANDSHAKE_FAILURE = 40;

function refused(d: readonly EditedDatagram[], code: number): EditedDatagram[] {
  const at = d.findLastIndex(has(SERVER_HELLO_DONE));
  const last = d[at];
  return last ? [...d.slice(0, at + 1), refusedWith(last, code)] : [...d];
}

test('the ServerHello lacks it, and the client refuses', async () => {
  const { headline } = await diagnose(CLEAN, {
    edit: (d) => refused(change(d, SERVER_HELLO, withExtension(RENEGOTIATION_INFO, null)), HANDSHAKE_FAILURE),
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: 'renegotiation-info-missing', severity: 'failure', certainty: 'inferred' });
});

test('the server sends it unasked, and the client says unsupported_extension', async () => {
  const { headline } = await diagnose(CLEAN, {
    edit: (d) => refused(change(d, CLIENT_HELLO, withSuites(0xcca9)), 110),
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: 'renegotiation-info-missing', certainty: 'near-certain' });
});

test('the server refuses a ClientHello without it, and takes the same suite from another client', async () => {
  const clean = await datagramsOf(CLEAN);
  const others = change(clean, CLIENT_HELLO, withSuites(0xcca9)).map((d) => elsewhere(d, clean));
  const at = others.findLastIndex(has(CLIENT_HELLO));
  const hello = others[at];
  const failing = hello ? [...others.slice(0, at + 1), refusedWith(hello, HANDSHAKE_FAILURE)] : [];
  const { finding } = await diagnoseSources([captureOf([...clean, ...failing])]);
  expect(finding('renegotiation-info-missing')).toMatchObject({ headline: true, certainty: 'inferred' });
});

/** The same from another port of the client, a second later. */
function elsewhere(d: EditedDatagram, all: readonly EditedDatagram[]): EditedDatagram {
  const client = all[0]?.source.port;
  const move = (e: EditedDatagram['source']) => (e.port === client ? { ...e, port: 50_999 } : e);
  return { ...d, timeMs: d.timeMs + 1000, source: move(d.source), destination: move(d.destination) };
}

test('near miss: both have it, and the client refuses the flight for another reason', async () => {
  const { rules } = await diagnose(CLEAN, { edit: (d) => refused(d, HANDSHAKE_FAILURE), withoutKeys: true });
  expect(rules).not.toContain('renegotiation-info-missing');
});

test('near miss: wolfSSL clients never send it, and most servers do not mind', async () => {
  const { rules } = await diagnose('wolfssl12-clean.pcap');
  expect(rules).not.toContain('renegotiation-info-missing');
});
