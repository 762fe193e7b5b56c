/** Findings as the page shows them: in order, each with its shape and the packets that it rests on. */
import type { FindingView, Severity } from '../analysis/finding.ts';
import type { Certainty } from '../analysis/story.ts';
import type { Association } from '../analysis/trace.ts';
import type { Shape } from './association-row.ts';

export interface FindingCard {
  /** Stable while the same trace is open. */
  readonly key: string;
  readonly finding: FindingView;
  readonly shape: Shape;
  /** The shape in a word. */
  readonly severity: string;
  /** "10, 15", "3 packets". */
  readonly packets: string;
}

export const SHAPES: Readonly<Record<Severity, Shape>> = {
  failure: 'failure',
  warning: 'warning',
  security: 'security',
  note: 'note',
};

const MANY_PACKETS = 2;

/** Those of the association, its headline first, then those of the whole trace. */
export function findingCards({ findings }: Association, general: readonly FindingView[]): readonly FindingCard[] {
  return [...findings, ...general].map((finding, i) => ({
    key: `${finding.rule} ${i}`,
    finding,
    shape: SHAPES[finding.severity],
    severity: finding.severity,
    packets: packetsOf(finding),
  }));
}

function packetsOf({ evidence }: FindingView): string {
  const packets = [...new Set(evidence.flatMap(({ packet }) => packet ?? []))];
  if (packets.length > MANY_PACKETS) return `${packets.length} packets`;
  return packets.join(', ');
}

export function certaintyWord(certainty: Certainty): string {
  switch (certainty) {
    case 'seen':
      return 'Seen in the capture';
    case 'near-certain':
      return 'Near-certain: the sender keeps to the RFC';
    case 'inferred':
      return 'Inferred';
  }
}

/** What was looked for, in short. */
export const NOTHING_WRONG =
  'Looked for: silence and ICMP errors, cookies, versions and suites, certificates, fragments and MTU, losses and timers, the last flight, pre-shared keys, new handshakes on old addresses, resumption, alerts, epochs and replays, WebRTC, connection IDs, ACKs, and weak parameters.';
