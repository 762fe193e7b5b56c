import { expect, test } from 'vitest';
import { change, SERVER_HELLO, withExtension } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

test('the second ClientHello lacks the key share that was asked for', async () => {
  const { headline } = await diagnose('wolfssl13-fail-psk-hrr-no-keyshare.pcap');
  expect(headline).toMatchObject({ rule: 'second-hrr-or-keyshare-loop', severity: 'failure', certainty: 'seen' });
  expect(headline?.title).toContain('X25519MLKEM768');
});

test.each(['wolfclient-pionserver13.pcap', 'wolfclient-pionserver13-x25519.pcap'])(
  '%s: it brings what was asked for, in another order, and is refused',
  async (file) => {
    const { finding } = await diagnose(file);
    expect(finding('second-hrr-or-keyshare-loop')).toMatchObject({ severity: 'failure', certainty: 'inferred' });
    expect(finding('second-hrr-or-keyshare-loop')?.title).toContain('another order');
  },
);

test('the cookie does not come back as it was given', async () => {
  const { finding } = await diagnose('wolfclient-pionserver13-x25519.pcap', {
    edit: (d) => change(d, SERVER_HELLO, withExtension(44, Uint8Array.of(0, 3, 1, 2, 3))),
  });
  expect(finding('second-hrr-or-keyshare-loop')).toMatchObject({ certainty: 'seen' });
  expect(finding('second-hrr-or-keyshare-loop')?.title).toContain('another cookie');
});

test('near miss: a HelloRetryRequest that does its work', async () => {
  const { rules } = await diagnose('firefox-webrtc-dc-hrr.pcap');
  expect(rules).not.toContain('second-hrr-or-keyshare-loop');
});

test('near miss: the client refuses the HelloRetryRequest itself', async () => {
  const { rules } = await diagnose('wolfssl13-fail-no-shared-group.pcap');
  expect(rules).not.toContain('second-hrr-or-keyshare-loop');
});
