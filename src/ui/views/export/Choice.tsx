/** One of a few, side by side. */

interface Props<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly of: readonly (readonly [value: Value, name: string])[];
  readonly onChoose: (value: Value) => void;
}

export function Choice<Value extends string>({ label, value, of, onChoose }: Props<Value>) {
  return (
    <fieldset className="choice" aria-label={label}>
      <span className="label" aria-hidden="true">
        {label}
      </span>
      {of.map(([one, name]) => (
        <button key={one} type="button" aria-pressed={one === value} onClick={() => onChoose(one)}>
          {name}
        </button>
      ))}
    </fieldset>
  );
}
