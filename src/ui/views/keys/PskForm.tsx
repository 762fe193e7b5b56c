/** A pre-shared key, in hex or as text, for one identity or for any. */
import { type FormEvent, useState } from 'react';
import { page } from '../../page.ts';

export function PskForm() {
  const [identity, setIdentity] = useState('');
  const [key, setKey] = useState('');
  const [text, setText] = useState(false);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (key === '' || !(await page.addPsk({ identity, key, text }))) return;
    setKey('');
    setIdentity('');
  };
  return (
    <form className="more psk" onSubmit={(event) => void add(event)}>
      <label htmlFor="psk-identity" className="label">
        Identity, if it is for one only
      </label>
      <label htmlFor="psk-key" className="label">
        Pre-shared key
      </label>
      <input
        id="psk-identity"
        value={identity}
        spellCheck={false}
        autoComplete="off"
        placeholder="any"
        onChange={(event) => setIdentity(event.currentTarget.value)}
      />
      <span className="key-and-form">
        <input
          id="psk-key"
          value={key}
          spellCheck={false}
          autoComplete="off"
          placeholder={text ? 'secretPSK' : '5a f1 c0 de …'}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <fieldset className="choice" aria-label="The key is">
          <button type="button" aria-pressed={!text} onClick={() => setText(false)}>
            hex
          </button>
          <button type="button" aria-pressed={text} onClick={() => setText(true)}>
            text
          </button>
        </fieldset>
      </span>
      <button type="submit" className="tool" disabled={key === ''}>
        Add pre-shared key
      </button>
    </form>
  );
}
