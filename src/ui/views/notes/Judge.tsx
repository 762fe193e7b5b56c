/** What the reader thinks of a finding: confirmed, rejected with a reason, or something to say about it. */
import { useMemo } from 'react';
import type { FindingView } from '../../../analysis/finding.ts';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { findingAnchor, judgementOf } from '../../../present/note-places.ts';
import { useStore } from '../../store/store.ts';
import { NoteText } from './NoteText.tsx';

interface Props {
  readonly finding: FindingView;
  readonly detail: AssociationDetail;
}

export function Judge({ finding, detail }: Props) {
  const notes = useStore((s) => s.notes);
  const { notify, startNote, editNote, writeNote, showZone } = useStore.getState();
  const note = judgementOf(notes, detail, finding);
  const anchor = findingAnchor(detail, finding);
  const judge = (judgement: 'confirmed' | null) => {
    const problem = useStore.getState().judge(anchor, judgement);
    if (problem !== null) notify(problem);
  };
  const write = (judgement: 'rejected' | null) => {
    showZone('diagram');
    if (judgement && note) {
      editNote(note);
      writeNote({ judgement });
    } else startNote([anchor], judgement);
  };
  return (
    <>
      {note && note.text !== '' && (
        <div className="judged-because">
          <NoteText text={note.text} />
        </div>
      )}
      <fieldset className="judge" aria-label="What you think of this finding">
        <button
          type="button"
          className="link"
          aria-pressed={note?.judgement === 'confirmed'}
          onClick={() => judge(note?.judgement === 'confirmed' ? null : 'confirmed')}
        >
          {note?.judgement === 'confirmed' ? 'Confirmed' : 'Confirm'}
        </button>
        <button
          type="button"
          className="link"
          aria-pressed={note?.judgement === 'rejected'}
          onClick={() => (note?.judgement === 'rejected' ? judge(null) : write('rejected'))}
        >
          {note?.judgement === 'rejected' ? 'Rejected' : 'Reject'}
        </button>
        <button type="button" className="link" onClick={() => write(null)}>
          Note
        </button>
      </fieldset>
    </>
  );
}

/** In the head of its card. */
export function Judged({
  finding,
  detail,
}: {
  readonly finding: FindingView;
  readonly detail: AssociationDetail | null;
}) {
  const notes = useStore((s) => s.notes);
  const judgement = useMemo(
    () => detail && (judgementOf(notes, detail, finding)?.judgement ?? null),
    [notes, detail, finding],
  );
  return judgement && <span className={`judged judged-${judgement}`}>{judgement}</span>;
}

/** "2 of 5 judged: 1 confirmed, 1 rejected." */
export function JudgedCount({
  findings,
  detail,
}: {
  readonly findings: readonly FindingView[];
  readonly detail: AssociationDetail | null;
}) {
  const notes = useStore((s) => s.notes);
  if (!detail) return null;
  const judged = findings.map((finding) => judgementOf(notes, detail, finding)?.judgement ?? null);
  const count = (what: string) => judged.filter((one) => one === what).length;
  const [confirmed, rejected] = [count('confirmed'), count('rejected')];
  if (confirmed + rejected === 0) return null;
  return (
    <p className="judged-count">
      {confirmed + rejected} of {findings.length} judged: {confirmed} confirmed, {rejected} rejected.
    </p>
  );
}
