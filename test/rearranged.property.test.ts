/**
 * Whatever order the network delivers in, however often, and however the sender cuts its messages: the same messages
 * come out, the same transcript (every Finished stays valid), and the same application data. Recorded handshakes of
 * several stacks, rearranged in memory. What is protected is moved and doubled; what is plaintext is cut anew as well.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Session } from '../src/analysis/session.ts';
import { decodeFragments, type HandshakeFragment } from '../src/dtls/fragment.ts';
import { CONTENT_TYPE, type DtlsRecord, decodeRecords } from '../src/dtls/record.ts';
import { ByteReader } from '../src/wire/reader.ts';
import { toHex } from '../src/wire/text.ts';
import { known, textOf } from './captures.ts';
import { captureOf, datagramsOf, type EditedDatagram } from './edited-capture.ts';
import { detailsOf } from './open-session.ts';

const RUNS = 12;

/** Stacks and kinds of handshakes; none with connection IDs, whose length stands in a hello that may come last. */
const CAPTURES = [
  'openssl-ecdhe-ecdsa-aes128-gcm.pcap',
  'openssl-bigchain-mtu512.pcap',
  'openssl-psk-aes128-ccm8.pcap',
  'openssl-dtls10-ecdhe-rsa-aes128-sha.pcap',
  'gnutls-mutual.pcap',
  'gnutls-nocookie.pcap',
  'mbedtls-frag-mtu512-rsa.pcap',
  'californium-x509-mutual.pcap',
  'bc-clean-ecdhe-psk-gcm.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
  'wolfssl13-hrr-group.pcap',
  'wolfssl13-mutual-auth-hrr.pcap',
  'nss-dtls13.pcap',
  'firefox-webrtc-dc.pcap',
] as const;

/** One record in a datagram of its own. */
type Piece = EditedDatagram & { readonly record: DtlsRecord };

/** RFC 7983: what else shares the ports stays out of it. */
const isDtls = ({ payload }: EditedDatagram): boolean => (payload[0] ?? 0) >= 20 && (payload[0] ?? 0) <= 63;

async function piecesOf(file: string): Promise<Piece[]> {
  const datagrams = (await datagramsOf(file)).filter(isDtls);
  return datagrams.flatMap((d) =>
    [...decodeRecords(new ByteReader('packet', d.payload), () => 0)].map((record) => ({
      ...d,
      payload: d.payload.slice(record.at.from, record.at.to),
      record,
    })),
  );
}

/** What must not depend on order, copies and cuts. */
interface Outcome {
  readonly associations: number;
  readonly outcome: string;
  readonly version: string | null;
  readonly flights: readonly string[];
  readonly messages: readonly string[];
  readonly verifications: readonly string[];
  readonly said: readonly string[];
}

async function outcomeOf(file: string, datagrams: readonly EditedDatagram[]): Promise<Outcome> {
  const session = new Session();
  const inOrder = datagrams.map((d, i) => ({ ...d, timeMs: i }));
  await session.open([captureOf(inOrder, file)], { add: true });
  const { keys } = known(file);
  if (keys) session.addKeyLog(textOf(keys), keys);
  const details = detailsOf(session);
  const [detail] = details;
  if (!detail) throw new Error('no association');
  const { association, messages, verifications, records } = detail;
  const distinct = (all: readonly string[]) => [...new Set(all)].sort();
  return {
    associations: details.length,
    outcome: association.outcome,
    version: association.version,
    flights: distinct(
      association.handshakes.flatMap((h) => h.flights.map((f) => `${h.number} ${f.sender}: ${f.messages.join(' ')}`)),
    ),
    messages: distinct(messages.map((m) => `${m.handshake} ${m.sender} ${m.messageSeq} ${m.name} ${m.length}`)),
    verifications: distinct(verifications.map((v) => `${v.what} ${v.sender} ${v.verdict}`)),
    said: distinct(
      records.flatMap((r) => {
        const body = r.contents.some((c) => c.kind === 'applicationData') ? session.recordBody(r.record) : null;
        return body ? [`${r.sender} ${toHex(body.bytes)}`] : [];
      }),
    ),
  };
}

/** Places of a permutation, and which of them come once more. */
const order = (length: number) =>
  fc.record({
    places: fc.shuffledSubarray(
      Array.from({ length }, (_, i) => i),
      { minLength: length, maxLength: length },
    ),
    again: fc.array(fc.record({ what: fc.nat(length - 1), at: fc.nat(length) }), { maxLength: 8 }),
  });

function rearranged<T>(
  pieces: readonly T[],
  { places, again }: { places: readonly number[]; again: readonly { what: number; at: number }[] },
): T[] {
  const moved = places.flatMap((i) => pieces[i] ?? []);
  for (const { what, at } of again) {
    const copy = pieces[what];
    if (copy) moved.splice(at, 0, copy);
  }
  return moved;
}

