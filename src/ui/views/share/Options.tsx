/** A row of the dialog: one question, its possible answers under each other, each with what it would add. */
import type { ReactNode } from 'react';
import { grouped } from '../../../present/association-row.ts';
import type { ShareSize } from '../../../worker/sharing-protocol.ts';

export interface Option<Value extends string> {
  readonly value: Value;
  readonly name: string;
  readonly more?: ReactNode;
  /** What follows it while it is chosen. */
  readonly below?: ReactNode;
}

interface Props<Value extends string> {
  readonly name: string;
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  /** By `name value`. */
  readonly sizes: Readonly<Record<string, ShareSize>>;
  /** Characters of what is chosen now; null while that is not known. */
  readonly now: number | null;
  readonly onChoose: (value: Value) => void;
}

export function Options<Value extends string>({ name, value, options, sizes, now, onChoose }: Props<Value>) {
  return (
    <fieldset className="share-row share-options">
      <legend>{name}</legend>
      <div>
        {options.map((option) => {
          const size = sizes[`${name} ${option.value}`];
          return (
            <div key={option.value}>
              <label>
                <input
                  type="radio"
                  name={`share-${name}`}
                  checked={option.value === value}
                  onChange={() => onChoose(option.value)}
                />
                <span>
                  {option.name}
                  {option.more && <span className="muted"> {option.more}</span>}
                  {size && now !== null && option.value !== value && (
                    <span className="muted nowrap"> {difference(size.characters - now)}</span>
                  )}
                </span>
              </label>
              {option.value === value && option.below}
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}

/** "+115", "−40", "same length". */
export function difference(by: number): string {
  if (by === 0) return 'same length';
  return `${by > 0 ? '+' : '−'}${grouped(Math.abs(by))}`;
}
