import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { concat } from '../../../wire/text.ts';
import {
  both,
  bytes,
  type Change,
  CLIENT_HELLO,
  change,
  cut,
  has,
  refusedWith,
  SERVER_HELLO,
  withExtension,
} from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const RULE = 'auto-sense-fell-back-to-12';
const SUPPORTED_VERSIONS = 43;

/** Versions 1.3 and 1.2, at the end of the hello. */
const offersBoth = withExtension(SUPPORTED_VERSIONS, Uint8Array.of(4, 0xfe, 0xfc, 0xfe, 0xfd));
/** A ServerHello of version 1.2 from a server that has 1.3, as the end of its random says. */
const chooses12: Change = both(withExtension(SUPPORTED_VERSIONS, null), (hello) =>
  concat(hello.subarray(0, 26), new TextEncoder().encode('DOWNGRD'), Uint8Array.of(1), hello.subarray(34)),
);

function refused(datagrams: readonly EditedDatagram[]): EditedDatagram[] {
  const at = datagrams.findIndex(has(SERVER_HELLO));
  const hello = datagrams[at];
  return hello ? [...datagrams.slice(0, at + 1), refusedWith(hello, 70)] : [...datagrams];
}

test('the first fragment ends before supported_versions, and a server that has 1.3 chooses 1.2', async () => {
  const { headline } = await diagnose('wolfssl13-clean-chacha20.pcap', {
    edit: (d) => refused(change(cut(change(d, CLIENT_HELLO, offersBoth), CLIENT_HELLO, 100), SERVER_HELLO, chooses12)),
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure', certainty: 'inferred' });
});

test('near miss: the whole ClientHello came in one piece', async () => {
  const { rules } = await diagnose('wolfssl13-clean-chacha20.pcap', {
    edit: (d) => refused(change(change(d, CLIENT_HELLO, offersBoth), SERVER_HELLO, chooses12)),
    withoutKeys: true,
  });
  expect(rules).not.toContain(RULE);
});

test('near miss: the first fragment has supported_versions in it', async () => {
  const first: Change = (hello) => {
    const versions = Uint8Array.of(...bytes(SUPPORTED_VERSIONS, 2), 0, 5, 4, 0xfe, 0xfc, 0xfe, 0xfd);
    const stripped = withExtension(SUPPORTED_VERSIONS, null)(hello, { type: CLIENT_HELLO, seq: 0 }) ?? hello;
    const at = stripped.length - extensionsLength(stripped);
    const length = extensionsLength(stripped) + versions.length;
    return concat(stripped.subarray(0, at - 2), Uint8Array.of(...bytes(length, 2)), versions, stripped.subarray(at));
  };
  const { rules } = await diagnose('wolfssl13-clean-chacha20.pcap', {
    edit: (d) => refused(change(cut(change(d, CLIENT_HELLO, first), CLIENT_HELLO, 100), SERVER_HELLO, chooses12)),
    withoutKeys: true,
  });
  expect(rules).not.toContain(RULE);
});

/** Of a ClientHello with one suite and one compression method. */
const extensionsLength = (hello: Uint8Array): number => hello.length - (2 + 32 + 1 + (hello[34] ?? 0) + 1 + 4 + 2 + 2);

test('near miss: fragmented, and DTLS 1.3 is chosen', async () => {
  const { rules } = await diagnose('firefox-webrtc-dc.pcap');
  expect(rules).not.toContain(RULE);
});
