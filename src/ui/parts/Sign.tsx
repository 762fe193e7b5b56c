/**
 * How sure a sentence is: a filled dot for what was seen, a square on its corner for what is as good as seen, filled for
 * what two captures prove, and a dashed ring for what is inferred.
 */
import type { Sureness } from '../../present/evidence-rows.ts';

export function Sign({ certainty }: { readonly certainty: Sureness }) {
  return (
    <svg className="sign" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
      {certainty === 'proven' && <path d="M5 .4 9.6 5 5 9.6.4 5Z" fill="var(--text)" />}
      {certainty === 'seen' && <circle cx="5" cy="5" r="3.6" fill="var(--text)" />}
      {certainty === 'near-certain' && (
        <path d="M5 .8 9.2 5 5 9.2.8 5Z" fill="none" stroke="var(--text)" strokeWidth="1.4" />
      )}
      {certainty === 'inferred' && (
        <circle cx="5" cy="5" r="3.6" fill="none" stroke="var(--text)" strokeWidth="1.4" strokeDasharray="2 1.4" />
      )}
    </svg>
  );
}
