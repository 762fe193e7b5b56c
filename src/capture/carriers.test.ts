import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat } from '../wire/text.ts';
import {
  CLIENT,
  Collected,
  carried,
  feed,
  hasCorpus,
  hex,
  inFile,
  packetOf,
  rawPackets,
  record,
  SERVER,
  sctpOf,
  udpOf,
  unified,
} from './carriers.test.helper.ts';
import { Carriers } from './carriers.ts';
import { ProblemList } from './problems.ts';

interface Truth {
  readonly file: string;
  readonly dtlsDatagrams?: number;
  readonly dtlsRecords?: number;
}

const manifest: readonly Truth[] = JSON.parse(readFileSync('samples/corpus/MANIFEST.json', 'utf8'));
const NAMES = /^(turn|capwap|sctp|icetcp|socks5|proxyprotocol|simpleproxy)-?.*\.pcap$/;
const captures = manifest.filter(({ file, dtlsDatagrams }) => NAMES.test(file) && dtlsDatagrams && hasCorpus(file));

describe('real captures', () => {
  test('there are some', () => expect(captures.length).toBeGreaterThan(5));

  test.each(captures)('$file: every datagram once, every byte where the file has it', (truth) => {
    const { dtls, file } = carried(truth.file);
    // RFC 6083 has one record in a user message; the manifest counts the datagrams that the messages were made from.
    const perRecord = truth.file.startsWith('sctp') && !truth.file.includes('wholedatagram');
    expect(dtls).toHaveLength((perRecord ? truth.dtlsRecords : truth.dtlsDatagrams) ?? 0);
    for (const datagram of dtls) {
      expect(inFile(datagram, file)).toEqual(datagram.payload);
      const packets = datagram.pieces.map(({ packet }) => packet);
      expect(datagram.packet).toBe(Math.max(...packets));
    }
  });

  test.each(captures)('$file: both directions belong together', (truth) => {
    const pairs = new Set<string>();
    const senders = new Set<string>();
    for (const { source, destination, tag } of carried(truth.file).dtls) {
      const ends = [source, destination].map(({ address, port }) => `${address}:${port}`);
      pairs.add(`${ends.toSorted().join(' ')} ${tag}`);
      senders.add(ends[0] ?? '');
    }
    const conversations = truth.file.includes('control-and-data') ? 2 : 1;
    expect(pairs.size).toBe(conversations);
    expect(senders.size).toBe(2 * conversations);
  });

  test.skipIf(!hasCorpus('chromium-webrtc-dc-icedtls.pcap'))(
    'Chromium carries flights in STUN attributes and repeats one as a plain datagram: both are told',
    () => {
      const { dtls } = carried('chromium-webrtc-dc-icedtls.pcap');
      const inStun = dtls.filter(({ carriers }) => carriers.includes('STUN attribute'));
      expect(inStun).toHaveLength(2);
      const twice = inStun.filter((a) => dtls.some((b) => a !== b && Buffer.compare(a.payload, b.payload) === 0));
      expect(twice).toHaveLength(1);
    },
  );
});

describe('datagrams', () => {
  test('DTLS, RTP and unknown bytes on UDP are passed on as they are', () => {
    for (const payload of [record(20), unified(20), hex('80600001'), hex('ff'), new Uint8Array()]) {
      const collected = new Collected();
      const datagram = udpOf(payload);
      collected.carriers.udp(datagram);
      expect(collected.datagrams).toEqual([datagram]);
      expect(collected.datagrams[0]).toBe(datagram);
    }
  });

  test('what is found inside has bytes of its own', () => {
    const collected = new Collected();
    const outer = udpOf(concat(hex('01000000'), record(20)));
    collected.carriers.udp(outer);
    outer.payload.fill(0);
    outer.frame.fill(0);
    expect(collected.dtls[0]?.payload).toEqual(record(20));
  });
});

describe('never throws', () => {
  const bytes = fc.uint8Array({ maxLength: 120 });
  const prefixes = [
    '',
    '01000000',
    '0016000021 12a442',
    '001700 402112a4420102030405060708090a0b0c',
    '4000 0010',
    '56ec',
    '0d0a0d0a000d0a515549540a21',
    '00000001',
    '00000003ff',
    '001400010000 2112a442',
  ].map(hex);

  test('on random bytes, behind every header', () => {
    fc.assert(
      fc.property(fc.constantFrom(...prefixes), bytes, fc.nat({ max: 9 }), (prefix, rest, missing) => {
        const carriers = new Carriers({ datagram: () => {} }, new ProblemList());
        const payload = concat(prefix, rest);
        carriers.udp({ ...udpOf(payload), missing });
        carriers.udp({ ...udpOf(payload, { source: { ...CLIENT, port: 9899 } }), missing });
        carriers.sctp(sctpOf(payload, { missing }));
        for (const sequence of [0, 5, 3, 0xffffffff]) carriers.tcp(packetOf(payload, { sequence, missing }));
        carriers.tcp(packetOf(payload, { source: SERVER, destination: CLIENT, flags: 2 }));
        carriers.end();
      }),
    );
  });

  test.each(captures.filter(({ file }) => /tcp|idata|socks|capwap-data/.test(file)).slice(0, 6))(
    'on a damaged $file',
    ({ file }) => {
      const packets = [...rawPackets(new Uint8Array(readFileSync(`samples/corpus/${file}`)))].slice(0, 60);
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat({ max: 255 })), { maxLength: 30 }), (damage) => {
          const collected = new Collected();
          const damaged = packets.map((packet) => ({ ...packet, payload: packet.base.payload.slice() }));
          for (const [where, at, value] of damage) {
            const payload = damaged[where % damaged.length]?.payload;
            if (payload?.length) payload[at % payload.length] = value;
          }
          for (const { protocol, base, payload } of damaged)
            feed(collected.carriers, { protocol, base: { ...base, payload } });
          collected.carriers.end();
          for (const { payload, pieces } of collected.datagrams)
            expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(payload.length);
        }),
        { numRuns: 30 },
      );
    },
  );
});
