import { expect, test } from 'vitest';
import type { CertificateView, RecordView } from '../analysis/trace.ts';
import { certificateCard } from './certificate-card.ts';
import { checks, closedGroups } from './checks.ts';

const ROLES = { client: 'the client', server: 'the server' };

test('what is invalid comes first, and says who sent it', () => {
  const lines = checks(
    [
      { what: 'Finished', sender: 'client', record: 9, verdict: 'valid' },
      { what: 'CertificateVerify', sender: 'server', record: 7, verdict: 'invalid' },
    ],
    ROLES,
  );
  expect(lines.map(({ shape, what, words, record }) => `${record} ${shape} ${what} ${words}`)).toEqual([
    '7 failure CertificateVerify signature of the server: invalid: recomputing gives something else',
    '9 ok Finished of the client: valid, recomputed',
  ]);
});

test('closed records are counted by reason', () => {
  const record = (number: number, explanation: string | null) =>
    ({ record: number, state: explanation === null ? 'plaintext' : 'undecryptable', explanation }) as RecordView;
  const records = [record(1, null), record(2, 'No key.'), record(3, 'Cut off.'), record(4, 'No key.')];
  expect(closedGroups(records)).toEqual([
    { why: 'No key.', records: 2, first: 2 },
    { why: 'Cut off.', records: 1, first: 3 },
  ]);
});

const CERTIFICATE: CertificateView = {
  subject: 'CN=device',
  issuer: 'CN=root',
  notBefore: '2020-01-01T00:00:00Z',
  notAfter: '2021-01-01T00:00:00Z',
  sha256: '00',
  publicKey: 'EC P-256',
  names: ['a.example', 'b.example'],
  serial: '1',
  signatureAlgorithm: 'ecdsa-with-SHA256',
  fingerprint: 'sha-256 00',
  selfIssued: false,
  validity: 'expired',
  issuedByNext: false,
};

test('a certificate says what is wrong with its dates and its chain', () => {
  expect(certificateCard(CERTIFICATE)).toMatchObject({
    issuer: 'issued by CN=root',
    dates: '2020-01-01 to 2021-01-01',
    datesWrong: 'expired when this was captured',
    chainWrong: 'the next certificate is not its issuer’s',
    key: 'EC P-256, signed with ecdsa-with-SHA256',
    names: 'a.example, b.example',
  });
});

test('a raw public key has neither dates nor names', () => {
  const raw = { ...CERTIFICATE, subject: 'raw public key', issuer: '', notBefore: null, notAfter: null, names: [] };
  const card = certificateCard({ ...raw, signatureAlgorithm: null, validity: 'unknown', issuedByNext: null });
  expect(card).toMatchObject({ issuer: null, dates: null, datesWrong: null, chainWrong: null, names: null });
  expect(card.key).toBe('EC P-256');
});
