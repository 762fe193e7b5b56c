/** The dialog behind `g`: a number, and the page is there. */
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { formsOf, goalOf, isFound } from '../../present/go-to.ts';
import { page } from '../page.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { useStore } from '../store/store.ts';
import { showZone } from '../zones.ts';

export function GoTo() {
  const close = useStore((s) => s.closePanel);
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState('');
  const input = useRef<HTMLInputElement>(null);
  // After the dialog has put the focus on its first button.
  useEffect(() => input.current?.focus(), []);
  const around = () => {
    const { trace, detail } = useStore.getState();
    return { ...trace, detail };
  };
  const arrive = (association: string, record: number | null) => {
    close();
    page.goTo(association, record);
    showZone('diagram');
  };
  const go = async (event: FormEvent) => {
    event.preventDefault();
    if (typed.trim() === '') return;
    const goal = goalOf(typed, around());
    if (goal.is === 'nowhere') return setWrong(goal.says);
    if (goal.is === 'place') return arrive(goal.association, goal.record);
    const answer = await page.find(goal.sought);
    if (isFound(answer)) arrive(answer.association, answer.record);
    else setWrong(answer);
  };
  return (
    <Dialog title="Go to" onClose={close}>
      <form className="go-to" onSubmit={(event) => void go(event)}>
        <label>
          <span className="unseen">Number to go to</span>
          <input
            ref={input}
            value={typed}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            aria-describedby="go-to-says"
            aria-invalid={wrong !== ''}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              setWrong('');
            }}
          />
        </label>
        <button type="submit" className="tool primary">
          Go
        </button>
        <p id="go-to-says" role="status">
          {wrong || formsOf(around())}
        </p>
      </form>
    </Dialog>
  );
}
