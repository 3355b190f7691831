/** What other parts of the window lend: features do not know each other. */
import type { ReactNode } from "react";

export interface TextFieldProps {
  value: string;
  onChange: (text: string) => void;
  readOnly: boolean;
  label: string;
  grammar: "json" | "plain";
}

export interface Tools {
  /** JSON laid out, every token as it stands; `null` for what is none. */
  readonly layoutJson: (text: string) => string | null;
  readonly imageType: (bytes: Uint8Array) => string | undefined;
  readonly bytesOfHex: (text: string) => Uint8Array | undefined;
  readonly hexOfBytes: (bytes: Uint8Array) => string;
  /** An editor of plain text. */
  readonly text: (props: TextFieldProps) => ReactNode;
}
