/** What a ClientHello offers, in the words of findings. */
import { cipherSuite } from '../../../crypto/suites.ts';
import { signatureSchemes, supportedGroups, supportedVersions } from '../../../dtls/extensions/accessors.ts';
import { hasExtension } from '../../../dtls/extensions/extensions.ts';
import type { ClientHello } from '../../../dtls/messages/client-hello.ts';
import {
  cipherSuiteName,
  EXTENSION_TYPE,
  groupName,
  isGrease,
  signatureSchemeName,
  VERSION,
  versionName,
} from '../../../dtls/registry.ts';
import { count, list } from '../../words.ts';
import type { Said, Subject } from '../subject.ts';

/** RFC 5746 §3.3 and RFC 7507: they say something, and choose nothing. */
const RENEGOTIATION_SCSV = 0x00ff;
const FALLBACK_SCSV = 0x5600;

/** Groups that every WebRTC endpoint, and nearly every server, has: secp256r1 and x25519. */
export const COMMON_GROUPS: readonly number[] = [23, 29];

/** ClientHellos of the first handshake, in order; the last is the one with the cookie, where there is one. */
export function clientHellos(subject: Subject): readonly Said<'ClientHello'>[] {
  return subject.said('ClientHello', 'client').filter((said) => said.handshake === 1);
}

/** The ServerHello of the first handshake that is no HelloRetryRequest. */
export function serverHello(subject: Subject): Said<'ServerHello'> | undefined {
  return subject.said('ServerHello', 'server').find((s) => s.handshake === 1 && !s.decoded.isHelloRetryRequest);
}

export function helloRetryRequests(subject: Subject): readonly Said<'ServerHello'>[] {
  return subject.said('ServerHello', 'server').filter((s) => s.handshake === 1 && s.decoded.isHelloRetryRequest);
}

/** Versions that the client names; of a client without supported_versions its highest, for lower ones go without saying. */
export function namedVersions({ extensions, version }: ClientHello): readonly number[] {
  const named = supportedVersions(extensions).filter((v) => !isGrease(v));
  return named.length > 0 ? named : [version];
}

/** Whether the client would take that version. In DTLS a newer version has a lower number. */
export function offersVersion(hello: ClientHello, version: number): boolean {
  if (hasExtension(hello.extensions, EXTENSION_TYPE.supportedVersions)) return namedVersions(hello).includes(version);
  return hello.version === VERSION.dtls09 ? version === VERSION.dtls09 : version >= hello.version;
}

export function offersOnly13(hello: ClientHello): boolean {
  return namedVersions(hello).every((v) => v === VERSION.dtls13);
}

export function versionsText(hello: ClientHello): string {
  const named = namedVersions(hello);
  const names = list(named.map(versionName));
  if (hasExtension(hello.extensions, EXTENSION_TYPE.supportedVersions))
    return named.length === 1 ? `${names} only` : names;
  return hello.version === VERSION.dtls09 ? `${names} only` : `${names} at most`;
}

/** Suites that can be chosen: without signalling values and GREASE. */
export function realSuites({ cipherSuites }: ClientHello): readonly number[] {
  return cipherSuites.filter((id) => id !== RENEGOTIATION_SCSV && id !== FALLBACK_SCSV && !isGrease(id));
}

/** "TLS_PSK_WITH_AES_128_CCM_8", or for many of them "12 cipher suites: 6 ECDHE with ECDSA, 6 ECDHE with RSA". */
export function suitesText(hello: ClientHello): string {
  const suites = realSuites(hello);
  if (suites.length <= 3) return list(suites.map(cipherSuiteName));
  const kinds = new Map<string, number>();
  for (const id of suites) kinds.set(kindOf(id), (kinds.get(kindOf(id)) ?? 0) + 1);
  return `${count(suites.length, 'cipher suite')} (${list([...kinds].map(([kind, n]) => `${n} ${kind}`))})`;
}

function kindOf(id: number): string {
  const suite = cipherSuite(id);
  if (!suite) return 'unknown';
  if (suite.tls13) return 'of version 1.3';
  const { keyExchange, authentication } = suite;
  return authentication === null || keyExchange === authentication || keyExchange.includes(authentication)
    ? keyExchange
    : `${keyExchange} with ${authentication}`;
}

export function groupsText({ extensions }: ClientHello): string {
  return list(
    supportedGroups(extensions)
      .filter((g) => !isGrease(g))
      .map(groupName),
  );
}

export function schemesText(schemes: readonly number[]): string {
  return list(schemes.filter((s) => !isGrease(s)).map(signatureSchemeName));
}

/** Suites of version 1.2 and before in which somebody signs, and whose signature the client then has to accept. */
export function signatureFit(hello: ClientHello): { readonly usable: number; readonly unusable: number } {
  const schemes = signatureSchemes(hello.extensions);
  let [usable, unusable] = [0, 0];
  for (const id of realSuites(hello)) {
    const suite = cipherSuite(id);
    const signs = suite?.keyExchange.endsWith('DHE') ? suite.authentication : null;
    if (signs === null || schemes.length === 0 || schemes.some((s) => isSchemeOf(s, signs))) usable++;
    else unusable++;
  }
  return { usable, unusable };
}

/** Whether a signature scheme belongs to the kind of certificate that a suite's name says (RFC 5246 §7.4.1.4.1). */
export function isSchemeOf(scheme: number, authentication: string): boolean {
  const signature = scheme & 0xff;
  const isNewer = scheme >> 8 === 0x08;
  if (authentication === 'RSA')
    return isNewer ? signature >= 0x04 && signature <= 0x0b && !isEd(scheme) : signature === 1;
  // RFC 8422 §5.10: Ed25519 and Ed448 certificates go with the ECDSA suites.
  if (authentication === 'ECDSA') return isEd(scheme) || (!isNewer && signature === 3) || scheme >> 4 === 0x081;
  return authentication === 'DSS' ? !isNewer && signature === 2 : true;
}

/** ed25519 and ed448. */
function isEd(scheme: number): boolean {
  return scheme === 0x0807 || scheme === 0x0808;
}

/** RFC 5746 §3.4: an empty renegotiation_info, or the cipher suite that stands for it. */
export function signalsSecureRenegotiation({ extensions, cipherSuites }: ClientHello): boolean {
  return hasExtension(extensions, EXTENSION_TYPE.renegotiationInfo) || cipherSuites.includes(RENEGOTIATION_SCSV);
}

/** Another client of the same server for which it chose this suite, or any. */
export function otherChoice(subject: Subject, offered?: readonly number[]): Subject | undefined {
  return subject.all
    .ofServer(subject)
    .find((o) => o.a.cipherSuite !== null && (offered === undefined || offered.includes(o.a.cipherSuite.id)));
}
