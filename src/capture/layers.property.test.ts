/** Any bytes in any link type give packets that are read or skipped, in time and without an exception. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { uint32In } from './big-endian.ts';
import { pcap, type Read, read, sample } from './capture.test.helper.ts';
import { LINK_LAYERS } from './link.ts';

/** One capture for each layer; the first packets of each are damaged at random. */
const SEEDS: readonly string[] = [
  'exportedpdu-dtls12.pcap',
  'gre-checksum-key-seq-dtls13.pcap',
  'gre-teb-vlan-dtls12.pcap',
  'gtpu-ext-pdu-session-dtls13.pcap',
  'ipip-twice-gre-vxlan.pcap',
  'ipsec-ah-dtls12.pcap',
  'link-qinq-pppoe.pcap',
  'mpls-in-udp.pcap',
  'mpls-pseudowire-controlword.pcap',
  'nflog-dtls12.pcap',
  'pktap-dtls12.pcap',
  'pppserial-dtls13.pcap',
  'radiotap-amsdu-dtls12.pcap',
  'radiotap-datapad-qos-dtls12.pcap',
  'sixlowpan-context-dtls12.pcap',
  'sixlowpan-mesh-frag-dtls12.pcap',
  'sixlowpan-ports-8bit-dtls12.pcap',
  'sixlowpan-tap-dtls12.pcap',
  'user0-ip-dtls12.pcap',
  'wlan-8023-tzsp.pcap',
];

function expectSound({ facts, datagrams }: Read, packets: number, fileLength: number): void {
  expect(facts.packets).toBe(packets);
  for (const { payload, pieces, missing, carriers } of datagrams) {
    expect(missing).toBeGreaterThanOrEqual(0);
    expect(carriers.length).toBeLessThan(64);
    for (const piece of pieces) {
      expect(piece.from + piece.length).toBeLessThanOrEqual(payload.length);
      expect(piece.fileOffset).toBeGreaterThanOrEqual(0);
      expect(piece.fileOffset + piece.length).toBeLessThanOrEqual(fileLength);
    }
  }
}

test.each([...LINK_LAYERS.keys()])('link type %i: random frames', async (linkType) => {
  const frame = fc.uint8Array({ maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 20 }), async (frames) => {
      const file = pcap(frames, { linkType });
      expectSound(await read(file), frames.length, file.length);
    }),
    { numRuns: 25 },
  );
});

const damage = fc.array(fc.tuple(fc.nat(11), fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 12 });

test.each(SEEDS)('%s: damaged frames', async (name) => {
  const file = sample(name);
  const frames: Uint8Array[] = [];
  for (let at = 24; at < file.length && frames.length < 12; ) {
    const length = uint32In(file, at + 8, true);
    frames.push(file.subarray(at + 16, at + 16 + length));
    at += 16 + length;
  }
  const linkType = uint32In(file, 20, true);
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const changed = frames.map((frame) => frame.slice());
      for (const [which, where, value] of changes) {
        const frame = changed[which % changed.length];
        // The headers are the first bytes.
        if (frame) frame[where % Math.min(frame.length, 120)] = value;
      }
      const damaged = pcap(changed, { linkType });
      expectSound(await read(damaged), changed.length, damaged.length);
    }),
    { numRuns: 40 },
  );
});

test('a long chain of aggregates and tunnels takes no longer than its bytes', async () => {
  // Every level holds the next one twice where it can; the depth limit stops it.
  const head = [0x88, 0x01, 0, 0, ...new Array<number>(20).fill(0), 0x80, 0];
  const frame = new Uint8Array(60_000);
  for (let at = 0; at + 40 < frame.length; at += 40) {
    frame.set(head, at);
    frame.set([...new Array<number>(12).fill(0), 0xea, 0x60], at + 26);
  }
  const start = performance.now();
  await read(pcap(new Array<Uint8Array>(50).fill(frame), { linkType: 105 }));
  expect(performance.now() - start).toBeLessThan(2000);
});
