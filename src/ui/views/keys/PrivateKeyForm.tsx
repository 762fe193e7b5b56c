/** The server's RSA private key, as a file or as pasted PEM. */
import { type ChangeEvent, type FormEvent, useState } from 'react';
import { asInput } from '../../drop.ts';
import { page } from '../../page.ts';

const PASTED_KEY = 'pasted private key';

export function PrivateKeyForm() {
  const [pem, setPem] = useState('');
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (pem.trim() === '') return;
    if (await page.addPrivateKey({ name: PASTED_KEY, blob: new Blob([pem], { type: 'text/plain' }) })) setPem('');
  };
  const take = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    for (const file of asInput(currentTarget.files ?? [])) void page.addPrivateKey(file);
    currentTarget.value = '';
  };
  return (
    <form className="more" onSubmit={(event) => void add(event)}>
      <label htmlFor="private-key" className="label">
        RSA private key of the server, PEM. It opens suites that begin with TLS_RSA and nothing else.
      </label>
      <textarea
        id="private-key"
        rows={3}
        value={pem}
        spellCheck={false}
        autoComplete="off"
        placeholder="-----BEGIN PRIVATE KEY-----"
        onChange={(event) => setPem(event.currentTarget.value)}
      />
      <span className="stack">
        <label className="tool file-choice">
          Choose a file
          <input type="file" className="unseen" onChange={take} />
        </label>
        <button type="submit" className="tool" disabled={pem.trim() === ''}>
          Add private key
        </button>
      </span>
    </form>
  );
}
