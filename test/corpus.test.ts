/**
 * Every capture of the collection against what its endpoints reported. What is listed as an exception is listed
 * with its reason; everything else holds.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toHex } from '../src/wire/text.ts';
import { KNOWN, type KnownCapture } from './captures.ts';
import { addKeys, detailsOf, openSession } from './open-session.ts';

const EXCEPTIONS: { readonly [file: string]: string } = {
  'openssl-aria128-gcm.pcap': 'no library here has ARIA',
  'openssl-camellia256-sha384.pcap': 'no library here has Camellia',
  'link-cut-header.pcap': 'the file ends inside the header of its first packet',
  'sixlowpan-fragment-missing-dtls12.pcap': 'the fragment with the ServerHello is not in the capture',
  'turn-udp-firefox-filterlosesfragment.answerer.pcap': 'the capture filter lost the IP fragment with the ServerHello',
};

/** The manifest names the number too, or the suites of two associations in one. */
const MISNAMED: ReadonlySet<string> = new Set(['bc-clean-ecdhe-psk-gcm.pcap', 'capwap-control-and-data-dtls12.pcap']);

const captures = KNOWN.filter((c) => !c.text);
const readable = captures.filter((c) => !c.synthetic && /^DTLS [\d.]+$/.test(c.version));
const supported = readable.filter((c) => !(c.file in EXCEPTIONS));

async function open({ file, keys }: KnownCapture) {
  const session = await openSession(file);
  if (keys) addKeys(session, keys);
  return session;
}

describe('every capture', () => {
  test.each(captures.map((c) => [c.file, c] as const))(
    '%s: every record has one owner and a field tree that fits its buffers',
    async (_, capture) => {
      const session = await open(capture);
      const seen = new Set<number>();
      for (const { records, messages, association } of detailsOf(session)) {
        for (const { record, contents, repeats } of records) {
          expect(seen.has(record)).toBe(false);
          seen.add(record);
          // A repeat may overtake its original on the way; but it is of the same association.
          if (repeats !== null) expect(records.some((r) => r.record === repeats && r.record !== record)).toBe(true);
          for (const content of contents)
            if (content.kind === 'handshake' && content.message !== null)
              expect(messages[content.message]?.name).toBe(content.name);
          const detail = session.record(record);
          expect(detail).not.toBeNull();
          const lengths = new Map(detail?.buffers.map((b) => [b.id, b.bytes.length]));
          for (const { at } of detail?.fields ?? []) expect(at.to).toBeLessThanOrEqual(lengths.get(at.buffer) ?? -1);
        }
        expect(association.records.total).toBe(records.length);
        expect(association.verdict).toMatch(/^[A-Z].*\.$/s);
      }
      const total = session.trace().captures.reduce((n, c) => n + c.dtlsRecords, 0);
      expect(seen.size).toBe(total);
    },
  );
});

const withKeys = supported.filter((c) => c.keys && c.decryptable !== undefined);

describe('keys', () => {
  test.each(withKeys.map((c) => [c.file, c] as const))(
    '%s: every protected record that can be opened is open',
    async (_, capture) => {
      const { associations } = (await open(capture)).trace();
      const sum = (pick: (r: (typeof associations)[number]['records']) => number) =>
        associations.reduce((n, a) => n + pick(a.records), 0);
      expect(sum((r) => r.decrypted)).toBeGreaterThanOrEqual(capture.decryptable ?? 0);
      // Damaged records stay closed on purpose; the checker behind `decryptable` counted those.
      expect(sum((r) => r.undecryptable)).toBeLessThanOrEqual(
        Math.max(0, (capture.protectedRecords ?? 0) - (capture.decryptable ?? 0)),
      );
    },
  );

  // A text whose datagram the proxy dropped before the capture point is not in the file, and some programs speak only
  // when it suits them; where the manifest counts what that very file holds, that settles it.
  const mayBeAbsent = /webrtc|libcoap|gnutls|nss|sclient|link-|openconnect/;
  const spoken = withKeys.filter((c) => {
    if (!c.plaintexts?.length || !c.decryptable) return false;
    if (c.plaintextsInFile) return true;
    const dropped = (c.actions ?? []).some((a) => a.action === 'drop');
    return (
      !dropped &&
      !mayBeAbsent.test(c.file) &&
      ![...(c.handshakesOk?.client ?? []), ...(c.handshakesOk?.server ?? [])].includes(false)
    );
  });
  test.each(spoken.map((c) => [c.file, c] as const))('%s: what the applications said is found', async (_, capture) => {
    const session = await open(capture);
    const said = detailsOf(session)
      .flatMap((d) => d.records)
      .flatMap((r) => session.recordBody(r.record) ?? [])
      .map((body) => toHex(body.bytes));
    const missing = (capture.plaintexts ?? []).filter((text) => !isSaid(text, said));
    expect(missing).toEqual([]);
  });
});

/** The manifest writes texts as they are, other bytes as `hex:…`, and long ones as length and the start of a digest. */
function isSaid(text: string, said: readonly string[]): boolean {
  const digest = /^<(\d+) bytes sha256 ([0-9a-f]+)>$/.exec(text);
  if (digest)
    return said.some((hex) => sha256(hex).startsWith(digest[2] ?? '') && hex.length === 2 * Number(digest[1]));
  const wanted = text.startsWith('hex:') ? text.slice(4) : toHex(new TextEncoder().encode(text));
  return said.some((hex) => hex.includes(wanted));
}

const sha256 = (hex: string): string => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');

describe('what the endpoints reported', () => {
  const reported = (c: KnownCapture) => [...(c.handshakesOk?.client ?? []), ...(c.handshakesOk?.server ?? [])];
  const partial = /snaplen|midstream|nohandshake|no-handshake|cut/;
  const succeeded = supported.filter((c) => reported(c).includes(true) && !partial.test(c.file));

  test.each(succeeded.map((c) => [c.file, c] as const))('%s: the version', async (_, capture) => {
    const versions = (await open(capture)).trace().associations.map((a) => a.version);
    expect(versions).toContain(capture.version);
  });

  const named = succeeded.filter((c) => /^TLS_\w+$/.test(c.cipherSuite ?? '') && !MISNAMED.has(c.file));
  test.each(named.map((c) => [c.file, c] as const))('%s: the cipher suite', async (_, capture) => {
    const suites = (await open(capture)).trace().associations.map((a) => a.cipherSuite?.name);
    expect(suites).toContain(capture.cipherSuite);
  });

  const both = supported.filter(
    (c) => c.handshakesOk?.client?.length && c.handshakesOk.server?.length && !partial.test(c.file),
  );
  test.each(both.filter((c) => !reported(c).includes(false)).map((c) => [c.file, c] as const))(
    '%s: established',
    async (_, capture) => {
      const outcomes = (await open(capture)).trace().associations.map((a) => a.outcome);
      expect(outcomes).toContain('established');
      expect(outcomes).not.toContain('failed');
    },
  );
  test.each(both.filter((c) => !reported(c).includes(true)).map((c) => [c.file, c] as const))(
    '%s: not established',
    async (_, capture) => {
      const outcomes = (await open(capture)).trace().associations.map((a) => a.outcome);
      expect(outcomes).not.toContain('established');
    },
  );
});
