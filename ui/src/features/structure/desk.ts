/** What everything about a schema's changes needs at hand. */
import { createContext, type ReactNode, useContext } from "react";
import type { AppError, ObjectRef, StructureAbilities, StructureDraft, StructureEdit, TextRange } from "@/ipc";
import type { Place } from "./model";

/** A field for SQL, as the shell has it. */
export interface SqlFieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** What comes before the text in the statement that it is part of. */
  readonly before: string;
  readonly wrong: TextRange | null;
  readonly label: string;
  readonly describedBy?: string | undefined;
  readonly example: string;
  readonly focus?: boolean;
}

export interface Desk {
  readonly place: Place;
  readonly abilities: StructureAbilities;
  readonly draft: StructureDraft | undefined;
  /** Why nothing can be staged; `undefined` where it can. */
  readonly readOnly: string | undefined;
  /** Stages edits as one step. Answers what was wrong with them; nothing is staged then. */
  readonly stage: (edits: readonly StructureEdit[]) => Promise<AppError | null>;
  readonly field: (props: SqlFieldProps) => ReactNode;
  readonly highlight: (sql: string) => ReactNode;
  readonly onOpen: (object: ObjectRef) => void;
}

const Context = createContext<Desk | null>(null);
export const DeskProvider = Context.Provider;

export function useDesk(): Desk {
  const desk = useContext(Context);
  if (!desk) throw new Error("DeskProvider is missing.");
  return desk;
}
