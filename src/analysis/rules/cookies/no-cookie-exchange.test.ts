import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { srtpProfiles } from '../../../dtls/extensions/accessors.ts';
import { reachOf } from '../../address-reach.ts';
import { CLIENT_HELLO, change, withExtension } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'no-cookie-exchange';
const NO_COOKIE = 'pion12-no-hvr.pcap';
const LARGE = 'nss-dtls12.pcap';
const USE_SRTP = 14;

/** The endpoints get addresses of the Internet. */
const inPublic = (d: readonly EditedDatagram[]) =>
  d.map((x) => ({
    ...x,
    source: { ...x.source, address: x.source.port < x.destination.port ? '203.0.113.1' : '198.51.100.2' },
    destination: { ...x.destination, address: x.source.port < x.destination.port ? '198.51.100.2' : '203.0.113.1' },
  }));

test('between private addresses it is worth a note', async () => {
  const { finding, headline } = await diagnose(NO_COOKIE);
  expect(finding(ID)).toMatchObject({
    severity: 'note',
    certainty: 'seen',
    title: 'Without a cookie the server answers 187 bytes with 772: 4.1 times as many',
  });
  expect(headline?.rule).not.toBe(ID);
});

test('in the Internet more than five times as many bytes are of use to an attacker', async () => {
  const { finding } = await diagnose(LARGE, { edit: inPublic });
  expect(finding(ID)).toMatchObject({ severity: 'security' });
  expect(finding(ID)?.title).toContain('5.6 times as many');
});

test('near miss: four times as many in the Internet', async () => {
  const { finding } = await diagnose(NO_COOKIE, { edit: inPublic });
  expect(finding(ID)).toMatchObject({ severity: 'note' });
});

test.each([
  ['with a cookie', 'openssl-ecdhe-ecdsa-aes128-gcm.pcap'],
  ['with a HelloRetryRequest', 'wolfssl13-hrr-group.pcap'],
  ['a resumed handshake answers with little', 'openssl-loss-resume-server-flight.client.pcap'],
  ['the HelloVerifyRequest is only missing in the capture', 'link-missing-hvr-ch2.pcap'],
  ['where ICE has checked the path', 'firefox-webrtc-dc.pcap'],
])('near miss: %s', async (_, file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain(ID);
});

test('near miss: a ClientHello of WebRTC, whatever else was captured', async () => {
  const srtp = Uint8Array.of(0, 2, 0, 7, 0);
  const { rules } = await diagnose(NO_COOKIE, { edit: (d) => change(d, CLIENT_HELLO, withExtension(USE_SRTP, srtp)) });
  expect(rules).not.toContain(ID);
  expect(srtpProfiles([])).toEqual([]);
});

test.each([
  ['10.1.2.3', true],
  ['172.31.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['100.64.0.1', true],
  ['8.8.8.8', false],
  ['fd00::1', true],
  ['fe80::1', true],
  ['::ffff:10.0.0.1', true],
  ['2001:db8::1', false],
])('%s is private: %s', (address, expected) => {
  expect(reachOf(address, new Map()) !== 'public').toBe(expected);
});
