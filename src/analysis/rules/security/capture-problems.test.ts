import { expect, test } from 'vitest';
import { sourceOfBytes } from '../../../../test/captures.ts';
import { datagramsOf, type EditedDatagram, ipPacket } from '../../../../test/edited-capture.ts';
import type { CaptureSource } from '../../../capture/datagram.ts';
import { concat } from '../../../wire/text.ts';
import { at } from '../renumber.test.helper.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';

const titles = (findings: readonly { readonly rule: string; readonly title: string }[]): string[] =>
  findings.filter((f) => f.rule === 'capture-problems').map((f) => f.title);

test.each([
  ['link-s2c-only.pcap', 'The capture has only what the server sent'],
  ['link-midstream.pcap', 'The capture begins in the middle of this association'],
  ['E2_midstream_only.pcap', 'The capture begins in the middle of this association'],
  ['link-missing-hvr-ch2.pcap', '1 record that the other side got is missing in the capture'],
  ['link-two-interfaces.pcapng', 'The capture shows 18 records twice'],
])('%s: %s', async (file, title) => {
  const { findings } = await diagnose(file);
  expect(titles(findings)).toEqual([title]);
});

test('fragments that a capture filter lost', async () => {
  const { findings } = await diagnose('turn-udp-firefox-filterlosesfragment.offerer.pcap');
  expect(titles(findings)).toContain('Fragments of 1 datagram are missing in the capture');
});

test('only what the client sent', async () => {
  const { findings } = await diagnose(CLEAN, { edit: (d) => d.filter((x) => x.source.port === at(d, 0).source.port) });
  expect(titles(findings)).toEqual(['The capture has only what the client sent']);
});

test('a snaplen of 200 bytes', async () => {
  const { findings } = await diagnoseSources([pcap(await datagramsOf(CLEAN), 200)]);
  expect(titles(findings)[0]).toMatch(/^The capture cut \d+ records of \d+ short$/);
});

test('a clock that goes back', async () => {
  const { findings } = await diagnose(CLEAN, {
    edit: (d) => d.map((x, i) => ({ ...x, timeMs: x.timeMs + (i < 5 ? 30_000 : 0) })),
  });
  expect(titles(findings)).toContain('The clock of the capture goes back by 30 s');
});

test('it takes certainty from what rests on something missing', async () => {
  const file = 'openssl-loss-downlink-dead-after-sh.client.pcap';
  const [whole, late] = await Promise.all([
    diagnose(file),
    diagnose(file, { edit: (d) => d.map((x, i) => ({ ...x, timeMs: x.timeMs + (i < 2 ? 30_000 : 0) })) }),
  ]);
  expect(whole.rules).not.toContain('capture-problems');
  const certain = late.findings.filter((f) => f.rule !== 'capture-problems').map((f) => f.certainty);
  expect(certain).not.toContain('near-certain');
});

test.each([
  'openssl-ecdhe-ecdsa-aes128-gcm.pcap',
  'openssl-fail-server-silent.pcap',
  'openssl-rand50-seed3.client.pcap',
  'openssl-loss-hvr.client.pcap',
  'openssl-assoc-nat-rebind-then-new.pcap',
  'openssl-fail-cookie-mismatch-stateful.server.pcap',
  'ice-restart-same-dtls-chromium-firefox.answerer.pcap',
  'openssl-dup-all.client.pcap',
  'firefox-webrtc-loss-ch-fragment.server.pcap',
  'wolfssl13-loss20-seed7.server.pcap',
])("near miss: silence, loss, another port and copies are the network's (%s)", async (file) => {
  for (const withoutKeys of [false, true]) {
    const { rules } = await diagnose(file, { withoutKeys });
    expect(rules).not.toContain('capture-problems');
  }
});

const LINKTYPE_RAW = 101;

/** As a recorder writes it that keeps so many bytes of each packet. */
function pcap(datagrams: readonly EditedDatagram[], snaplen: number): CaptureSource {
  const words = (...values: readonly number[]) => {
    const view = new DataView(new ArrayBuffer(4 * values.length));
    for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
    return new Uint8Array(view.buffer);
  };
  const packets = datagrams.flatMap((d, i) => {
    const packet = ipPacket(d, i);
    const kept = packet.subarray(0, snaplen);
    return [words(1_795_500_000, Math.round(d.timeMs * 1000), kept.length, packet.length), kept];
  });
  return sourceOfBytes(
    'cut.pcap',
    new Uint8Array(concat(words(0xa1b2c3d4, 0x00040002, 0, 0, snaplen, LINKTYPE_RAW), ...packets)),
  );
}
