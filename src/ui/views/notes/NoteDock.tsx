/** Under the diagram: the note that is being written, or the one that is presented. */
import { lazy, Suspense } from 'react';
import { useStore } from '../../store/store.ts';
import { Presented } from './Presented.tsx';
import './notes.css';
import './dock.css';

const NoteEditor = lazy(() => import('./NoteEditor.tsx'));

export function NoteDock() {
  const draft = useStore((s) => s.draft);
  if (!draft) return <Presented />;
  return (
    <Suspense fallback={null}>
      <NoteEditor key={draft.was?.id ?? ''} draft={draft} />
    </Suspense>
  );
}
