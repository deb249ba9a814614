import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import type { Trouble } from '../api';

/** Whether an event's target, or where it went from or to, is inside an element. */
export const holds = (element: Element | null, target: EventTarget | null): boolean =>
  element !== null && target instanceof Node && element.contains(target);

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'onClick' | 'disabled'> {
  readonly onPress: () => void;
  readonly look?: 'main' | 'quiet' | 'plain';
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}

export function Button({ onPress, look = 'quiet', children, ...rest }: ButtonProps) {
  return (
    <button type="button" class={`button ${look}`} onClick={onPress} {...rest}>
      {children}
    </button>
  );
}

/** What went wrong. A screen reader reads it at once. */
export function TroubleNote({ trouble, children }: { trouble: Trouble | undefined; children?: ComponentChildren }) {
  return (
    <div role="alert">
      {trouble && (
        <div class="trouble">
          <p>{trouble.what}</p>
          {trouble.details.length > 0 && (
            <ul>
              {trouble.details.map((detail) => (
                <li key={detail}>{detail}</li>
              ))}
            </ul>
          )}
          {children}
        </div>
      )}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly label: string;
  readonly value: T;
  readonly all: Readonly<Record<T, string>>;
  readonly onChange: (value: T) => void;
}

const keysOf = <T extends string>(all: Readonly<Record<T, string>>): T[] =>
  Object.keys(all).filter((key): key is T => key in all);

/** One of a few choices, all of them visible. */
export function Segments<T extends string>({ name, label, value, all, onChange }: ChoiceProps<T>) {
  return (
    <fieldset class="segments">
      <legend>{label}</legend>
      <div>
        {keysOf(all).map((each) => (
          <label key={each}>
            <input type="radio" name={name} value={each} checked={each === value} onChange={() => onChange(each)} />
            <span>{all[each]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly max?: number;
  readonly onInput: (value: string) => void;
}

export function Field({ label, value, hint, max, onInput }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        placeholder={hint}
        maxLength={max}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
