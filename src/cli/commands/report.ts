/** `dtlscope report`: what happened. */

import { SEVERITIES } from '../../analysis/finding.ts';
import type { Session } from '../../analysis/session.ts';
import type { Association } from '../../analysis/trace.ts';
import { reportParts } from '../../report/report.ts';
import { type Arguments, UsageError } from '../arguments.ts';

export interface Style {
  readonly generator: string;
  /** Escape sequences allowed: output goes to a terminal. */
  readonly colour: boolean;
}

export function report(session: Session, args: Arguments, { generator, colour }: Style): Iterable<string> {
  const { format, data, srtpKeys, summary, theme } = args;
  const associations = choose(session.trace().associations, args.association);
  if (format === 'svg') oneForADiagram(associations);
  const alone = args.association !== null;
  return reportParts(session, {
    format,
    generator,
    associations,
    alone,
    data,
    srtpKeys,
    summary,
    colour,
    theme: theme ?? 'light',
  });
}

/** Whether a finding of the chosen associations, or of the trace, is at or above the severity of --fail-on. */
export function failsOn(session: Session, { failOn, association }: Arguments): boolean {
  if (failOn === null) return false;
  const trace = session.trace();
  const all = [...trace.findings, ...choose(trace.associations, association).flatMap((a) => a.findings)];
  const limit = SEVERITIES.indexOf(failOn);
  return all.some((f) => SEVERITIES.indexOf(f.severity) <= limit);
}

function choose(associations: readonly Association[], id: string | null): readonly Association[] {
  if (id === null) return associations;
  const found = associations.filter((a) => a.id === id);
  if (found.length > 0) return found;
  const range = associations.length === 0 ? 'there is none' : `there are a1 to a${associations.length}`;
  throw new UsageError(`There is no association ${id}: ${range}.`);
}

function oneForADiagram({ length }: readonly Association[]): void {
  if (length === 0) throw new UsageError('There is no DTLS to draw a diagram of.');
  if (length > 1)
    throw new UsageError(`A diagram shows one association and there are ${length}: name one with --association.`);
}
