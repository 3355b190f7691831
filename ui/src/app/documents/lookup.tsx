import { LookupPicker } from "@/features/references";
import type { Lookup } from "@/features/results";

/** Chooses the row a foreign key's cell is to refer to, of a connection. */
export const lookupOn =
  (profileId: string): Lookup =>
  ({ key, anchor, onPick, onClose }) => (
    <LookupPicker
      profileId={profileId}
      object={key.object}
      keyColumns={key.referenced_columns}
      anchor={anchor}
      verb="Choose"
      onPick={onPick}
      onClose={onClose}
    />
  );
