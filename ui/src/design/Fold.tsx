/** Something that is there for who looks for it. */
import type { ReactNode } from "react";
import { Icon } from "./icons/Icon";

export function Fold({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <details className="rh-fold">
      <summary>
        <Icon name="chevron-right" size={12} /> {label}
      </summary>
      {children}
    </details>
  );
}
