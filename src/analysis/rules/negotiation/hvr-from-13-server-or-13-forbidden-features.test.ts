import { expect, test } from 'vitest';
import { concat } from '../../../wire/text.ts';
import {
  answeredBy,
  type Change,
  CLIENT_HELLO,
  change,
  HELLO_VERIFY_REQUEST,
  has,
  message,
  plaintextRecord,
  refusedWith,
  SERVER_HELLO,
} from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const RULE = 'hvr-from-13-server-or-13-forbidden-features';
const CLEAN = 'wolfssl13-clean-chacha20.pcap';
const ILLEGAL_PARAMETER = 47;

const sessionId: Change = (hello) =>
  concat(hello.subarray(0, 34), Uint8Array.of(4, 1, 2, 3, 4), hello.subarray(35 + (hello[34] ?? 0)));

test('a ServerHello with a session_id works here: a note', async () => {
  const { finding, headline } = await diagnose(CLEAN, {
    edit: (d) => change(d, SERVER_HELLO, sessionId),
    withoutKeys: true,
  });
  expect(finding(RULE)).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(headline).toBeNull();
});

test('a client that refuses such a ServerHello', async () => {
  const { headline } = await diagnose(CLEAN, {
    edit: (datagrams) => {
      const d = change(datagrams, SERVER_HELLO, sessionId);
      const at = d.findIndex(has(SERVER_HELLO));
      const hello = d[at];
      return hello ? [...d.slice(0, at + 1), refusedWith(hello, ILLEGAL_PARAMETER)] : d;
    },
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure', certainty: 'near-certain' });
});

test('a client that insists on the echo', async () => {
  const { headline } = await diagnose(CLEAN, {
    edit: (datagrams) => {
      const d = change(datagrams, CLIENT_HELLO, sessionId);
      const at = d.findIndex(has(SERVER_HELLO));
      const hello = d[at];
      return hello ? [...d.slice(0, at + 1), refusedWith(hello, ILLEGAL_PARAMETER)] : d;
    },
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: RULE, certainty: 'inferred' });
});

test('a HelloVerifyRequest and a ChangeCipherSpec in DTLS 1.3', async () => {
  const { findings } = await diagnose(CLEAN, {
    edit: ([hello, ...rest]) => {
      if (!hello) return [];
      const request = message(HELLO_VERIFY_REQUEST, 0, Uint8Array.of(0xfe, 0xff, 2, 7, 7));
      const ccs = plaintextRecord(20, 7, Uint8Array.of(1));
      const last = rest.at(-1) ?? hello;
      return [hello, answeredBy(hello, plaintextRecord(22, 0, request), 0.1), ...rest, answeredBy(last, ccs, 0.1)];
    },
    withoutKeys: true,
  });
  expect(findings.filter((f) => f.rule === RULE)).toHaveLength(2);
});

test('near miss: a clean handshake of DTLS 1.3 with a cookie', async () => {
  const { rules } = await diagnose('firefox-webrtc-dc-hrr.pcap');
  expect(rules).not.toContain(RULE);
});

test('near miss: HelloVerifyRequest and session_id in DTLS 1.2', async () => {
  const { rules } = await diagnose('gnutls-clean.pcap');
  expect(rules).not.toContain(RULE);
});
