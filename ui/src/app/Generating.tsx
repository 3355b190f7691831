import { useQueryClient } from "@tanstack/react-query";
import { GenerateDialog, type GenerateDialogProps, wordsOf } from "@/features/generate";
import { imported, startTransfer } from "@/features/transfer";
import { host } from "@/ipc";
import type { Actions } from "./actions";
import { useWorkspace } from "./workspace";

/** Rows that are made up: asked for in a dialog, on their way in the status bar, seen in the tabs of their tables. */
export function Generating({ actions }: { actions: Actions }) {
  const queries = useQueryClient();
  const { profile } = useWorkspace();
  const begin: GenerateDialogProps["begin"] = (request, shown) => {
    const { profile_id, tables, dry_run } = request;
    const { title, name, done, stopped } = wordsOf(request);
    const path = tables.map(({ table }) => table.name).join(", ");
    const first = tables[0]?.table;
    const end = () => {
      if (dry_run) return;
      void queries.invalidateQueries();
      for (const { table } of tables) imported(profile_id, table.name);
    };
    const action =
      first && !dry_run
        ? { action: { label: `Open ${first.name}`, onPress: () => actions.relation(profile_id, first) } }
        : {};
    return startTransfer({ title, name, path }, { done, stopped, end, shown, calm: true, ...action }, (hear) =>
      host().generateRows(request, hear),
    );
  };
  return (
    <GenerateDialog
      connection={(profileId) => {
        const own = profile(profileId);
        return { name: own?.name ?? "this connection", production: own?.environment === "production" };
      }}
      begin={begin}
      onOpenTable={(profileId, table) => actions.relation(profileId, table)}
    />
  );
}
