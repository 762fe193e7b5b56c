/** A search box over the rows of a view. Esc clears it, and leaves it when there is nothing to clear. */
import type { KeyboardEvent } from 'react';

interface Props {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** For those who do not see the placeholder. */
  readonly name: string;
  readonly placeholder: string;
}

export function SearchBox({ value, onChange, name, placeholder }: Props) {
  const leave = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    if (value === '') event.currentTarget.blur();
    else onChange('');
  };
  return (
    <input
      className="search-box"
      type="search"
      value={value}
      aria-label={name}
      title={name}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={leave}
    />
  );
}
