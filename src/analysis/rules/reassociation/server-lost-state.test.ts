import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { CLIENT_HELLO, change, withExtension } from '../edit-messages.test.helper.ts';
import { again, at, goesOnUntil } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'server-lost-state';
const SESSION_TICKET = 35;

test('a restarted server: silent to old keys, and it refuses the old session', async () => {
  const { headline } = await diagnose('openssl-assoc-server-restart.pcap');
  expect(headline).toMatchObject({ rule: ID, severity: 'failure', certainty: 'near-certain' });
  expect(headline?.explanation).toContain('a2 at once and refused the session of this one');
});

test('the process is gone: its port is unreachable', async () => {
  const { finding } = await diagnose('openssl-assoc-server-gone.pcap');
  expect(finding(ID)).toMatchObject({ severity: 'failure', certainty: 'near-certain' });
  expect(finding(ID)?.evidence.some((e) => e.says.startsWith('ICMP'))).toBe(true);
});

test.each([
  'wolfssl13-nocid-rebind-dies.client.pcap',
  'wolfssl13-cid-rebind-not-followed.client.pcap',
  'wolfssl13-loss20-seed11.client.pcap',
  'openssl-loss-blackhole-after-hs.client.pcap',
])('%s: silence alone is a warning, and may be the path', async (file) => {
  for (const withoutKeys of [false, true]) {
    const { finding } = await diagnose(file, { withoutKeys });
    expect(finding(ID)).toMatchObject({ severity: 'warning', certainty: 'inferred' });
    expect(finding(ID)?.explanation).toContain('it cannot be told');
  }
});

/** The client that comes back offers no session, so that nothing but silence speaks of a restart. */
const withoutSession = (d: readonly EditedDatagram[]) => [
  ...d.slice(0, 11),
  ...change(d.slice(11), CLIENT_HELLO, withExtension(SESSION_TICKET, null)),
];

test('silence, and then a new handshake that is answered: likely, not certain', async () => {
  const { finding } = await diagnose('openssl-assoc-server-restart.pcap', { edit: withoutSession, withoutKeys: true });
  expect(finding(ID)).toMatchObject({ severity: 'warning', certainty: 'inferred' });
  expect(finding(ID)?.title).toContain('answered the new handshake a2 at once');
});

test('near miss: only the last record had no answer, and perhaps it was one itself', async () => {
  const { rules } = await diagnose('openssl-assoc-server-restart.pcap', {
    edit: (d) => withoutSession(d).filter((_, i) => i !== 9),
    withoutKeys: true,
  });
  expect(rules).not.toContain(ID);
});

test('the capture begins after the handshake: endpoints instead of roles', async () => {
  const { finding } = await diagnose('openssl-assoc-server-restart.pcap', {
    edit: (d) => [...d.slice(6, 11), goesOnUntil(at(d, 0), 9000)],
    withoutKeys: true,
  });
  expect(finding(ID)).toMatchObject({ severity: 'warning', certainty: 'inferred' });
  expect(finding(ID)?.title).toBe(
    'The endpoint 127.0.0.1:21304 stopped answering: 2 records of 127.0.0.1:21305 had no answer',
  );
});

test('a plaintext alert instead of an answer', async () => {
  const { finding } = await diagnose('openssl-assoc-server-restart.pcap', {
    edit: (d) => {
      const unanswered = at(d, 9);
      const alert = Uint8Array.of(21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 20);
      const { source, destination, timeMs } = unanswered;
      return [...d.slice(0, 10), { timeMs: timeMs + 1, source: destination, destination: source, payload: alert }];
    },
  });
  expect(finding(ID)).toMatchObject({ severity: 'failure' });
  expect(finding(ID)?.explanation).toContain('plaintext alert');
});

test.each([
  ['answered until the end', 'openssl-loss-blackhole-after-hs.server.pcap'],
  ['nobody closes, but all was answered', 'openssl-no-close.pcap'],
  ['the client moved to another port', 'openssl-assoc-nat-rebind-client.pcap'],
  ['the client moved to another port', 'wolfssl13-nocid-rebind-dies.server.pcap'],
  ['ICE moved both to other ports', 'ice-restart-same-dtls-firefox-dtls12.offerer.pcap'],
])('near miss: %s (%s)', async (_, file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain(ID);
});

test('near miss: the capture ends too early', async () => {
  const { rules } = await diagnose('openssl-assoc-server-restart.pcap', { edit: (d) => d.slice(0, 10) });
  expect(rules).not.toContain(ID);
});

test('near miss: the server never answers this application, and nobody asked it to', async () => {
  const { rules } = await diagnose('openssl-loss-blackhole-after-hs.client.pcap', {
    edit: (d) => [...d.slice(0, 10), again(at(d, 9), 2000), goesOnUntil(at(d, 0), 20_000)],
    withoutKeys: true,
  });
  expect(rules).not.toContain(ID);
});

test('near miss: the server said goodbye', async () => {
  const { rules } = await diagnose('openssl-assoc-two-in-a-row-sameport.pcap', {
    edit: (d) => [...d.slice(0, 9), at(d, 10), again(at(d, 7), 1000), again(at(d, 7), 3000, 2)],
  });
  expect(rules).not.toContain(ID);
});