const isPlainHandshake = ({ record }: Piece): boolean =>
  record.form === 'plaintext' && record.epoch === 0 && record.contentType === CONTENT_TYPE.handshake;

/** Where to cut: each message at any bytes, with any overlap. */
const cuts = fc.array(fc.record({ from: fc.nat(999), length: fc.nat(999) }), { minLength: 0, maxLength: 6 });

/** The same message in other fragments, which may overlap but leave nothing out. */
function recut(fragment: HandshakeFragment, extra: readonly { from: number; length: number }[]): HandshakeFragment[] {
  const { fragmentOffset: start, body } = fragment;
  const points = [...new Set([0, body.length, ...extra.map((c) => c.from % (body.length + 1))])].sort((a, b) => a - b);
  const ranges = points.slice(0, -1).map((from, i) => [from, points[i + 1] ?? body.length] as const);
  const overlapping = extra.map((c) => {
    const from = c.from % (body.length + 1);
    return [from, Math.min(body.length, from + (c.length % (body.length + 1)))] as const;
  });
  return [...(ranges.length > 0 ? ranges : [[0, body.length] as const]), ...overlapping].map(([from, to]) => ({
    ...fragment,
    fragmentOffset: start + from,
    fragmentLength: to - from,
    body: body.subarray(from, to),
  }));
}

function recordOf(header: Uint8Array, number: number, f: HandshakeFragment): Uint8Array {
  const bytes = new Uint8Array(13 + 12 + f.body.length);
  bytes.set(header.subarray(0, 5));
  const view = new DataView(bytes.buffer);
  view.setUint32(7, number);
  view.setUint16(11, 12 + f.body.length);
  view.setUint32(13, (f.msgType << 24) | f.length);
  view.setUint16(17, f.messageSeq);
  view.setUint8(19, f.fragmentOffset >> 16);
  view.setUint16(20, f.fragmentOffset & 0xffff);
  view.setUint8(22, f.fragmentLength >> 16);
  view.setUint16(23, f.fragmentLength & 0xffff);
  bytes.set(f.body, 25);
  return bytes;
}

/** Plaintext handshake records cut anew, each fragment in a record of its own, with a number that no other has. */
function refragmented(
  pieces: readonly Piece[],
  cutsOf: readonly (readonly { from: number; length: number }[])[],
): EditedDatagram[] {
  let number = 0;
  let message = 0;
  return pieces.flatMap((piece): EditedDatagram[] => {
    const { record } = piece;
    if (!isPlainHandshake(piece) || record.form !== 'plaintext') return [piece];
    return decodeFragments(new ByteReader('plaintext', record.fragment)).flatMap((fragment) =>
      recut(fragment, cutsOf[message++ % cutsOf.length] ?? []).map((f) => ({
        ...piece,
        payload: recordOf(piece.payload, number++, f),
      })),
    );
  });
}

describe.each(CAPTURES)('%s', (file) => {
  test('as it was recorded', async () => {
    const { outcome, verifications, said, associations } = await outcomeOf(file, await datagramsOf(file));
    expect({ outcome, associations }).toEqual({ outcome: 'established', associations: 1 });
    expect(verifications).toEqual(expect.arrayContaining(['Finished client valid', 'Finished server valid']));
    expect(said.length).toBeGreaterThan(0);
  });

  test('any order of its records, and any copies of them', async () => {
    const pieces = await piecesOf(file);
    const [hello, ...rest] = pieces;
    if (!hello) throw new Error('empty');
    const expected = await outcomeOf(file, pieces);
    await fc.assert(
      fc.asyncProperty(order(rest.length), async (how) => {
        expect(await outcomeOf(file, [hello, ...rearranged(rest, how)])).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  test('its first answer captured before the ClientHello', async () => {
    const pieces = await piecesOf(file);
    const client = pieces[0]?.source.port;
    const answer = pieces.findIndex((p) => p.source.port !== client);
    const [early] = pieces.slice(answer);
    if (!early) throw new Error('no answer');
    const swapped = [early, ...pieces.filter((p) => p !== early)];
    expect(await outcomeOf(file, swapped)).toEqual(await outcomeOf(file, pieces));
  });

  test('any cuts of its plaintext messages, in any order', async () => {
    const pieces = await piecesOf(file);
    const expected = await outcomeOf(file, pieces);
    await fc.assert(
      fc.asyncProperty(
        fc.array(cuts, { minLength: 1, maxLength: 12 }).chain((c) => {
          const made = refragmented(pieces, c);
          return fc.tuple(fc.constant(made), order(made.length - 1));
        }),
        async ([[hello, ...rest], how]) => {
          if (!hello) return;
          expect(await outcomeOf(file, [hello, ...rearranged(rest, how)])).toEqual(expected);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
