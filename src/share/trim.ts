/** What can be left out of a trace that is too long for a link, least painful first. Pure: sizes are measured elsewhere. */
import type { AssociationDetail, TransmissionView } from '../analysis/trace.ts';
import { LEAST, type ShareChoices } from './choices.ts';

export type TrimId = 'data' | 'attempt' | 'certificates' | 'association';

export interface Trim {
  readonly id: TrimId;
  readonly says: string;
  readonly choices: ShareChoices;
}

/** Those that leave something out of these choices. `detail`: of the association that is looked at. */
export function trims(choices: ShareChoices, detail: AssociationDetail | null, associations: number): readonly Trim[] {
  const attempt = detail && attemptRange(detail);
  const chosen = choices.associations?.length ?? associations;
  const all: readonly (Trim | null)[] = [
    choices.applicationData === LEAST.applicationData
      ? null
      : {
          id: 'data',
          says: 'Leave application data out',
          choices: { ...choices, applicationData: LEAST.applicationData },
        },
    detail && attempt && choices.timeRange === null
      ? {
          id: 'attempt',
          says: 'Only the last attempt of the handshake, with a flight around it',
          choices: { ...choices, associations: [detail.association.id], timeRange: attempt },
        }
      : null,
    choices.certificates === 'digests' || choices.names === 'blanked'
      ? null
      : {
          id: 'certificates',
          says: 'Make certificates unreadable',
          choices: { ...choices, certificates: 'digests' },
        },
    detail && chosen > 1
      ? {
          id: 'association',
          says: 'Only the association that is shown',
          choices: { ...choices, associations: [detail.association.id] },
        }
      : null,
  ];
  return all.filter((trim) => trim !== null);
}

/**
 * The transmission with which the last handshake that came to nothing ended (of those that did not, the last one), and
 * one before and after it. Null where it is the whole association.
 */
export function attemptRange({ association }: AssociationDetail): ShareChoices['timeRange'] {
  const { handshakes } = association;
  const handshake = handshakes.findLast(({ outcome }) => outcome !== 'established') ?? handshakes.at(-1);
  if (!handshake) return null;
  const sent: readonly TransmissionView[] = handshake.flights
    .flatMap(({ transmissions }) => transmissions)
    .toSorted((a, b) => a.startMs - b.startMs);
  const last = sent.findLastIndex(({ startMs }) => startMs <= handshake.endMs);
  const around = sent.slice(Math.max(0, last - 1), last + 2);
  const [first] = around;
  if (!first) return null;
  const toMs = Math.max(handshake.endMs, ...around.map(({ endMs }) => endMs));
  const whole = first.startMs <= association.startMs && toMs >= association.endMs;
  return whole ? null : { fromMs: first.startMs, toMs };
}
