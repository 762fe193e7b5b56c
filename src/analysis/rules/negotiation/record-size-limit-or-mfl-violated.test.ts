import { expect, test } from 'vitest';
import {
  CERTIFICATE,
  CLIENT_HELLO,
  change,
  has,
  refusedWith,
  SERVER_HELLO,
  withExtension,
} from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const RULE = 'record-size-limit-or-mfl-violated';
const MAX_FRAGMENT_LENGTH = 1;
const RECORD_SIZE_LIMIT = 28;

test('512 bytes were agreed, the Certificate is larger, and the client says record_overflow', async () => {
  const { headline } = await diagnose('openssl-mutual-auth-ec.pcap', {
    edit: (datagrams) => {
      const agreed = withExtension(MAX_FRAGMENT_LENGTH, Uint8Array.of(1));
      const d = change(change(datagrams, CLIENT_HELLO, agreed), SERVER_HELLO, agreed);
      const at = d.findIndex(has(CERTIFICATE));
      const last = d[at];
      return last ? [...d.slice(0, at + 1), refusedWith(last, 22)] : d;
    },
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure', certainty: 'seen' });
  expect(headline?.title).toContain('512');
});

test('closed records count without their overhead, and what works is a warning', async () => {
  const limit = withExtension(RECORD_SIZE_LIMIT, Uint8Array.of(2, 0));
  const { finding } = await diagnose('openssl-big-appdata.pcap', {
    edit: (d) => change(change(d, CLIENT_HELLO, limit), SERVER_HELLO, limit),
    withoutKeys: true,
  });
  expect(finding(RULE)).toMatchObject({ severity: 'warning', headline: true });
});

test('near miss: the server does not answer the extension', async () => {
  const limit = withExtension(RECORD_SIZE_LIMIT, Uint8Array.of(2, 0));
  const { rules } = await diagnose('openssl-big-appdata.pcap', {
    edit: (d) => change(d, CLIENT_HELLO, limit),
    withoutKeys: true,
  });
  expect(rules).not.toContain(RULE);
});

test('near miss: a limit that is kept', async () => {
  const { rules } = await diagnose('gnutls-recordsize.pcap');
  expect(rules).not.toContain(RULE);
});
