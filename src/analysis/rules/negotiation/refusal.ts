/** A server that answers a ClientHello with an alert and no ServerHello: what in the offer can be the reason. */
import { supportedGroups } from '../../../dtls/extensions/accessors.ts';
import { isGrease } from '../../../dtls/registry.ts';
import type { Certainty } from '../../story.ts';
import type { EndingAlert, Said, Subject } from '../subject.ts';
import {
  COMMON_GROUPS,
  clientHellos,
  helloRetryRequests,
  offersOnly13,
  otherChoice,
  realSuites,
  serverHello,
  signalsSecureRenegotiation,
  signatureFit,
} from './offers.ts';

export interface Refusal {
  readonly alert: EndingAlert;
  readonly hello: Said<'ClientHello'>;
  readonly why: 'version' | 'groups' | 'signatures' | 'renegotiation' | 'suites';
  readonly certainty: Certainty;
}

const HANDSHAKE_FAILURE = 40;
const PROTOCOL_VERSION = 70;
const INSUFFICIENT_SECURITY = 71;
const INAPPROPRIATE_FALLBACK = 86;
/** RFC 8446 §9.1: every implementation of version 1.3 has it. */
const MANDATORY_13 = 0x1301;
/** Who offers this many suites of version 1.3 has restricted nothing. */
const USUAL_13 = 3;

/** Null where the server did not refuse a ClientHello, or said another reason than these. */
export function refusalOf(subject: Subject): Refusal | null {
  const alert = subject.endingAlert;
  if (alert?.sender !== 'server' || serverHello(subject)) return null;
  const hello = clientHellos(subject).findLast((said) => said.record < alert.record);
  if (!hello) return null;
  const because = (why: Refusal['why'], certainty: Certainty): Refusal => ({ alert, hello, why, certainty });
  if (alert.code === PROTOCOL_VERSION || alert.code === INAPPROPRIATE_FALLBACK) return because('version', 'seen');
  if (alert.code !== HANDSHAKE_FAILURE && alert.code !== INSUFFICIENT_SECURITY) return null;
  // With a HelloRetryRequest the server has chosen suite and group already.
  if (helloRetryRequests(subject).length > 0) return null;
  const version = wrongVersion(subject, hello);
  if (version) return because('version', version);
  const offer = hello.decoded;
  const fit = signatureFit(offer);
  if (fit.usable === 0 && fit.unusable > 0) return because('signatures', 'near-certain');
  const groups = supportedGroups(offer.extensions).filter((g) => !isGrease(g));
  if (groups.length > 0 && !groups.some((g) => COMMON_GROUPS.includes(g))) return because('groups', 'inferred');
  if (!offersOnly13(offer) && !signalsSecureRenegotiation(offer) && otherChoice(subject, realSuites(offer)))
    return because('renegotiation', 'inferred');
  return because('suites', 'inferred');
}

/** The client wants version 1.3 and nothing else, and the server seems to have no 1.3; how certain that is, or null. */
function wrongVersion(subject: Subject, { decoded }: Said<'ClientHello'>): Certainty | null {
  if (!offersOnly13(decoded)) return null;
  // A server of version 1.3 asks for a cookie with HelloRetryRequest (RFC 9147 §5.1).
  if (subject.said('HelloVerifyRequest', 'server').length > 0) return 'near-certain';
  const groups = supportedGroups(decoded.extensions);
  const suites = realSuites(decoded);
  return suites.length >= USUAL_13 && suites.includes(MANDATORY_13) && groups.some((g) => COMMON_GROUPS.includes(g))
    ? 'inferred'
    : null;
}
