import { type ComponentProps, type ReactNode, useId } from "react";

import type { Option } from "@/lib/options";

import { cx } from "./cx";

export const INPUT_CLASS =
  "h-8 w-full rounded-md border border-line-strong pointer-coarse:h-11 bg-surface px-2.5 text-base text-ink hover:border-ink";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  className?: string;
  children: (ids: { id: string; "aria-describedby": string | undefined }) => ReactNode;
}

/** A label, its control and a hint, associated for screen readers. */
export function Field({ label, hint, className, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      {children({ id, "aria-describedby": hint === undefined ? undefined : hintId })}
      {hint !== undefined && (
        <p id={hintId} className="mt-1 text-xs text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

type TextProps = Omit<ComponentProps<"input">, "id"> & { label: string; hint?: ReactNode };

export function TextField({ label, hint, className, ...props }: TextProps) {
  return (
    <Field label={label} hint={hint} className={className}>
      {(ids) => <input {...ids} {...props} className={INPUT_CLASS} />}
    </Field>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly Option[];
  onChange: (value: string) => void;
  disabled?: boolean;
  hint?: ReactNode;
  className?: string;
}

type SelectInputProps = Omit<ComponentProps<"select">, "onChange"> &
  Pick<SelectProps, "options" | "onChange">;

/** A select without a visible label; the caller names it. */
export function SelectInput({ options, onChange, className, ...props }: SelectInputProps) {
  return (
    <select
      {...props}
      className={cx(INPUT_CLASS, className)}
      onChange={(event) => {
        onChange(event.target.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

export function SelectField({ label, hint, className, ...props }: SelectProps) {
  return (
    <Field label={label} hint={hint} className={className}>
      {(ids) => <SelectInput {...ids} {...props} className="pr-7" />}
    </Field>
  );
}
