/** H9: connection IDs were agreed on, and records come without. */
import { connectionId } from '../../../dtls/extensions/accessors.ts';
import { extensionValue } from '../../../dtls/extensions/extensions.ts';
import { EXTENSION_TYPE } from '../../../dtls/registry.ts';
import { toHex } from '../../../wire/text.ts';
import type { HandshakeState } from '../../handshake-state.ts';
import type { Side } from '../../record-table.ts';
import { count, otherSender, sender } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { hasConnectionId, isOriginal } from './protected-records.ts';

export const cidMissingAfterNegotiation: Rule = {
  scope: 'association',
  id: 'cid-missing-after-negotiation',
  group: 'reassociation',
  title: 'Connection IDs were agreed on, and records come without',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9146 §3', 'RFC 9146 §4', 'RFC 9147 §9'],
  advice:
    'Update the stack that leaves the connection ID out: its records are thrown away. A receiver must not accept them either, for without the ID the record is authenticated in another way.',
  alternatives: [
    'The hellos in this capture are not those that were authenticated, since somebody altered the extension on the way: then Finished fails as well.',
  ],
  looksLike:
    'The extension connection_id in both hellos with an ID that is not empty. Then protected records towards its owner with their ordinary type instead of tls12_cid, or with the C bit clear.',
  why: 'Once an ID that is not empty was agreed on, every protected record to its owner must have it (DTLS 1.3: the first of each datagram).',
  sources: ['pion/dtls "missing connection ID after value negotiated"', 'wolfssl#11177'],
  explains: ['gave-up', 'final-flight-holder-silent', 'server-lost-state'],
  check: missingConnectionId,
};

const FIRST_PROTECTED_EPOCH_13 = 2;

function missingConnectionId(subject: Subject): readonly Match[] {
  const { handshakes } = subject.analysed;
  const [first] = handshakes;
  if (!first) return [];
  const draft = draftOnly(subject, first.state);
  if (draft) return [draft];
  if (!handshakes.some(({ state }) => agreed(state))) return [];
  return ([0, 1] as const).flatMap((side) => missingFrom(subject, side) ?? []);
}

/** What each side wants to receive; null unless both hellos name one. */
function agreed({ clientHello, serverHello }: HandshakeState): readonly [Uint8Array, Uint8Array] | null {
  const client = clientHello && connectionId(clientHello.extensions);
  const server = serverHello && connectionId(serverHello.extensions);
  return client && server ? [client.cid, server.cid] : null;
}

function missingFrom(subject: Subject, side: Side): Match | null {
  const receiver: Side = side === 0 ? 1 : 0;
  // Each epoch has the IDs of the hellos that made it; what a hidden hello says is not known.
  const wanted = (epoch: number): Uint8Array | undefined => {
    const state = subject.is13
      ? subject.analysed.handshakes[0]?.state
      : subject.analysed.handshakes.find((h) => h.state.number === epoch)?.state;
    return state && agreed(state)?.[receiver];
  };
  const bare = subject.records.filter(
    (r) =>
      r.side === side &&
      r.epoch >= (subject.is13 ? FIRST_PROTECTED_EPOCH_13 : 1) &&
      isOriginal(r) &&
      r.state !== 'malformed' &&
      (wanted(r.epoch)?.length ?? 0) > 0 &&
      !hasConnectionId(subject, r) &&
      isFirstProtected(subject, r),
  );
  const [one, last] = [bare[0], bare.at(-1)];
  if (!one || !last) return null;
  const who = sender(side);
  const goesOn = subject.records.some((r) => r.side === receiver && r.index > one.index && r.epoch >= one.epoch);
  const opens = bare.some((r) => r.state === 'decrypted');
  return {
    title: `The ${who} sends ${count(bare.length, 'record')} without the connection ID that was agreed on`,
    explanation: `The ${otherSender(who)} asked for the connection ID ${toHex(wanted(one.epoch) ?? new Uint8Array())} in its hello, and both sides agreed. ${count(bare.length, 'record')} of the ${who} come without it. ${
      goesOn
        ? `${opens ? 'They open with the keys, and the' : 'The'} peer goes on: it may accept what it should throw away.`
        : 'The peer has to throw them away, and sends nothing more.'
    }`,
    evidence: [
      subject.evidence(one.index, 'A protected record without connection ID'),
      ...(last === one ? [] : [subject.evidence(last.index, `The last of ${bare.length}`)]),
    ],
    certainty: 'seen',
    ...(goesOn || bare.length < 2 ? { severity: 'security' as const } : {}),
  };
}

/** Of several records of DTLS 1.3 in a datagram only the first needs the ID (RFC 9147 §4). */
function isFirstProtected(subject: Subject, { index }: RecordFact): boolean {
  if (!subject.is13) return true;
  const c = subject.trace.records.columns;
  for (let before = index - 1; before >= 0 && c.datagram.get(before) === c.datagram.get(index); before--)
    if ((c.epoch[before] ?? 0) > 0) return false;
  return true;
}

/** The client knows only the number of the drafts, so nothing could be agreed on. */
function draftOnly(subject: Subject, { clientHello, serverHello }: HandshakeState): Match | null {
  if (!clientHello || !serverHello) return null;
  const offered = connectionId(clientHello.extensions);
  if (!offered?.draft || connectionId(serverHello.extensions)) return null;
  if (extensionValue(clientHello.extensions, EXTENSION_TYPE.connectionId) !== undefined) return null;
  const hello = subject.said('ClientHello', 'client').at(-1);
  if (!hello) return null;
  return {
    title: 'The client offers connection IDs only under the number of the old drafts, and the server does not know it',
    explanation:
      'The ClientHello has the extension 53, which the drafts before RFC 9146 used, and not 54. The ServerHello has neither. No connection ID was agreed on, so a change of address will end the association.',
    evidence: [subject.evidence(hello.record, 'ClientHello with extension 53')],
    certainty: 'seen',
    severity: 'note',
    advice: 'Update the client, or let the server accept the draft number too, if connection IDs are wanted.',
  };
}
