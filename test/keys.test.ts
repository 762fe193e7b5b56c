/** What opens what: pre-shared keys, private keys, secrets that are missing, and what can be recomputed with them. */
import { describe, expect, test } from 'vitest';
import { KNOWN, textOf } from './captures.ts';
import { addKeys, detailsOf, openSession } from './open-session.ts';

const PSK_ONLY = ['PSK', 'RSA_PSK'];

describe('a pre-shared key alone', () => {
  const mismatch = /mismatch|wrong-key/;
  const plain = KNOWN.filter((c) => c.psk && !c.text && !c.privateKey && !mismatch.test(c.file));

  test.each(plain.map((c) => [c.file, c.psk ?? ''] as const))(
    '%s: opens every record of a plain PSK suite, or says why not',
    async (file, psk) => {
      const session = await openSession(file);
      expect(session.addPsk(psk, { text: false, source: '--psk' })).toBeNull();
      for (const { association, records } of detailsOf(session)) {
        const closed = records.filter((r) => r.state === 'undecryptable');
        if (association.keyExchange === 'PSK' && association.version === 'DTLS 1.2') expect(closed).toEqual([]);
        else if (!PSK_ONLY.includes(association.keyExchange ?? ''))
          for (const r of closed) expect(r.explanation).toMatch(/pre-shared key alone|No secret|ServerHello is not/);
      }
    },
  );

  test('of the wrong value is said to open nothing', async () => {
    const session = await openSession('openssl-psk-aes128-ccm8-pskonly.pcap');
    session.addPsk('00ff', { text: false, source: '--psk' });
    expect(session.trace().keys.secrets).toMatchObject([
      { label: 'PSK', source: '--psk', records: 0, reason: 'No record opened with this pre-shared key.' },
    ]);
  });

  test('in DTLS 1.3 its binder is recomputed', async () => {
    const session = await openSession('wolfssl13-psk-external.pcap');
    session.addPsk('000102030405060708090a0b0c0d0e0f', { text: false, source: '--psk' });
    expect(detailsOf(session)[0]?.verifications).toMatchObject([
      { what: 'PSK binder', sender: 'client', verdict: 'valid' },
    ]);
  });

  test('that is no hex gives a sentence', async () => {
    const session = await openSession('openssl-psk-aes128-ccm8-pskonly.pcap');
    expect(session.addPsk('secret', { text: false, source: '--psk' })).toMatch(/^[A-Z].*hex.*\.$/);
    expect(session.trace().keys.secrets).toEqual([]);
  });
});

describe('the server’s RSA private key', () => {
  const given = KNOWN.filter((c) => c.privateKey && !c.psk);
  test.each(given.map((c) => [c.file, c.privateKey ?? ''] as const))('%s: opens every record', async (file, key) => {
    const session = await openSession(file);
    expect(session.addPrivateKey(textOf(key), key)).toEqual({ kind: 'added', message: null });
    for (const { records } of session.trace().associations) expect(records).toMatchObject({ undecryptable: 0 });
    expect(session.trace().associations[0]?.records.decrypted).toBeGreaterThan(0);
  });

  test('for another server says so', async () => {
    const session = await openSession('openssl-rsa-aes256-sha.pcap');
    session.addPrivateKey(textOf('rsa.pem'), 'rsa.pem');
    const closed = detailsOf(session)[0]?.records.find((r) => r.state === 'undecryptable');
    expect(closed?.explanation).toMatch(/private key given is not that of the server/);
  });

  test('what is no key gives a sentence with its name', async () => {
    const session = await openSession('openssl-rsa-aes256-sha.pcap');
    expect(session.addPrivateKey('hello', 'hello.pem')).toMatchObject({
      kind: 'unusable',
      message: expect.stringMatching(/^hello\.pem: /),
    });
  });
});

describe('what is recomputed', () => {
  test.each([
    [
      'openssl-mutual-auth-ec',
      ['certificate chain', 'ServerKeyExchange', 'certificate chain', 'CertificateVerify', 'Finished', 'Finished'],
    ],
    ['gnutls-resume', ['certificate chain', 'ServerKeyExchange', 'Finished', 'Finished']],
    [
      'wolfssl13-mutual-auth-hrr',
      ['certificate chain', 'CertificateVerify', 'Finished', 'certificate chain', 'CertificateVerify', 'Finished'],
    ],
  ])('%s: every check of the handshake, none of them invalid', async (name, whats) => {
    const session = await openSession(`${name}.pcap`);
    addKeys(session, `${name}.keys`);
    const checks = detailsOf(session)[0]?.verifications ?? [];
    expect(checks.map((c) => c.what).sort()).toEqual([...whats].sort());
    expect(checks.filter((c) => c.what !== 'certificate chain').every((c) => c.verdict === 'valid')).toBe(true);
  });

  test('a server that signs with another key than its certificate’s is found out', async () => {
    const session = await openSession('wolfssl13-fail-wrong-server-key.pcap');
    addKeys(session, 'wolfssl13-fail-wrong-server-key.keys');
    const [detail] = detailsOf(session);
    expect(detail?.verifications).toContainEqual(
      expect.objectContaining({ what: 'CertificateVerify', sender: 'server', verdict: 'invalid' }),
    );
  });

  test('the verify_data of Finished says in the field tree that it is valid', async () => {
    const session = await openSession('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
    addKeys(session, 'openssl-ecdhe-ecdsa-aes128-gcm.keys');
    const finished = detailsOf(session)[0]?.records.find((r) =>
      r.contents.some((c) => c.kind === 'handshake' && c.name === 'Finished'),
    );
    const group = session.record(finished?.record ?? 0)?.fields.find((f) => f.name === 'Finished');
    expect(group?.children).toMatchObject([{ name: 'verify_data', meaning: 'valid, recomputed' }]);
  });
});

describe('certificates at capture time', () => {
  test('an expired one is said to be', async () => {
    const session = await openSession('mbedtls-fail-expired.pcap');
    expect(session.trace().associations[0]?.certificates.server[0]?.validity).toBe('expired');
  });
  test('subject, names and the fingerprint as SDP writes it', async () => {
    const session = await openSession('firefox-webrtc-dc-nopq.pcap');
    addKeys(session, 'firefox-webrtc-dc-nopq.keys');
    const [own] = session.trace().associations[0]?.certificates.server ?? [];
    expect(own).toMatchObject({
      fingerprint: expect.stringMatching(/^sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      selfIssued: true,
    });
  });
  test('a raw public key stands in its place', async () => {
    const session = await openSession('californium-rpk-mutual.pcap');
    expect(session.trace().associations[0]?.certificates.server).toMatchObject([
      { subject: 'raw public key', publicKey: 'EC P-256' },
    ]);
  });
});

test('SRTP keys are derived only when asked for, for DTLS 1.2 and 1.3', async () => {
  const session = await openSession('firefox-webrtc-audio.pcap');
  addKeys(session, 'firefox-webrtc-audio.keys');
  expect(session.srtpKeys('a1')).toEqual({
    profile: 'SRTP_AEAD_AES_128_GCM',
    client: { key: '1f24060abc93129b718177b7242af0b7', salt: 'f9114c71a58a8d50861c02ce' },
    server: { key: 'd96d5c1fb34a11625a71e6084635ba62', salt: '16795d1d2ada2f4bdae5c3f6' },
  });
  const without = await openSession('firefox-webrtc-audio.pcap');
  expect(without.srtpKeys('a1')).toBe(
    'The EncryptedExtensions, which name the SRTP protection profile, stayed closed.',
  );
});
