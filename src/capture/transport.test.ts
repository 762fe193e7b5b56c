import { afterEach, expect, test, vi } from 'vitest';
import { concat, toHex } from '../wire/text.ts';
import { ethernet, hex, ip4, PAYLOAD, pcap, read, u16, u32 } from './capture.test.helper.ts';
import { Carriers, type SctpPacket, type TcpSegment } from './carriers.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const tcp = (body: Uint8Array, options: Uint8Array = new Uint8Array()) =>
  concat(
    u16(40000),
    u16(443),
    u32(0xfffffff0),
    u32(7),
    hex(`${5 + options.length / 4}018`),
    hex('ffff 0000 0000'),
    options,
    body,
  );
const sctp = (body: Uint8Array) => concat(u16(5000), u16(5001), u32(0xdeadbeef), u32(0), body);

/** What `read` hands to the carriers above TCP and SCTP. */
async function handedOn(file: Uint8Array) {
  const segments: TcpSegment[] = [];
  const packets: SctpPacket[] = [];
  vi.spyOn(Carriers.prototype, 'tcp').mockImplementation((segment) => segments.push({ ...segment }));
  vi.spyOn(Carriers.prototype, 'sctp').mockImplementation((packet) => packets.push({ ...packet }));
  const end = vi.spyOn(Carriers.prototype, 'end');
  const { facts } = await read(file);
  expect(end).toHaveBeenCalledTimes(1);
  expect(facts.udpDatagrams).toBe(0);
  return { segments, packets };
}

test('a TCP segment is handed on with its options skipped and padding cut off', async () => {
  const segment = ip4(tcp(PAYLOAD, hex('01010101')), { protocol: 6 });
  const file = pcap([concat(ethernet(segment), new Uint8Array(6))]);
  const { segments } = await handedOn(file);
  expect(segments).toMatchObject([
    {
      packet: 1,
      source: { address: '192.0.2.1', port: 40000 },
      destination: { address: '192.0.2.2', port: 443 },
      sequence: 0xfffffff0,
      flags: 0x18,
      missing: 0,
      frameOffset: 40,
      carriers: [],
    },
  ]);
  const [{ payload, payloadOffset } = { payload: PAYLOAD, payloadOffset: 0 }] = segments;
  expect(toHex(payload)).toBe(toHex(PAYLOAD));
  expect(toHex(file.subarray(payloadOffset, payloadOffset + payload.length))).toBe(toHex(PAYLOAD));
});

test('segments in tunnels, in fragments and cut by a snaplen', async () => {
  const whole = tcp(new Uint8Array(100).fill(5));
  const parts = [
    ip4(whole.slice(0, 64), { protocol: 6, more: true }),
    ip4(whole.slice(64), { protocol: 6, offset: 64 }),
  ];
  const tunnel = ip4(ip4(tcp(PAYLOAD), { protocol: 6 }), { protocol: 4 });
  const { segments } = await handedOn(pcap([...parts, tunnel], { linkType: 101 }));
  expect(segments.map((s) => [s.packet, s.payload.length, s.carriers])).toEqual([
    [2, 100, []],
    [3, PAYLOAD.length, ['IP-in-IP']],
  ]);
  vi.restoreAllMocks();
  const full = ip4(tcp(PAYLOAD), { protocol: 6 });
  const cut = await handedOn(pcap([full.slice(0, -4)], { linkType: 101, originalLength: full.length }));
  expect(cut.segments.map((s) => [s.payload.length, s.missing])).toEqual([[PAYLOAD.length - 4, 4]]);
});

test('an SCTP packet is handed on with its chunks', async () => {
  const chunks = hex('0003001400000001000000000000000016fefd00');
  const { packets } = await handedOn(pcap([ip4(sctp(chunks), { protocol: 132 })], { linkType: 101 }));
  expect(packets.map((p) => [p.source.port, p.destination.port, p.verificationTag, toHex(p.payload)])).toEqual([
    [5000, 5001, 0xdeadbeef, toHex(chunks)],
  ]);
});

test.each([
  ['TCP cut in its header', ip4(tcp(new Uint8Array()).slice(0, 19), { protocol: 6 })],
  [
    'TCP with an offset that is too small',
    ip4(concat(new Uint8Array(12), hex('4018'), new Uint8Array(20)), { protocol: 6 }),
  ],
  ['SCTP cut in its header', ip4(sctp(new Uint8Array()).slice(0, 11), { protocol: 132 })],
])('%s is skipped', async (_what, packet) => {
  expect(await handedOn(pcap([packet], { linkType: 101 }))).toEqual({ segments: [], packets: [] });
});
