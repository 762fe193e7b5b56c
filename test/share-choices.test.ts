/** What each choice of the sharer changes, on real captures, and that it changes nothing else. */
import { describe, expect, test } from 'vitest';
import { Session } from '../src/analysis/session.ts';
import { encodePayload } from '../src/share/payload.ts';
import type { SharedTrace } from '../src/share/shared-trace.ts';
import { captureOf, datagramsOf } from './edited-capture.ts';
import { differences, giveKeys, opened, received, reportOf, shared } from './shared-traces.ts';

const CLEAN12 = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const CLEAN13 = 'wolfssl13-clean-aes128gcm.pcap';
const TWO = 'openssl-assoc-two-in-a-row-sameport.pcap';

async function withKeys(...files: readonly string[]): Promise<Session> {
  const session = await opened(...files);
  if (!session) throw new Error('does not open');
  for (const file of files) giveKeys(session, file);
  return session;
}

const holds = (trace: SharedTrace, text: string | Uint8Array): boolean =>
  Buffer.from(encodePayload(trace)).includes(Buffer.from(text));

function verdicts(session: Session): readonly string[] {
  return session.trace().associations.map((a) => a.verdict);
}

describe('application data', () => {
  test('marks: how many records there were, and not how long they are', async () => {
    const session = await withKeys(CLEAN12);
    const lengths = (trace: SharedTrace) => trace.datagrams.flatMap(({ leftOut }) => leftOut.map((out) => out.length));
    const marks = shared(session).trace;
    expect(new Set(lengths(marks))).toEqual(new Set([32]));
    const numbers = (session: Session) =>
      session.association('a1')?.records.flatMap((r) => (r.contentType === 23 ? [[r.packet, r.sequenceNumber]] : []));
    expect(numbers(received(marks))).toEqual(numbers(session));
  });

  test('lengths: those of the records, with zeros in them', async () => {
    const { trace } = shared(await withKeys(CLEAN12), { applicationData: 'lengths' });
    const original = await datagramsOf(CLEAN12);
    expect(trace.datagrams.map((d) => d.payload.length)).toEqual(original.map((d) => d.payload.length));
    expect(trace.datagrams.some((d) => d.leftOut.length > 0)).toBe(true);
  });

  test('bodies: every byte as it was captured, and still nothing decrypted', async () => {
    const { trace } = shared(await withKeys(CLEAN12), { applicationData: 'bodies' });
    const original = await datagramsOf(CLEAN12);
    expect(trace.datagrams.map((d) => d.payload)).toEqual(original.map((d) => d.payload));
    expect(trace.secrets).toEqual([]);
  });
});

describe('addresses and the clock', () => {
  test('kept addresses are the real ones, replaced ones are told to the sharer alone', async () => {
    const session = await withKeys(CLEAN12);
    expect(received(shared(session, { addresses: 'kept' }).trace).trace().associations[0]?.client.address).toBe(
      '127.0.0.1',
    );
    const { trace, replaced } = shared(session);
    expect(replaced).toEqual([{ from: '127.0.0.1', to: '192.0.2.1' }]);
    expect(holds(trace, '127.0.0.1')).toBe(false);
  });

  test('a kept clock tells the day, a relative one nothing of it', async () => {
    const session = await withKeys(CLEAN12);
    const first = session.trace().captures[0]?.firstTime;
    expect(received(shared(session, { clock: 'kept' }).trace).trace().captures[0]?.firstTime).toBe(first);
    expect(received(shared(session).trace).trace().captures[0]?.firstTime).toBe(null);
    expect(shared(session).trace.datagrams[0]?.time).toBe(0);
  });

  test('with everything kept the file has its name, and the whole report is that of the original', async () => {
    const session = await opened(CLEAN12);
    if (!session) throw new Error('does not open');
    const all = { applicationData: 'bodies', addresses: 'kept', clock: 'kept' } as const;
    const found = differences(reportOf(session), reportOf(received(shared(session, all).trace)));
    expect(found).toEqual(['captures[0].format: "pcap" ≠ "dtlstrace"']);
  });

  test('nanoseconds over more than 104 days: the finest digits go, the link opens', async () => {
    const datagrams = await datagramsOf(CLEAN12);
    const days = 200 * 86_400_000;
    const late = captureOf(datagrams.map((d, i) => ({ ...d, timeMs: d.timeMs + (i > 5 ? days : 0) })));
    const session = new Session();
    await session.open([nanoseconds(late)], { add: false });
    expect(session.trace().captures[0]?.firstTime).toMatch(/\.\d{9}Z$/);
    const { trace } = shared(session);
    expect(trace.captures[0]?.timeDigits).toBe(6);
    expect(verdicts(received(trace))).toEqual(verdicts(session));
  });
});

