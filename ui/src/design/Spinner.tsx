import { classes } from "./classes";

export function Spinner({ size = 12, label }: { size?: 12 | 16; label?: string }) {
  const className = classes("rh-spinner", size === 16 && "rh-spinner-16");
  return label ? (
    <span className={className} role="status" aria-label={label} />
  ) : (
    <span className={className} aria-hidden="true" />
  );
}
