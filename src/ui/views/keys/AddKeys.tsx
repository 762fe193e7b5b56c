/** Keys that are typed or pasted: lines of a key log, a pre-shared key, or a private key. */
import { type ReactNode, useState } from 'react';
import { KeyLogForm } from './KeyLogForm.tsx';
import { PrivateKeyForm } from './PrivateKeyForm.tsx';
import { PskForm } from './PskForm.tsx';

type Kind = 'log' | 'psk' | 'private';

const KINDS: readonly (readonly [Kind, string])[] = [
  ['log', 'Key log lines'],
  ['psk', 'Pre-shared key'],
  ['private', 'Private key'],
];

const FORMS: Readonly<Record<Kind, () => ReactNode>> = { log: KeyLogForm, psk: PskForm, private: PrivateKeyForm };

export function AddKeys() {
  const [kind, setKind] = useState<Kind>('log');
  const Form = FORMS[kind];
  return (
    <section className="add-keys" aria-label="Add keys">
      <fieldset className="choice" aria-label="What to add">
        <span className="label">Add</span>
        {KINDS.map(([id, name]) => (
          <button key={id} type="button" aria-pressed={id === kind} onClick={() => setKind(id)}>
            {name}
          </button>
        ))}
      </fieldset>
      <Form />
    </section>
  );
}
