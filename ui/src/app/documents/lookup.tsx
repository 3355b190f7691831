import { LookupPicker } from "@/features/references";
import type { Lookup } from "@/features/results";
import type { PolicyActor } from "@/ipc";

/** Chooses the row a foreign key's cell is to refer to, of a connection, as whoever the tab acts as. */
export const lookupOn =
  (profileId: string, actor: PolicyActor | null): Lookup =>
  ({ key, anchor, onPick, onClose }) => (
    <LookupPicker
      profileId={profileId}
      actor={actor}
      object={key.object}
      keyColumns={key.referenced_columns}
      anchor={anchor}
      verb="Choose"
      onPick={onPick}
      onClose={onClose}
    />
  );
