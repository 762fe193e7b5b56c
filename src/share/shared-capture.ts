/** What is told of a capture as a whole. */
import type { CaptureFacts } from '../capture/datagram.ts';
import type { ShareChoices } from './choices.ts';
import type { ShareClock } from './clock.ts';
import { LONGEST_NAME, LONGEST_TEXT } from './limits.ts';
import type { SharedCapture } from './shared-trace.ts';

const MOST_PROBLEMS = 100;

/** @param named how the capture is called where its name is not told. @param redact what texts are shown as. */
export function sharedCapture(
  facts: CaptureFacts,
  named: string,
  clock: ShareClock,
  choices: ShareChoices,
  redact: (text: string) => string,
): SharedCapture {
  const { format, linkTypes, packets, udpDatagrams, ipFragmentsReassembled } = facts;
  const digits = clock.digitsOf(facts);
  const name = isNameTold(choices) ? facts.name : named;
  const time = (timeNs: bigint | null) => (timeNs === null ? null : clock.time(timeNs, digits));
  return {
    name: name.slice(0, LONGEST_NAME),
    format,
    linkTypes,
    packets,
    udpDatagrams,
    ipFragmentsReassembled,
    timeDigits: digits,
    first: time(facts.firstTimeNs),
    last: time(facts.lastTimeNs),
    problems: facts.problems.slice(0, MOST_PROBLEMS).map(({ packet, message }) => {
      const shown = name === facts.name || facts.name === '' ? message : message.replaceAll(facts.name, name);
      return { packet, message: redact(shown).slice(0, LONGEST_TEXT) };
    }),
  };
}

/** A file's name tells of its owner: it goes only with everything else. */
function isNameTold({ addresses, names, clock }: ShareChoices): boolean {
  return addresses === 'kept' && names === 'kept' && clock === 'kept';
}
