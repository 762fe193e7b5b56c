/** M8: a VPN whose TCP connection works and whose DTLS does not. */
import { VERSION } from '../../../dtls/registry.ts';
import { count, endpointText, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const vpnDtlsFallback: Rule = {
  scope: 'association',
  id: 'vpn-dtls-fallback',
  group: 'iot',
  title: 'A VPN has no answer over UDP while its TCP connection is alive',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['draft-mavrogiannopoulos-openconnect', 'RFC 6347 §4.2.4'],
  advice:
    'Open the UDP port in the firewalls of both sides, and check that the VPN gateway has DTLS switched on. Until then the VPN falls back to TCP, which works but is slower.',
  alternatives: [
    'The server has no service at that UDP port at all: then the VPN never had DTLS.',
    'The server drops this ClientHello, because its session or cipher suite is not the one agreed on over TCP: its log tells.',
  ],
  looksLike:
    'ClientHellos to a UDP port without an answer, and TCP segments both ways between the same hosts on the same port number.',
  why: 'VPN clients negotiate over TLS first and then try DTLS to the same port, for speed. Firewalls that open only TCP leave the ClientHello unanswered.',
  sources: ['openconnect-gui#26', 'openconnect-gui#35', 'openconnect-gui#56', 'openfortivpn#473'],
  explains: ['no-answer-to-clienthello', 'gave-up', 'no-retransmission-at-all', 'fragmented-clienthello-ignored'],
  check: onlyTcp,
};

const HTTPS_PORT = 443;
const TWO = 2;

function onlyTcp(subject: Subject): readonly Match[] {
  const { a, trace } = subject;
  const hello = subject.flight(1);
  if (!a.rolesKnown || hello?.sender !== 'client' || subject.sorted.hasFrom(1)) return [];
  if (hello.transmissions.length < TWO) return [];
  // Cisco's DTLS from before the standard names itself; else the port is the sign.
  const old = subject.clientHello?.version === VERSION.dtls09;
  if (a.server.port !== HTTPS_PORT && !old) return [];
  const tcp = trace.surroundings
    .tcpBetween(a.client.address, a.server.address)
    .find((t) => t.answered && t.client === a.client.address && (t.server.port === a.server.port || old));
  const server = tcp?.segments[1];
  const [first] = hello.transmissions;
  const last = hello.transmissions.at(-1);
  if (!tcp || !server || !first || !last || server.last.timeMs < first.startMs) return [];
  return [
    {
      title: `${endpointText(a.server)} answers over TCP and not over UDP: the VPN falls back to TCP`,
      explanation: `The ClientHello was sent ${times(hello.transmissions.length)} to UDP port ${a.server.port} and never answered. In the same time ${count(server.datagrams, 'TCP segment')} came from port ${tcp.server.port} of the same host.${
        old ? ' The version 0x0100 of the ClientHello is that of AnyConnect, from before the standard.' : ''
      }`,
      evidence: [
        subject.sentEvidence(first, 'The first ClientHello'),
        { packet: server.last.packet, timeMs: server.last.timeMs, says: 'The server is alive over TCP' },
        subject.sentEvidence(last, `The last ClientHello, of ${hello.transmissions.length}`),
      ],
      certainty: 'near-certain',
      verdict: `No answer over UDP, while the same server answers over TCP: the ClientHello was sent ${times(hello.transmissions.length)}.`,
    },
  ];
}