/** The same pcap with a magic number that says nanoseconds, and times that are. */
function nanoseconds(source: ReturnType<typeof captureOf>): ReturnType<typeof captureOf> {
  return {
    ...source,
    async *chunks() {
      const parts: Uint8Array[] = [];
      for await (const part of source.chunks()) parts.push(part);
      const bytes = Buffer.concat(parts);
      bytes.writeUInt32LE(0xa1b23c4d, 0);
      for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8))
        bytes.writeUInt32LE(bytes.readUInt32LE(at + 4) * 1000, at + 4);
      yield new Uint8Array(bytes);
    },
  };
}

describe('names and certificates', () => {
  test('blanked: what they were is nowhere, and no finding blames the endpoints for it', async () => {
    const session = await withKeys('openssl-mutual-auth-ec.pcap');
    const [association] = session.trace().associations;
    const names = [...(association?.certificates.server ?? []), ...(association?.certificates.client ?? [])].flatMap(
      (c) => [c.subject.replace(/^CN=/, ''), c.sha256],
    );
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) {
      expect(holds(shared(session, { names: 'blanked' }).trace, name), name).toBe(false);
      expect(holds(shared(session, { certificates: 'digests' }).trace, name), name).toBe(false);
    }
    const { trace } = shared(session, { names: 'blanked' });
    expect(trace.redactions.altered).toBe(true);
    expect(trace.validity).toEqual({});
    expect(verdicts(received(trace))).toEqual(verdicts(session));
  });

  test('blanked: a message of which a part is missing is unreadable as a whole', async () => {
    const file = 'openssl-bigchain-mtu512.pcap';
    const datagrams = await datagramsOf(file);
    const session = new Session();
    // Without one of the datagrams that carry the certificates.
    await session.open([captureOf(datagrams.filter((_, i) => i !== 7))], { add: false });
    const whole = await withKeys(file);
    const names = whole
      .trace()
      .associations.flatMap((a) => a.certificates.server.map((c) => c.subject.split('=').at(-1)));
    const { trace } = shared(session, { names: 'blanked' });
    for (const name of names) expect(holds(trace, name ?? '?'), name).toBe(false);
  });

  test('the digest of an encrypted certificate is not told to those who cannot read it', async () => {
    const session = await withKeys(CLEAN13);
    expect(session.trace().associations[0]?.certificates.server.length).toBeGreaterThan(0);
    expect(shared(session).trace.validity).toEqual({});
    expect(Object.keys(shared(session, { keys: 'messages' }).trace.validity)).toHaveLength(1);
  });

  test('a server name that is an address goes with the addresses', async () => {
    const { trace } = shared(await withKeys('libcoap-gnutls-psk-get.pcap'));
    expect(received(trace).trace().associations[0]?.serverName).toMatch(/^x+$/);
    expect(holds(trace, '127.0.0.1')).toBe(false);
  });
});

