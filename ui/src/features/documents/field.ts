import type { ReactNode } from "react";
import type { TextRange } from "@/ipc";

/** A field for a text of several lines in the connection's own language, that somebody else draws. */
export interface TextField {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly onCancel?: () => void;
  /** What is not understood of it. */
  readonly wrong: TextRange | null;
  /** What comes before it in the statement it is part of: for completion. */
  readonly before: string;
  readonly focus?: boolean;
  readonly describedBy?: string;
  readonly example?: string;
  /** As high as its place. */
  readonly tall?: boolean;
}

export type TextFieldSlot = (field: TextField) => ReactNode;
