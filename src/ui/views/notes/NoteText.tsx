/** The text of a note: text nodes, code and links, and nothing else of what it may hold. */
import { useMemo } from 'react';
import { notePieces, signOf } from '../../../share/notes-text.ts';

export function NoteText({ text }: { readonly text: string }) {
  const pieces = useMemo(() => notePieces(text), [text]);
  return (
    <bdi className="note-text">
      {pieces.map((piece, i) => {
        switch (piece.is) {
          case 'code':
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity than their place
            return <code key={i}>{piece.text}</code>;
          case 'link':
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <a key={i} href={piece.text} target="_blank" rel="noreferrer noopener">
                {piece.text}
              </a>
            );
          case 'sign':
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <span key={i} className="note-sign" title="A character that is not seen">
                {signOf(piece.text)}
              </span>
            );
          default:
            return piece.text;
        }
      })}
    </bdi>
  );
}