describe('keys', () => {
  test.each([CLEAN12, CLEAN13, 'wolfssl13-hrr-group.pcap', 'sclient-reneg-R.pcap'])(
    '%s: messages as a claim tell what the keys tell, without keys',
    async (file) => {
      const session = await withKeys(file);
      const { trace } = shared(session, { keys: 'messages' });
      expect(trace.secrets).toEqual([]);
      expect(trace.messages.length).toBeGreaterThan(0);
      const claimed = received(trace);
      expect(verdicts(claimed)).toEqual(verdicts(session));
      const told = (s: Session) => s.trace().associations.map((a) => [a.version, a.outcome, a.closed, a.cipherSuite]);
      expect(told(claimed)).toEqual(told(session));
      const messages = (s: Session) =>
        s.association('a1')?.messages.map(({ name, sender, epoch, length }) => [name, sender, epoch, length]);
      expect(messages(claimed)).toEqual(messages(session));
      expect(claimed.plaintextOf(null)).toEqual([]);
    },
  );

  test('secrets are those of the chosen association and of no other', async () => {
    const session = await withKeys(TWO);
    expect(session.trace().associations.length).toBeGreaterThan(1);
    const { trace } = shared(session, { keys: 'secrets', applicationData: 'bodies', associations: ['a1'] });
    const [own, other] = ['a1', 'a2'].map((id) => session.keyLinesOf(id).map(({ secret }) => secret));
    expect(trace.secrets.map((line) => line.split(' ')[2])).toEqual(own);
    for (const secret of other ?? []) expect(holds(trace, secret)).toBe(false);
    const again = received(trace);
    expect(again.trace().associations).toHaveLength(1);
    expect(again.trace().associations[0]?.records.decrypted).toBe(session.trace().associations[0]?.records.decrypted);
  });

  test('of DTLS 1.3 the secrets of application data want a further choice', async () => {
    const session = await withKeys(CLEAN13);
    const labels = (keys: 'secrets' | 'all-secrets') =>
      shared(session, { keys })
        .trace.secrets.map((line) => line.split(' ')[0])
        .sort();
    expect(labels('secrets')).toEqual(['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET']);
    expect(labels('all-secrets')).toEqual([
      'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      'CLIENT_TRAFFIC_SECRET_0',
      'SERVER_HANDSHAKE_TRAFFIC_SECRET',
      'SERVER_TRAFFIC_SECRET_0',
    ]);
  });
});

describe('scope', () => {
  test('one association: no datagram and no endpoint of another', async () => {
    const session = await withKeys(TWO);
    const { trace } = shared(session, { associations: ['a2'] });
    const packets = new Set(session.association('a2')?.records.map((r) => r.packet));
    expect(trace.datagrams.every((d) => packets.has(d.packet))).toBe(true);
    expect(verdicts(received(trace))).toEqual([session.trace().associations[1]?.verdict]);
  });

  test('a range of time: nothing of before and after, not in claims either', async () => {
    const session = await withKeys('openssl-loss-final-flight-x3.client.pcap');
    const range = { fromMs: 0, toMs: 1500 };
    const { trace } = shared(session, { timeRange: range, keys: 'messages' });
    const inside = new Set(
      session.association('a1')?.records.flatMap((r) => (r.timeMs <= range.toMs ? [r.packet] : [])),
    );
    expect(new Set(trace.datagrams.map((d) => d.packet))).toEqual(inside);
    expect(trace.messages.every((m) => inside.has(m.packet))).toBe(true);
    expect(shared(session, { keys: 'messages' }).trace.messages.length).toBeGreaterThan(trace.messages.length);
  });
});

describe('two capture points', () => {
  test.each([
    ['nat-pair-loss-dtls12.inside.pcap', 'nat-pair-loss-dtls12.outside.pcap'],
    ['nat-pair-webrtc-dtls13.inside.pcap', 'nat-pair-webrtc-dtls13.outside.pcap'],
  ])('%s and %s are merged again', async (...files) => {
    const session = await opened(...files);
    if (!session) throw new Error('does not open');
    const again = received(shared(session).trace);
    expect(again.trace().points).not.toBe(null);
    expect(verdicts(again)).toEqual(verdicts(session));
    const fates = (s: Session) => s.association('a1')?.records.map((r) => [r.mark, r.fate?.fate, r.arrival?.packet]);
    expect(fates(again)).toEqual(fates(session));
  });

  test('names are blanked at both of them, though a NAT gave the client another address', async () => {
    const files = ['nat-pair-loss-dtls12.inside.pcap', 'nat-pair-loss-dtls12.outside.pcap'];
    const session = await withKeys(...files);
    const names = session
      .trace()
      .associations.flatMap((a) => a.certificates.server.map((c) => c.subject.split('=').at(-1)));
    expect(names.length).toBeGreaterThan(0);
    const { trace } = shared(session, { names: 'blanked' });
    for (const name of names) expect(holds(trace, name ?? '?'), name).toBe(false);
    expect(verdicts(received(trace))).toEqual(verdicts(session));
  });
});

test('shared on with everything, what was left out stays left out', async () => {
  const first = received(shared(await withKeys(CLEAN12)).trace);
  const { trace } = shared(first, { applicationData: 'bodies' });
  const before = shared(await withKeys(CLEAN12)).trace.datagrams.map((d) =>
    d.leftOut.map(({ from, length }) => [from, length]),
  );
  expect(trace.datagrams.map((d) => d.leftOut.map(({ from, length }) => [from, length]))).toEqual(before);
});
