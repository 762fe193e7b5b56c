import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';
import { toPort } from './moved.test.helper.ts';

const CONTROL_PORT = 5246;
/** RFC 5415 §4.2: preamble of type 1, and three reserved bytes. */
const HEADER = [1, 0, 0, 0];

const inCapwap = (datagrams: readonly EditedDatagram[]): EditedDatagram[] =>
  toPort(datagrams, CONTROL_PORT).map((d) => ({ ...d, payload: Uint8Array.of(...HEADER, ...d.payload) }));

test('a refused certificate means that the access point cannot join', async () => {
  const { finding, headline } = await diagnose('openssl-fail-unknown-ca.pcap', { edit: inCapwap });
  expect(headline?.rule).toBe('cert-untrusted');
  expect(finding('capwap-join')).toMatchObject({ severity: 'note' });
});

test('plain DTLS on the CAPWAP port, and silence', async () => {
  const { headline, finding } = await diagnose('openssl-fail-server-silent.pcap', {
    edit: (d) => toPort(d, CONTROL_PORT),
  });
  expect(finding('capwap-join')).toMatchObject({ severity: 'note', certainty: 'inferred' });
  // The port is a hint: what is seen stays the headline.
  expect(headline?.rule).toBe('no-answer-to-clienthello');
});

test('near miss: the same silence with the header', async () => {
  const { rules } = await diagnose('openssl-fail-server-silent.pcap', { edit: inCapwap });
  expect(rules).not.toContain('capwap-join');
});

test.each(['capwap-control-dtls12.pcap', 'capwap-control-and-data-dtls12.pcap', 'openssl-fail-unknown-ca.pcap'])(
  'near miss: %s',
  async (file) => {
    expect((await diagnose(file)).rules).not.toContain('capwap-join');
  },
);
