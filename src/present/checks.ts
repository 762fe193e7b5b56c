/** What could be recomputed, and what stayed closed, as lines to read. */
import type { RecordView, VerificationView } from '../analysis/trace.ts';
import type { Shape } from './association-row.ts';

export interface Check {
  readonly shape: Shape;
  readonly what: string;
  /** "of the client: valid, recomputed". */
  readonly words: string;
  readonly record: number;
}

const VERDICTS: Readonly<Record<VerificationView['verdict'], readonly [Shape, string]>> = {
  valid: ['ok', 'valid, recomputed'],
  invalid: ['failure', 'invalid: recomputing gives something else'],
  'not-checkable': ['note', 'could not be recomputed'],
};

const WHAT: Readonly<Record<VerificationView['what'], string>> = {
  'PSK binder': 'PSK binder',
  Finished: 'Finished',
  ServerKeyExchange: 'ServerKeyExchange signature',
  CertificateVerify: 'CertificateVerify signature',
  'certificate chain': 'Certificate chain',
};

/** What is invalid comes first. */
export function checks(
  verifications: readonly VerificationView[],
  roles: Record<'client' | 'server', string>,
): Check[] {
  const lines = verifications.map(({ what, sender, record, verdict }): Check => {
    const [shape, words] = VERDICTS[verdict];
    return { shape, what: WHAT[what], words: `of ${roles[sender]}: ${words}`, record };
  });
  return [...lines.filter((line) => line.shape === 'failure'), ...lines.filter((line) => line.shape !== 'failure')];
}

export interface ClosedGroup {
  readonly why: string;
  readonly records: number;
  /** The first of them. */
  readonly first: number;
}

/** Records that stayed closed, counted by reason; the most frequent reason first. */
export function closedGroups(records: readonly RecordView[]): ClosedGroup[] {
  const groups = new Map<string, { records: number; first: number }>();
  for (const { state, explanation, record } of records) {
    if (state !== 'undecryptable' || explanation === null) continue;
    const group = groups.get(explanation);
    if (group) group.records++;
    else groups.set(explanation, { records: 1, first: record });
  }
  return [...groups].map(([why, group]) => ({ why, ...group })).sort((a, b) => b.records - a.records);
}
