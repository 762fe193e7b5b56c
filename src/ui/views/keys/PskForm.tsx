/** A pre-shared key, in hex or as text, for one identity or for any. */
import { type FormEvent, useMemo, useState } from 'react';
import { pskIdentities } from '../../../present/key-rows.ts';
import { page } from '../../page.ts';
import { useStore } from '../../store/store.ts';

/** Identities of the captures that are offered to choose from. */
const OFFERED = 50;

export function PskForm() {
  const [identity, setIdentity] = useState('');
  const [key, setKey] = useState('');
  const [text, setText] = useState(false);
  const associations = useStore((s) => s.trace.associations);
  const identities = useMemo(() => pskIdentities(associations).slice(0, OFFERED), [associations]);
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
        placeholder={identities[0] === undefined ? 'any' : `any, or ${identities[0]}`}
        list="psk-identities"
        onChange={(event) => setIdentity(event.currentTarget.value)}
      />
      <datalist id="psk-identities">
        {identities.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
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
