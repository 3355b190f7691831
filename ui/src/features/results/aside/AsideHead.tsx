import type { ReactNode } from "react";
import { Icon, IconButton, type IconName } from "@/design";

/** The head of what stands beside the rows: what it is, of what, its own controls, and the way to close it. */
export function AsideHead({
  icon,
  title,
  meta,
  end,
  closes,
  onClose,
}: {
  icon: IconName;
  title: string;
  /** Beside the title, in the data face. */
  meta?: ReactNode;
  end?: ReactNode;
  /** What the cross says. */
  closes: string;
  onClose: () => void;
}) {
  return (
    <header className="flex items-center gap-2 h-[36px] shrink-0 px-3 border-b border-line min-w-0">
      <Icon name={icon} size={14} />
      <strong className="rh-truncate">{title}</strong>
      {meta ? <span className="rh-meta rh-truncate">{meta}</span> : null}
      <span className="flex-1" />
      {end}
      <IconButton icon="close" label={closes} keys="Escape" quiet onClick={onClose} />
    </header>
  );
}
