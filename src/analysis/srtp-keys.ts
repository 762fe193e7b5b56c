/** SRTP master keys of a DTLS-SRTP association (RFC 5764 §4.2), derived when asked for and kept nowhere. */
import { SRTP_PROFILES, type SrtpKeyingMaterial, srtpKeyingMaterial12, srtpKeyingMaterial13 } from '../crypto/srtp.ts';
import { cipherSuite } from '../crypto/suites.ts';
import { srtpProfiles } from '../dtls/extensions/accessors.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { toHex } from '../wire/text.ts';
import type { AssociationState } from './association-state.ts';
import type { SrtpKeys } from './trace.ts';

/** The keys, or one sentence about what is missing. */
export function srtpKeysOf(association: AssociationState): SrtpKeys | string {
  const handshake = association.handshakes.find((h) => h.serverHello && h.clientHello);
  const { clientHello, serverHello } = handshake ?? {};
  if (!handshake || !clientHello || !serverHello)
    return 'The hellos are not in the capture, so that it is not known what was agreed on.';
  const encrypted = handshake.find(1, HANDSHAKE_TYPE.encryptedExtensions)?.decoded;
  if (handshake.isVersion13 && !encrypted)
    return 'The EncryptedExtensions, which name the SRTP protection profile, stayed closed.';
  const answered = encrypted?.type === 'EncryptedExtensions' ? encrypted.extensions : [];
  const number = srtpProfiles([...serverHello.extensions, ...answered])[0];
  if (number === undefined) return 'No SRTP protection profile was agreed on (use_srtp).';
  const profile = SRTP_PROFILES.get(number);
  const suite = cipherSuite(serverHello.cipherSuite);
  if (!profile || !suite) return 'The SRTP protection profile that was agreed on has no keys, or is not known.';
  if (handshake.isVersion13) {
    const { exporterSecret } = association;
    if (!exporterSecret) return 'The key log has no EXPORTER_SECRET for this client random.';
    return shown(profile.name, srtpKeyingMaterial13({ profile, prfHash: suite.prfHash, exporterSecret }));
  }
  const secret =
    association.protection.keys(handshake.number).provenSecret(0) ??
    association.protection.keys(handshake.number).secrets[0];
  if (!secret) return 'No master secret for this association was given.';
  const { version } = serverHello;
  const [clientRandom, serverRandom] = [clientHello.random, serverHello.random];
  return shown(
    profile.name,
    srtpKeyingMaterial12({
      profile,
      version,
      prfHash: suite.prfHash,
      masterSecret: secret.secret,
      clientRandom,
      serverRandom,
    }),
  );
}

function shown(profile: string, { client, server }: SrtpKeyingMaterial): SrtpKeys {
  const hex = ({ key, salt }: SrtpKeyingMaterial['client']) => ({ key: toHex(key), salt: toHex(salt) });
  return { profile, client: hex(client), server: hex(server) };
}
