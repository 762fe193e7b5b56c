/** Traces by chance, and payloads as a hostile sharer makes them, for the tests of the format. */
import fc from 'fast-check';
import { hash } from '../src/crypto/hashes.ts';
import { fillLeftOut } from '../src/share/columns.ts';
import { LINK_LIMITS } from '../src/share/limits.ts';
import { decodePayload, encodePayload } from '../src/share/payload.ts';
import type { SharedDatagram, SharedTrace } from '../src/share/shared-trace.ts';
import { FORMAT_VERSION } from '../src/share/upgraders.ts';
import { ByteSource, ByteWriter } from '../src/share/varint.ts';

export const natural = fc.maxSafeNat();
export const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

/** Kept bytes and left-out runs in turns, as they are rebuilt. */
const rebuilt = fc
  .array(fc.record({ kept: bytes(20), out: fc.nat(40), same: fc.nat(70_000) }), { maxLength: 4 })
  .map((parts) => {
    const leftOut: SharedDatagram['leftOut'][number][] = [];
    const all: number[] = [];
    for (const { kept, out, same } of parts) {
      all.push(...kept);
      leftOut.push({ from: all.length, length: out, same });
      all.push(...new Array<number>(out).fill(0));
    }
    const payload = Uint8Array.from(all);
    for (const run of leftOut) fillLeftOut(payload, run);
    return { payload, leftOut };
  });

export const datagram: fc.Arbitrary<SharedDatagram> = fc
  .record({
    capture: fc.nat(1),
    packet: fc.nat(2 ** 40),
    time: fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
    flow: fc.nat(1),
    rebuilt,
    pieces: fc.array(fc.record({ packet: fc.nat(2 ** 40), length: fc.nat(65_535) }), { maxLength: 3 }),
    missing: fc.nat(65_535),
    ttl: fc.option(fc.nat(255)),
    ipId: fc.option(fc.nat(100_000)),
    ipVersion: fc.constantFrom(null, 4 as const, 6 as const),
  })
  .map(({ rebuilt: { payload, leftOut }, ...rest }) => ({ ...rest, payload, leftOut }));

export const TRACE: SharedTrace = {
  title: '',
  generator: 'test',
  redactions: {
    ...{ scope: 'all', applicationData: 'marks', addresses: 'replaced', clock: 'relative', names: 'kept' },
    ...{ certificates: 'kept', keys: 'none', altered: false },
  },
  origin: null,
  ports: [],
  captures: [0, 1].map((n) => ({
    ...{ name: `shared trace ${n}`, format: 'pcap', linkTypes: [1], packets: 9, udpDatagrams: 9 },
    ...{ ipFragmentsReassembled: 0, first: 0, last: 5, timeDigits: 6, problems: [] },
  })),
  endpoints: [{ address: '192.0.2.1', port: 5684, reach: 'private' }],
  flows: [0, 1].map((n) => ({ source: 0, destination: 0, directed: n === 0, tag: '', carriers: [] })),
  datagrams: [],
  surroundings: null,
  validity: {},
  messages: [],
  secrets: [],
  notes: [],
};

export const trace: fc.Arbitrary<SharedTrace> = fc
  .record({
    title: fc.string({ unit: 'binary', maxLength: 60 }),
    origin: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }).map(String)),
    ports: fc.array(fc.nat(65_535), { maxLength: 5 }),
    datagrams: fc.array(datagram, { maxLength: 8 }),
    secrets: fc.array(fc.string({ maxLength: 80 }), { maxLength: 3 }),
    messages: fc.array(
      fc.record({
        ...{ capture: fc.nat(1), packet: natural, record: natural, contentType: fc.nat(255), epoch: natural },
        ...{ sequenceNumber: natural, plaintext: bytes(50) },
      }),
      { maxLength: 3 },
    ),
  })
  .map((parts) => ({ ...TRACE, ...parts }));

/** As a hostile sharer makes it: with a checksum that fits. */
export function sealed(version: number, sections: readonly (readonly [type: number, body: Uint8Array])[]): Uint8Array {
  const w = new ByteWriter();
  for (const byte of [0x44, 0x54, version]) w.uint8(byte);
  for (const [type, body] of sections) {
    w.uint8(type);
    w.varint(body.length);
    w.bytes(body);
  }
  w.bytes(hash('sha256', w.result()).subarray(0, 8));
  return w.result();
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export function sectionsOf(payload: Uint8Array): Map<number, Uint8Array> {
  const source = new ByteSource(payload.subarray(3, -8));
  const sections = new Map<number, Uint8Array>();
  while (source.remaining > 0) sections.set(source.uint8(), source.bytes(source.varint()));
  return sections;
}

/** The payload of an empty trace with some sections other than they are. */
export function withSections(others: { readonly [type: number]: Uint8Array }): Uint8Array {
  const sections = sectionsOf(encodePayload(TRACE));
  for (const [type, body] of Object.entries(others)) sections.set(Number(type), body);
  return sealed(FORMAT_VERSION, [...sections]);
}

export function withHeader(change: (header: string) => string): Uint8Array {
  const { datagrams: _d, notes: _n, messages: _m, secrets: _s, surroundings: _a, ...header } = TRACE;
  return withSections({ 1: utf8(change(JSON.stringify(header))) });
}

export function refusal(payload: Uint8Array): string {
  const decoded = decodePayload(payload, LINK_LIMITS);
  return decoded.kind === 'unusable' ? decoded.message : 'opened';
}
