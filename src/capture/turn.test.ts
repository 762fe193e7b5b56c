import { describe, expect, test } from 'vitest';
import { concat } from '../wire/text.ts';
import {
  attribute,
  be16,
  CLIENT,
  Collected,
  channelData,
  hex,
  PEER,
  PEER_ATTRIBUTE,
  record,
  SERVER,
  stunMessage,
  udpOf,
  unified,
} from './carriers.test.helper.ts';

const DATA = 0x0013;
const bind = (channel: number) =>
  stunMessage(0x0009, attribute(0x000c, concat(be16(channel), be16(0))), PEER_ATTRIBUTE);
const answer = (payload: Uint8Array) => udpOf(payload, { source: SERVER, destination: CLIENT });

function opened(...datagrams: ReturnType<typeof udpOf>[]) {
  const collected = new Collected();
  for (const datagram of datagrams) collected.carriers.udp(datagram);
  return collected.dtls;
}

describe('indications (RFC 8656 §11)', () => {
  test('a Send indication goes from the client to the peer', () => {
    const [found] = opened(udpOf(stunMessage(0x0016, PEER_ATTRIBUTE, attribute(DATA, record(21)))));
    expect(found).toMatchObject({ source: CLIENT, destination: PEER, carriers: ['TURN Send indication'], tag: '' });
    expect(found?.payload).toEqual(record(21));
  });

  test('a Data indication goes from the peer to the client, whatever the order of the attributes', () => {
    const [found] = opened(answer(stunMessage(0x0017, attribute(DATA, record(21)), PEER_ATTRIBUTE)));
    expect(found).toMatchObject({ source: PEER, destination: CLIENT, carriers: ['TURN Data indication'] });
  });

  test('the pieces point behind the STUN header and the attributes', () => {
    const [found] = opened(udpOf(stunMessage(0x0016, PEER_ATTRIBUTE, attribute(DATA, record(8)))));
    expect(found?.pieces).toEqual([{ packet: 1, from: 0, fileOffset: 10_003 + 20 + 12 + 4, length: 21 }]);
  });

  test('data that the snaplen cut is told with what is missing', () => {
    const whole = stunMessage(0x0016, PEER_ATTRIBUTE, attribute(DATA, record(100)));
    const [found] = opened({ ...udpOf(whole.subarray(0, 80)), missing: whole.length - 80 });
    expect(found?.payload).toEqual(record(100).subarray(0, 44));
    expect(found?.missing).toBe(113 - 44);
  });

  test('an IPv6 peer is unmasked with the transaction ID too', () => {
    const masked = hex('0002 3299 0113a9fa 01020304 05060708 090a0b0d');
    const [found] = opened(udpOf(stunMessage(0x0016, attribute(0x0012, masked), attribute(DATA, record(3)))));
    expect(found?.destination).toEqual({ address: '2001:db8::1', port: 0x138b });
  });

  test('relayed STUN and RTP stay inside', () => {
    expect(opened(udpOf(stunMessage(0x0016, PEER_ATTRIBUTE, attribute(DATA, stunMessage(1)))))).toEqual([]);
  });
});

describe('ChannelData (RFC 8656 §12)', () => {
  test('goes to the peer that the channel was bound to', () => {
    const found = opened(
      udpOf(bind(0x4001)),
      udpOf(channelData(0x4001, unified(30))),
      answer(channelData(0x4001, unified(9))),
    );
    expect(found[0]).toMatchObject({ source: CLIENT, destination: PEER, carriers: ['TURN ChannelData'], tag: '' });
    expect(found[1]).toMatchObject({ source: PEER, destination: CLIENT });
  });

  test('a channel is known to one client only', () => {
    const other = { ...CLIENT, port: 40001 };
    const [found] = opened(udpOf(bind(0x4001)), udpOf(channelData(0x4001, record(30)), { source: other }));
    expect(found).toMatchObject({ source: other, destination: SERVER, tag: 'channel 0x4001' });
  });

  test('bound before the capture began: server and channel stand for the peer, for good', () => {
    const found = opened(
      udpOf(channelData(0x4000, record(30))),
      udpOf(bind(0x4000)),
      // No length in the header: only the channel that is known by now vouches for it.
      answer(channelData(0x4000, hex('2b0011aabb'))),
    );
    expect(found).toHaveLength(2);
    for (const { tag } of found) expect(tag).toBe('channel 0x4000');
    expect(found[1]).toMatchObject({ source: SERVER, destination: CLIENT });
  });

  test('padding is optional over UDP, but the length has to fit: QUIC begins with the same bytes', () => {
    expect(opened(udpOf(channelData(0x4000, record(2), false)))).toHaveLength(1);
    expect(opened(udpOf(concat(channelData(0x4000, record(2)), new Uint8Array(4))))).toEqual([]);
    expect(opened(udpOf(hex('40010008 1111111111111111')))).toEqual([]);
  });
});

describe('DTLS in STUN (META-DTLS-IN-STUN of WebRTC)', () => {
  test('a flight in a binding request goes between the ends of the check', () => {
    const [found] = opened(udpOf(stunMessage(0x0001, attribute(0x0006, hex('414243')), attribute(0xc070, record(40)))));
    expect(found).toMatchObject({ source: CLIENT, destination: SERVER, carriers: ['STUN attribute'] });
    expect(found?.payload).toEqual(record(40));
  });

  test('an empty attribute only offers it', () => {
    expect(opened(udpOf(stunMessage(0x0001, attribute(0xc070, new Uint8Array()))))).toEqual([]);
  });

  test('inside TURN too', () => {
    const check = stunMessage(0x0001, attribute(0xc070, record(40)));
    const [found] = opened(udpOf(stunMessage(0x0016, PEER_ATTRIBUTE, attribute(DATA, check))));
    expect(found).toMatchObject({ destination: PEER, carriers: ['TURN Send indication', 'STUN attribute'] });
  });
});
