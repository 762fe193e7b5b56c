/** Real handshakes in every carrier of the collection: each datagram is found once, at its true place in the file. */
import { expect, test } from 'vitest';
import { read, sample } from './capture.test.helper.ts';
import { firstByteKind } from './demultiplex.ts';

interface Entry {
  readonly file: string;
  readonly dtlsDatagrams?: number;
  readonly truth?: { readonly inner_addresses?: { readonly client: string; readonly server: string } };
}

const MANIFEST: readonly Entry[] = JSON.parse(new TextDecoder().decode(sample('MANIFEST.json')));

/** The carriers that each datagram tells of; `copies` where the capture point saw each datagram more than once. */
const CAPTURES: readonly [file: string, carriers: readonly string[], copies?: number][] = [
  ['exportedpdu-dtls12.pcap', ['Exported PDU']],
  ['gre-checksum-key-seq-dtls13.pcap', ['GRE']],
  ['gre-dtls12.pcap', ['GRE']],
  ['gre-ipv6-inner.pcap', ['GRE']],
  ['gre-key-dtls12.pcap', ['GRE']],
  ['gre-teb-vlan-dtls12.pcap', ['GRE']],
  ['gtpu-dtls12.pcap', ['GTP-U']],
  ['gtpu-ext-pdu-session-dtls13.pcap', ['GTP-U']],
  ['ipip-twice-gre-vxlan.pcap', ['GRE', 'VXLAN']],
  ['ipip-v4v4-dtls12.pcap', ['IP-in-IP']],
  ['ipip-v4v6-dtls12.pcap', ['IP-in-IP']],
  ['ipsec-ah-dtls12.pcap', ['AH']],
  ['link-ppp.pcap', []],
  ['link-qinq-pppoe.pcap', ['PPPoE']],
  ['llc-snap-8023-dtls12.pcap', []],
  ['mpls-in-udp.pcap', ['MPLS']],
  ['mpls-pseudowire-controlword.pcap', ['MPLS']],
  ['mpls-two-labels-dtls12.pcap', ['MPLS']],
  ['nflog-dtls12.pcap', []],
  ['pktap-dtls12.pcap', []],
  ['ppp-compressed-protocol-dtls12.pcap', []],
  ['pppserial-dtls13.pcap', []],
  ['qinq-9100-triple-dtls13.pcap', []],
  ['radiotap-amsdu-dtls12.pcap', ['802.11']],
  ['radiotap-data-qos-dtls12.pcap', ['802.11']],
  ['radiotap-datapad-qos-dtls12.pcap', ['802.11']],
  ['radiotap-fcs-qos-dtls13.pcap', ['802.11']],
  ['radiotap-retries-acks-dtls12.pcap', ['802.11'], 2],
  ['radiotap-wds-4addr-dtls12.pcap', ['802.11']],
  ['sixlowpan-border-router-two-linktypes-dtls12.pcapng', [], 2],
  ['sixlowpan-context-dtls12.pcap', ['6LoWPAN']],
  ['sixlowpan-dtls13-cid.pcap', ['6LoWPAN']],
  ['sixlowpan-fragment-missing-clientflight-dtls12.pcap', ['6LoWPAN']],
  ['sixlowpan-fragment-missing-dtls12.pcap', ['6LoWPAN']],
  ['sixlowpan-iphc-elided-frag-dtls12.pcap', ['6LoWPAN']],
  ['sixlowpan-mesh-frag-dtls12.pcap', ['6LoWPAN']],
  ['sixlowpan-nofcs-iphc-inline-dtls12.pcap', ['6LoWPAN']],
  ['sixlowpan-ports-8bit-dtls12.pcap', ['6LoWPAN']],
  ['sixlowpan-tap-dtls12.pcap', ['6LoWPAN']],
  ['sll2-any-dtls12.pcap', [], 2],
  ['user0-ip-dtls12.pcap', []],
  ['vxlan-dtls12.pcap', ['VXLAN']],
  ['vxlan-dtls13-inner-ipv6.pcap', ['VXLAN']],
  ['vxlan-over-ipv6.pcap', ['VXLAN']],
  ['wlan-8023-tzsp.pcap', ['TZSP']],
  ['wlan-data-nonqos-dtls12.pcap', ['802.11']],
];

test.each(CAPTURES)('%s', async (file, carriers, copies = 1) => {
  const bytes = sample(file);
  const { facts, datagrams } = await read(bytes, file);
  const entry = MANIFEST.find((e) => e.file === file);
  const dtls = datagrams.filter((d) => firstByteKind(d.payload[0] ?? 0) === 'dtls');
  // Both captures of the link-* family without a count hold the same 11 datagrams.
  expect(dtls.length).toBe((entry?.dtlsDatagrams ?? 11) * copies);
  expect(facts.udpDatagrams).toBe(dtls.length);
  for (const { payload, pieces, frame, frameOffset, missing } of dtls) {
    expect(missing).toBe(0);
    let at = 0;
    for (const piece of pieces) {
      expect(piece.from).toBe(at);
      const there = bytes.subarray(piece.fileOffset, piece.fileOffset + piece.length);
      expect(there).toEqual(payload.subarray(at, at + piece.length));
      at += piece.length;
    }
    expect(at).toBe(payload.length);
    expect(frame).toEqual(bytes.subarray(frameOffset, frameOffset + frame.length));
  }
  // On the border router some datagrams came over Ethernet.
  const first = dtls.find((d) => copies === 1 || d.carriers.length >= carriers.length);
  expect(first?.carriers).toEqual(carriers);
  const client = entry?.truth?.inner_addresses?.client;
  if (client && !file.includes('context')) {
    const ends = dtls.flatMap((d) => [d.source, d.destination]);
    const texts = new Set(
      ends.map((e) => (e.address.includes(':') ? `[${e.address}]:${e.port}` : `${e.address}:${e.port}`)),
    );
    expect(texts).toEqual(new Set([client, entry?.truth?.inner_addresses?.server]));
  }
});

test('an unknown 6LoWPAN context gives both directions the same addresses, and one sentence', async () => {
  const { facts, datagrams } = await read(sample('sixlowpan-context-dtls12.pcap'));
  const ends = new Set(datagrams.flatMap((d) => [d.source.address, d.destination.address]));
  expect(ends).toEqual(new Set(['fec0::12:7400:0:c01', 'fec0::12:7400:0:501']));
  expect(facts.problems.map((p) => p.message)).toEqual([
    'The capture does not tell the prefix of 6LoWPAN context 0: addresses with it are shown with fec0::/64 (first in packet 1).',
  ]);
});

test('a missing 6LoWPAN fragment is told, and is not counted among IP fragments', async () => {
  const { facts } = await read(sample('sixlowpan-fragment-missing-dtls12.pcap'));
  expect(facts.ipFragmentsReassembled).toBe(0);
  expect(facts.problems.map((p) => p.message)).toEqual([
    'One datagram could not be put together, because not all of the 6LoWPAN fragments are in the capture (first in packet 17).',
  ]);
});
