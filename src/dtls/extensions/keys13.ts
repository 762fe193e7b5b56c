/** Bodies of the extensions by which TLS 1.3 agrees on keys (RFC 8446 §4.2.8, §4.2.11) and of encrypted_client_hello. */
import type { ByteReader } from '../../wire/reader.ts';
import { groupName } from '../registry.ts';
import type { HelloMessage } from './decoder.ts';
import { shown } from './hello-bodies.ts';
import type { EncryptedClientHello, KeyShare, KeyShareEntry, PreSharedKey } from './values.ts';
import { decodeList, decodeOpaques } from './vectors.ts';

/** A list from the client, one entry from the server, a group's number in a HelloRetryRequest. */
export function decodeKeyShare(r: ByteReader, message: HelloMessage): KeyShare {
  if (message === 'hello_retry_request') return { entries: [], selectedGroup: r.uint16('selected_group', groupName) };
  if (message === 'client_hello') {
    return { entries: decodeList(r, 'client_shares', 2, 4, decodeKeyShareEntry), selectedGroup: null };
  }
  const entry = decodeKeyShareEntry(r);
  return { entries: [entry], selectedGroup: entry.group };
}

function decodeKeyShareEntry(r: ByteReader): KeyShareEntry {
  return r.group(
    'KeyShareEntry',
    () => ({ group: r.uint16('group', groupName), keyExchange: r.vector('key_exchange', 2) }),
    (entry) => groupName(entry.group),
  );
}

/** RFC 8446 §4.2.11: identities and binders from the client, an index from the server. */
export function decodePreSharedKey(r: ByteReader, message: HelloMessage): PreSharedKey {
  if (message !== 'client_hello') {
    return { identities: [], binders: [], selectedIdentity: r.uint16('selected_identity') };
  }
  const identities = decodeList(r, 'identities', 2, 6, (body) =>
    body.group('PskIdentity', () => ({
      identity: body.vector('identity', 2, shown),
      obfuscatedTicketAge: body.uint32('obfuscated_ticket_age'),
    })),
  );
  return { identities, binders: decodeOpaques(r, 'binders', 2, 'PskBinderEntry', 1), selectedIdentity: null };
}

/** RFC 9849 §5. The payload is the whole inner ClientHello, which nobody but the server can read. */
export function decodeEncryptedClientHello(r: ByteReader, message: HelloMessage): EncryptedClientHello {
  if (message === 'encrypted_extensions') return { form: 'retry_configs', configs: r.vector('retry_configs', 2) };
  if (message === 'hello_retry_request') return { form: 'confirmation', confirmation: r.opaque('confirmation', 8) };
  const type = r.uint8('type', (value) => (value === 0 ? 'outer' : value === 1 ? 'inner' : null));
  if (type === 1) return { form: 'inner' };
  if (type !== 0) return { form: 'unknown', bytes: r.opaque('bytes', r.remaining) };
  return {
    form: 'outer',
    kdf: r.uint16('kdf_id'),
    aead: r.uint16('aead_id'),
    configId: r.uint8('config_id'),
    enc: r.vector('enc', 2),
    payload: r.vector('payload', 2),
  };
}
