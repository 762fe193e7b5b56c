/** Everything that the analysis and its reports can be asked of an input, for captures that are meant to break it. */
import { Session } from '../src/analysis/session.ts';
import type { AssociationDetail, TraceSummary } from '../src/analysis/trace.ts';
import { readArguments } from '../src/cli/arguments.ts';
import { report } from '../src/cli/commands/report.ts';
import type { HostileInput } from './hostile-shapes.ts';

export { SHAPES } from './hostile-shapes.ts';

export async function openInput({ captures, keys }: HostileInput): Promise<Session> {
  const session = new Session();
  await session.open(captures, { add: true });
  if (keys !== null) session.addKeyLog(keys, 'hostile.keys');
  return session;
}

export function reportAs(session: Session, format: 'json' | 'text' | 'markdown', ...options: string[]): string {
  const parts = report(session, readArguments(['report', 'x', '-f', format, ...options]), {
    generator: 'test',
    colour: false,
  });
  return [...parts].join('');
}

export interface Whole {
  readonly trace: TraceSummary;
  readonly details: readonly AssociationDetail[];
}

/** The trace and all details. */
export function readAll(session: Session): Whole {
  const trace = session.trace();
  return { trace, details: trace.associations.flatMap(({ id }) => session.association(id) ?? []) };
}

/** Associations that `readWhole` opens: nobody looks at more of them, and their signatures take long. */
const OPENED = 200;

/** As much of it as a long look at the file costs a user; what scripts/scaling.mjs measures. */
export async function readWhole(input: HostileInput) {
  const session = await openInput(input);
  const trace = session.trace();
  for (const { id } of trace.associations.slice(0, OPENED)) session.association(id);
  const text = reportAs(session, 'text');
  const json = reportAs(session, 'json', '--summary');
  return {
    associations: trace.associations.length,
    records: trace.captures.reduce((n, c) => n + c.dtlsRecords, 0),
    findings: trace.associations.reduce((n, a) => n + a.findings.length, 0),
    length: text.length + json.length,
  };
}
