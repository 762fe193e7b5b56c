/** What must hold of everything that the analysis says, whatever it was given. */
import type { EvidenceView, FindingView } from '../src/analysis/finding.ts';
import type { Session } from '../src/analysis/session.ts';
import type { MachineStepView } from '../src/analysis/story.ts';
import { readAll } from './hostile-reading.ts';

const UNSPOKEN = /undefined|NaN|Infinity|\[object/;

/** Complaints; none where all is well. */
export function complaintsAbout(session: Session): string[] {
  const { trace, details } = readAll(session);
  const complaints: string[] = [];
  const packets = Math.max(0, ...trace.captures.map((c) => c.packets));
  const owners = new Map(details.flatMap((d) => d.records.map((r) => [r.record, r] as const)));
  if (details.length !== trace.associations.length) complaints.push('an association without detail');

  const named = (what: string, record: number | null, packet: number | null = null) => {
    const found = record === null ? null : owners.get(record);
    if (found === undefined) complaints.push(`${what}: there is no record ${record}`);
    if (found && packet !== null && !found.packets.includes(packet))
      complaints.push(`${what}: record ${record} is not in packet ${packet}`);
    if (packet !== null && !(packet >= 1 && packet <= packets))
      complaints.push(`${what}: there is no packet ${packet}`);
  };
  const finding = (f: FindingView, all: readonly FindingView[]) => {
    if (f.evidence.length === 0) complaints.push(`${f.rule}: no evidence`);
    for (const { record, packet, says } of f.evidence as readonly EvidenceView[]) {
      named(f.rule, record, packet);
      if (says === '') complaints.push(`${f.rule}: evidence that says nothing`);
    }
    for (const text of [f.title, f.explanation, f.advice, ...f.alternatives])
      if (typeof text !== 'string' || text === '' || /\bnull\b/.test(text)) complaints.push(`${f.rule}: ${text}`);
    if (f.consequenceOf !== null && ![...all, ...trace.findings].some((other) => other.rule === f.consequenceOf))
      complaints.push(`${f.rule}: a consequence of what is not there`);
  };
  const step = (what: string, s: MachineStepView) => {
    named(what, s.record, s.record === null ? null : s.packet);
    for (const record of s.evidence) named(what, record);
  };

  for (const f of trace.findings) finding(f, trace.findings);
  for (const a of trace.associations) {
    if (a.findings.filter((f) => f.headline).length > 1) complaints.push(`${a.id}: two headlines`);
    for (const f of a.findings) finding(f, a.findings);
  }
  for (const { records, losses, machines, association } of details) {
    for (const r of records) for (const e of r.fate?.evidence ?? []) named(`fate of ${r.record}`, e);
    for (const loss of losses) {
      for (const r of [...loss.records, ...loss.evidence]) named('loss', r);
      if (loss.sequenceNumbers.some((n, i) => i > 0 && n <= (loss.sequenceNumbers[i - 1] ?? 0)))
        complaints.push('a loss with numbers out of order');
    }
    for (const side of [machines.client, machines.server, ...machines.postHandshake.map((p) => p.steps)])
      for (const s of side) step(`machines of ${association.id}`, s);
    const [some] = records;
    if (some && session.record(some.record) === null) complaints.push('a record without detail');
    session.srtpKeys(association.id);
  }
  walk(trace, 'trace', complaints);
  for (const d of details) walk(d, d.association.id, complaints);
  return complaints.slice(0, 5);
}

/** Plain data, finite numbers, and no words that only a program says. */
function walk(value: unknown, path: string, complaints: string[]): void {
  if (typeof value === 'string') {
    if (UNSPOKEN.test(value)) complaints.push(`${path}: ${value}`);
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) complaints.push(`${path}: ${value}`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`, complaints);
  } else if (typeof value !== 'boolean' && value !== null && value !== undefined) {
    complaints.push(`${path}: a ${typeof value}`);
  }
}

export function textComplaints(text: string): string[] {
  const found = UNSPOKEN.exec(text);
  return found ? [text.slice(Math.max(0, found.index - 80), found.index + 80)] : [];
}
