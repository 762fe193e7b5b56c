/** Private keys that are encrypted: each asks for its password. The password is used once and kept nowhere. */
import { type FormEvent, useState } from 'react';
import { page } from '../../page.ts';
import { useStore } from '../../store/store.ts';
import type { LockedKey } from '../../store/trace.ts';

export function LockedKeys() {
  const locked = useStore((s) => s.locked);
  return locked.map((key) => <PasswordForm key={key.file.name} locked={key} />);
}

function PasswordForm({ locked: { file, message } }: { readonly locked: LockedKey }) {
  const [password, setPassword] = useState('');
  const add = (event: FormEvent) => {
    event.preventDefault();
    void page.addPrivateKey(file, password);
    setPassword('');
  };
  return (
    <form className="more" onSubmit={add}>
      <label htmlFor={`password of ${file.name}`} role="alert">
        {message}
      </label>
      <input
        id={`password of ${file.name}`}
        type="password"
        value={password}
        autoComplete="off"
        placeholder="Password of the private key"
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <button type="submit" className="tool primary">
        Unlock
      </button>
    </form>
  );
}
