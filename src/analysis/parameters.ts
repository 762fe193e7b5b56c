/** What client and server agreed on, as lists and reports name it. */
import { cipherSuite } from '../crypto/suites.ts';
import {
  alpnProtocols,
  hasEncryptThenMac,
  hasExtendedMasterSecret,
  keyShare,
  preSharedKey,
  serverNames,
  srtpProfiles,
} from '../dtls/extensions/accessors.ts';
import type { Extension } from '../dtls/extensions/extensions.ts';
import { shown } from '../dtls/extensions/hello-bodies.ts';
import type { ServerHello } from '../dtls/messages/server-hello.ts';
import { negotiatedVersion } from '../dtls/messages/server-hello.ts';
import { cipherSuiteName, groupName, HANDSHAKE_TYPE, srtpProfileName, versionName } from '../dtls/registry.ts';
import { printable } from '../wire/text.ts';
import type { HandshakeState } from './handshake-state.ts';
import type { Association } from './trace.ts';

export type Parameters = Pick<
  Association,
  | 'version'
  | 'cipherSuite'
  | 'keyExchange'
  | 'group'
  | 'alpn'
  | 'serverName'
  | 'pskIdentity'
  | 'extendedMasterSecret'
  | 'encryptThenMac'
  | 'srtpProfile'
>;

/** Null where the messages that say it were not captured, or stayed closed. */
export function parametersOf(handshake: HandshakeState | null): Parameters {
  const client = handshake?.clientHello ?? null;
  const server = handshake?.serverHello ?? null;
  const version13 = handshake?.isVersion13 ?? false;
  // DTLS 1.3 answers most extensions in EncryptedExtensions (RFC 8446 §4.3.1).
  const encrypted = handshake?.find(1, HANDSHAKE_TYPE.encryptedExtensions)?.decoded;
  const answers: readonly Extension[] = [
    ...(server?.extensions ?? []),
    ...(encrypted?.type === 'EncryptedExtensions' ? encrypted.extensions : []),
  ];
  const profile = srtpProfiles(answers)[0];
  const suite = server ? cipherSuite(server.cipherSuite) : undefined;
  const group = handshake && groupOf(handshake);
  return {
    version: server && versionName(negotiatedVersion(server)),
    cipherSuite: server && { id: server.cipherSuite, name: cipherSuiteName(server.cipherSuite) },
    keyExchange: version13 && server ? keyExchange13(server) : (suite?.keyExchange ?? null),
    group: group === null ? null : groupName(group),
    alpn: alpnProtocols(answers)[0] ?? null,
    serverName: (client && serverNames(client.extensions)[0]) ?? null,
    pskIdentity: handshake && pskIdentityOf(handshake),
    extendedMasterSecret: server && !version13 ? hasExtendedMasterSecret(server.extensions) : null,
    encryptThenMac: server && !version13 ? hasEncryptThenMac(server.extensions) : null,
    srtpProfile: profile === undefined ? null : srtpProfileName(profile),
  };
}

/** RFC 8446 §4.2.9: a key share, a pre-shared key, or both. */
function keyExchange13(server: ServerHello): string | null {
  if (server.isHelloRetryRequest) return null;
  const [share, psk] = [keyShare(server.extensions), preSharedKey(server.extensions)];
  if (psk) return share ? 'PSK with ECDHE' : 'PSK';
  return share ? 'ECDHE' : null;
}

function groupOf(handshake: HandshakeState): number | null {
  const { serverHello } = handshake;
  if (handshake.isVersion13) {
    const share = serverHello && keyShare(serverHello.extensions);
    return share ? (share.entries[0]?.group ?? share.selectedGroup) : null;
  }
  const keyExchange = handshake.find(1, HANDSHAKE_TYPE.serverKeyExchange)?.decoded;
  return keyExchange?.type === 'ServerKeyExchange' ? keyExchange.group : null;
}

function pskIdentityOf(handshake: HandshakeState): string | null {
  const { clientHello, serverHello } = handshake;
  if (!handshake.isVersion13) {
    const keys = handshake.find(0, HANDSHAKE_TYPE.clientKeyExchange)?.decoded;
    return keys?.type === 'ClientKeyExchange' && keys.pskIdentity ? shown(keys.pskIdentity) : null;
  }
  const selected = serverHello && preSharedKey(serverHello.extensions)?.selectedIdentity;
  const identity =
    clientHello && typeof selected === 'number'
      ? preSharedKey(clientHello.extensions)?.identities[selected]?.identity
      : undefined;
  // A ticket of the server is an identity too, but no name.
  return identity && printable(identity) !== null ? shown(identity) : null;
}
