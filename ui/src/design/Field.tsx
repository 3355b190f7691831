import { type ReactNode, useId } from "react";
import { Icon } from "./icons/Icon";

/** What a control must be given so that its label, help and error are announced with it. */
export interface FieldControl {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

export interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** "optional" and the like, in meta type after the label. */
  note?: string;
  /** Label left of the control (forms) or above it. */
  layout?: "row" | "stack";
  children: (control: FieldControl) => ReactNode;
}

export function Field({ label, hint, error, note, layout = "row", children }: FieldProps) {
  const id = useId();
  const describedBy = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div className={layout === "row" ? "rh-field-row" : "rh-field"}>
      <label className="rh-field-label" htmlFor={id}>
        {label}
        {note ? <span className="rh-field-required">{note}</span> : null}
      </label>
      <div>
        {children({ id, "aria-describedby": describedBy, "aria-invalid": error ? true : undefined })}
        {error ? (
          <div className="rh-field-error" id={`${id}-error`} role="alert">
            <Icon name="error" size={12} />
            <span>{error}</span>
          </div>
        ) : hint ? (
          <div className="rh-field-hint" id={`${id}-hint`}>
            {hint}
          </div>
        ) : null}
      </div>
    </div>
  );
}
