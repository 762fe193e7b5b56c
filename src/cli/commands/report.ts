/** `dtlscope report`: what happened. */

import { type FindingView, SEVERITIES } from '../../analysis/finding.ts';
import type { Session } from '../../analysis/session.ts';
import { reportParts } from '../../report/report.ts';
import { type Arguments, UsageError } from '../arguments.ts';

export interface Style {
  readonly generator: string;
  /** Escape sequences allowed: output goes to a terminal. */
  readonly colour: boolean;
}

export function report(session: Session, args: Arguments, { generator, colour }: Style): Iterable<string> {
  const { format, data, srtpKeys, summary, theme } = args;
  const ids = choose(session, args.association);
  if (format === 'svg') oneForADiagram(ids);
  const alone = args.association !== null;
  return reportParts(session, {
    format,
    generator,
    ids,
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
  const limit = SEVERITIES.indexOf(failOn);
  const fails = (found: readonly FindingView[]) => found.some((f) => SEVERITIES.indexOf(f.severity) <= limit);
  if (fails(session.findings())) return true;
  for (const { findings } of session.associations(choose(session, association))) if (fails(findings)) return true;
  return false;
}

function choose(session: Session, id: string | null): readonly string[] {
  const ids = session.ids();
  if (id === null) return ids;
  if (ids.includes(id)) return [id];
  const range = ids.length === 0 ? 'there is none' : `there are a1 to a${ids.length}`;
  throw new UsageError(`There is no association ${id}: ${range}.`);
}

function oneForADiagram({ length }: readonly string[]): void {
  if (length === 0) throw new UsageError('There is no DTLS to draw a diagram of.');
  if (length > 1)
    throw new UsageError(`A diagram shows one association and there are ${length}: name one with --association.`);
}
