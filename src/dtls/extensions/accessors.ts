/** What analysis asks of a list of extensions, by name instead of by number. */
import { EXTENSION_TYPE } from '../registry.ts';
import { type Extension, extensionValue, hasExtension } from './extensions.ts';
import { protocolName, shown } from './hello-bodies.ts';
import type { KeyShare, PreSharedKey } from './values.ts';

/** Names of the hosts the client asks for, safe to show. */
export function serverNames(list: readonly Extension[]): string[] {
  return (extensionValue(list, EXTENSION_TYPE.serverName) ?? []).map(({ name }) => shown(name));
}

/** Protocols offered, or the one chosen, safe to show. */
export function alpnProtocols(list: readonly Extension[]): string[] {
  return (extensionValue(list, EXTENSION_TYPE.alpn) ?? []).map(protocolName);
}

/** Versions offered, or the one chosen; empty where the extension is absent. */
export function supportedVersions(list: readonly Extension[]): readonly number[] {
  return extensionValue(list, EXTENSION_TYPE.supportedVersions) ?? [];
}

export function supportedGroups(list: readonly Extension[]): readonly number[] {
  return extensionValue(list, EXTENSION_TYPE.supportedGroups) ?? [];
}

export function signatureSchemes(list: readonly Extension[]): readonly number[] {
  return extensionValue(list, EXTENSION_TYPE.signatureAlgorithms) ?? [];
}

export function keyShare(list: readonly Extension[]): KeyShare | undefined {
  return extensionValue(list, EXTENSION_TYPE.keyShare);
}

export function preSharedKey(list: readonly Extension[]): PreSharedKey | undefined {
  return extensionValue(list, EXTENSION_TYPE.preSharedKey);
}

export function hasExtendedMasterSecret(list: readonly Extension[]): boolean {
  return hasExtension(list, EXTENSION_TYPE.extendedMasterSecret);
}

export function hasEncryptThenMac(list: readonly Extension[]): boolean {
  return hasExtension(list, EXTENSION_TYPE.encryptThenMac);
}

export function hasTruncatedHmac(list: readonly Extension[]): boolean {
  return hasExtension(list, EXTENSION_TYPE.truncatedHmac);
}

export function hasEarlyData(list: readonly Extension[]): boolean {
  return hasExtension(list, EXTENSION_TYPE.earlyData);
}

/** RFC 9853: the sender is ready for return routability checks. */
export function hasReturnRoutabilityCheck(list: readonly Extension[]): boolean {
  return hasExtension(list, EXTENSION_TYPE.rrc);
}

/** The CID with which the peer must mark records to the sender of this hello, and which form of the extension said so. */
export interface OfferedConnectionId {
  readonly cid: Uint8Array;
  /** The number of the drafts before RFC 9146, 53: its records are authenticated in another order. */
  readonly draft: boolean;
}

/** RFC 9146 §3; undefined where the sender did not negotiate CIDs. A zero-length CID is not the same as none. */
export function connectionId(list: readonly Extension[]): OfferedConnectionId | undefined {
  const cid = extensionValue(list, EXTENSION_TYPE.connectionId);
  if (cid !== undefined) return { cid, draft: false };
  const old = extensionValue(list, EXTENSION_TYPE.connectionIdDraft);
  return old === undefined ? undefined : { cid: old, draft: true };
}

export function srtpProfiles(list: readonly Extension[]): readonly number[] {
  return extensionValue(list, EXTENSION_TYPE.useSrtp)?.profiles ?? [];
}

/** RFC 5077: empty where the sender only says that it supports tickets; undefined where it does not. */
export function sessionTicket(list: readonly Extension[]): Uint8Array | undefined {
  return extensionValue(list, EXTENSION_TYPE.sessionTicket);
}

/** RFC 6066 §4, in bytes: 512 to 4096; undefined where absent or not one of the four codes. */
export function maxFragmentLength(list: readonly Extension[]): number | undefined {
  const code = extensionValue(list, EXTENSION_TYPE.maxFragmentLength);
  return code !== undefined && code >= 1 && code <= 4 ? 2 ** (code + 8) : undefined;
}

/** RFC 8449, in bytes of plaintext. */
export function recordSizeLimit(list: readonly Extension[]): number | undefined {
  return extensionValue(list, EXTENSION_TYPE.recordSizeLimit);
}

/** The cookie of TLS 1.3 (RFC 8446 §4.2.2), which is an extension. */
export function cookie(list: readonly Extension[]): Uint8Array | undefined {
  return extensionValue(list, EXTENSION_TYPE.cookie);
}

/** RFC 7250: types offered or the one chosen; undefined means X.509. */
export function serverCertificateTypes(list: readonly Extension[]): readonly number[] | undefined {
  return extensionValue(list, EXTENSION_TYPE.serverCertificateType);
}

export function clientCertificateTypes(list: readonly Extension[]): readonly number[] | undefined {
  return extensionValue(list, EXTENSION_TYPE.clientCertificateType);
}

/** RFC 5746: empty in a first handshake, the old verify_data in a renegotiation, undefined where absent. */
export function renegotiatedConnection(list: readonly Extension[]): Uint8Array | undefined {
  return extensionValue(list, EXTENSION_TYPE.renegotiationInfo);
}
