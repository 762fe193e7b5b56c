import { expect, test } from 'vitest';
import {
  CLIENT_HELLO,
  change,
  has,
  refusedWith,
  SERVER_HELLO_DONE,
  withExtension,
} from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const EXTENDED_MASTER_SECRET = 23;

test('works without it: a security remark, and no headline', async () => {
  const { finding } = await diagnose('openssl-no-ems.pcap');
  expect(finding('ems-mismatch')).toMatchObject({ severity: 'security', headline: false });
});

test('the server answers what the client did not offer', async () => {
  const { finding } = await diagnose('openssl-ecdhe-ecdsa-chacha20.pcap', {
    edit: (datagrams) => {
      const d = change(datagrams, CLIENT_HELLO, withExtension(EXTENDED_MASTER_SECRET, null));
      const at = d.findLastIndex(has(SERVER_HELLO_DONE));
      const last = d[at];
      return last ? [...d.slice(0, at + 1), refusedWith(last, 110)] : d;
    },
    withoutKeys: true,
  });
  expect(finding('ems-mismatch')).toMatchObject({ severity: 'failure', headline: true });
});

test('a session made with it, resumed without it', async () => {
  const { finding } = await diagnose('openssl-assoc-resume-newport.pcap', {
    edit: (datagrams) => {
      const first = datagrams[0]?.source.port;
      const isNew = (port: number) => port !== first;
      const d = datagrams.flatMap((one) =>
        isNew(one.source.port) && has(CLIENT_HELLO)(one)
          ? change([one], CLIENT_HELLO, withExtension(EXTENDED_MASTER_SECRET, null))
          : [one],
      );
      const at = d.findLastIndex(has(CLIENT_HELLO));
      const last = d[at];
      return last ? [...d.slice(0, at + 1), refusedWith(last, 40)] : d;
    },
    withoutKeys: true,
  });
  expect(finding('ems-mismatch')).toMatchObject({ severity: 'failure', certainty: 'near-certain' });
  expect(finding('ems-mismatch')?.title).toContain('made with extended_master_secret, and is resumed without it');
});

test('near miss: a resumption with it', async () => {
  const { rules } = await diagnose('openssl-assoc-resume-newport.pcap');
  expect(rules).not.toContain('ems-mismatch');
});
