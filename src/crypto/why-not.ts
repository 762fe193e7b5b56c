/** Why the keys that were given do not give the master secret of a handshake: one sentence for whoever gave them. */

import type { GivenKeys, MasterQuestion } from './premaster.ts';
import { isKeyOf } from './private-key.ts';
import { psksFor } from './psk.ts';

const MISSING_MESSAGES =
  'The master secret is bound to all messages before it (extended_master_secret), and the capture lacks some of them. Use a key log.';

/**
 * For handshakes to which nothing given led to a master secret. Null where nothing given has to do with this handshake.
 * @param havePremaster a premaster secret was found, and the master secret could not be derived from it.
 */
export function whyNot(question: MasterQuestion, keys: GivenKeys, havePremaster = false): string | null {
  if (havePremaster) return MISSING_MESSAGES;
  const { keyExchange, tls13 } = question.suite;
  if (tls13) return whyNot13(keys);
  if (keyExchange === 'PSK') return whyNoPsk(question, keys);
  if (keyExchange === 'RSA') return whyNoRsaKey(question, keys);
  if (keyExchange === 'RSA_PSK') return whyNeither(question, keys);
  if (keyExchange.endsWith('_PSK') && keys.psks.length > 0) {
    const secret = keyExchange.startsWith('EC') ? 'ECDH' : 'DH';
    return `${keyExchange}: a pre-shared key alone does not open it: the premaster also has the ${secret} secret, which is not on the wire. Use a key log.`;
  }
  if (keys.rsaKeys.length > 0 && question.suite.authentication === 'RSA') {
    return `${keyExchange}: a private key does not open it: the server signs with it, and the secret is agreed on with keys made for this handshake alone. Use a key log.`;
  }
  return null;
}

function whyNot13({ psks, rsaKeys }: GivenKeys): string | null {
  const given = psks.length > 0 ? 'a pre-shared key' : rsaKeys.length > 0 ? 'a private key' : null;
  return given && `DTLS 1.3: ${given} alone does not open it: the secrets also need the key exchange. Use a key log.`;
}

function whyNoPsk(question: MasterQuestion, keys: GivenKeys): string | null {
  if (keys.psks.length === 0 || psksFor(keys.psks, question.pskIdentity).length > 0) return null;
  return 'None of the pre-shared keys given is for the identity that the client sent.';
}

function whyNoRsaKey({ encryptedPremaster, serverKey }: MasterQuestion, { rsaKeys }: GivenKeys): string | null {
  if (rsaKeys.length === 0) return null;
  const fitting = rsaKeys.filter(({ key }) => serverKey === null || isKeyOf(key, serverKey));
  if (fitting.length === 0) {
    return `${rsaKeys.length === 1 ? 'The private key given is not' : 'None of the private keys given is'} that of the server's certificate.`;
  }
  if (encryptedPremaster === null) {
    return 'The capture lacks the ClientKeyExchange with the encrypted premaster secret, so that the private key has nothing to decrypt.';
  }
  return 'The premaster secret does not decrypt with the private key given: it is the key of another server, or the message is damaged.';
}

function whyNeither(question: MasterQuestion, keys: GivenKeys): string | null {
  if (keys.psks.length === 0 && keys.rsaKeys.length === 0) return null;
  if (keys.psks.length === 0)
    return 'RSA_PSK: the private key alone does not open it: the pre-shared key is needed too.';
  if (keys.rsaKeys.length === 0) {
    return "RSA_PSK: a pre-shared key alone does not open it: the server's RSA private key is needed too.";
  }
  return whyNoPsk(question, keys) ?? whyNoRsaKey(question, keys);
}
