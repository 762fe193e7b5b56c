/** Pasted lines of a key log. */
import { type FormEvent, useState } from 'react';
import { asText } from '../../drop.ts';
import { openFiles } from '../../opening.ts';

export function KeyLogForm() {
  const [text, setText] = useState('');
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    openFiles([asText(text)], true);
    setText('');
  };
  return (
    <form className="more" onSubmit={add}>
      <label htmlFor="more-keys" className="label">
        More key log lines
      </label>
      <textarea
        id="more-keys"
        rows={3}
        value={text}
        spellCheck={false}
        autoComplete="off"
        placeholder="CLIENT_RANDOM 52362c10… 4c1b9f…"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" className="tool" disabled={text.trim() === ''}>
        Add lines
      </button>
    </form>
  );
}
