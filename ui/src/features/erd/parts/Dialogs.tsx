/** What is asked about diagrams: their names, what they show, and whether one is to go. */
import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { announce, ConfirmDialog, plural } from "@/design";
import { type DiagramScope, type DiagramSummary, failureOf, host } from "@/ipc";
import { diagramsKey, freeName } from "../queries";
import type { DiagramStore } from "../store";
import { ALL } from "../useOpening";
import { NameDialog } from "./NameDialog";
import { ScopeDialog } from "./ScopeDialog";

export type Asking = "new" | "copy" | "rename" | "remove" | "scope" | null;

export function Dialogs({
  store,
  diagrams,
  asking,
  onAsk,
  onMake,
  onShow,
  onOpened,
}: {
  store: DiagramStore;
  diagrams: readonly DiagramSummary[] | undefined;
  asking: Asking;
  onAsk: (asking: Asking) => void;
  onMake: (name: string, scope: DiagramScope) => Promise<void>;
  onShow: (id: string | null) => Promise<void>;
  onOpened: (id: string) => void;
}) {
  const { scene, name, selected } = useSyncExternalStore(store.subscribe, store.snapshot);
  const queries = useQueryClient();
  const drawing = scene?.drawing;
  const taken = (diagrams ?? []).map((each) => each.name);
  const close = () => onAsk(null);
  const attempt = (work: (id: string) => Promise<void>, failed: string) => {
    if (!drawing) return;
    void work(drawing.id)
      .then(() => queries.invalidateQueries({ queryKey: diagramsKey(store.place) }))
      .catch((thrown: unknown) => store.onTold(failed, failureOf(thrown)));
  };
  const rename = (next: string) =>
    attempt(async (id) => {
      await host().renameDiagram(id, next);
      store.renamed(next);
    }, "The diagram could not be renamed");
  const copy = (next: string) =>
    attempt(async (id) => {
      const made = await host().copyDiagram(id, next);
      store.take(made, true);
      onOpened(made.id);
    }, "The diagram could not be copied");
  const remove = () =>
    attempt(async (id) => {
      await host().removeDiagram(id);
      announce(`${name} removed`);
      await onShow(null);
    }, "The diagram could not be removed");
  return (
    <>
      {drawing ? (
        <ScopeDialog
          drawing={drawing}
          open={asking === "scope"}
          onClose={close}
          onScope={(scope) => void store.scope(scope, "chose what is shown")}
        />
      ) : null}
      {asking === "new" ? (
        <NameDialog
          title="New diagram"
          action="Create"
          first={freeName(diagrams, selected.size > 0 ? "Chosen tables" : "Diagram")}
          taken={taken}
          onClose={close}
          onName={(next) => void onMake(next, selected.size > 0 ? { ...ALL, only: store.tables(selected) } : ALL)}
        />
      ) : null}
      {asking === "copy" ? (
        <NameDialog
          title="Copy the diagram"
          action="Copy"
          first={freeName(diagrams, `${name} copy`)}
          taken={taken}
          onClose={close}
          onName={copy}
        />
      ) : null}
      {asking === "rename" ? (
        <NameDialog
          title="Rename the diagram"
          action="Rename"
          first={name}
          taken={taken}
          onClose={close}
          onName={rename}
        />
      ) : null}
      <ConfirmDialog
        open={asking === "remove"}
        onClose={close}
        title={`Remove the diagram ${name}?`}
        description={`Its places${drawing?.notes.length ? `, ${plural(drawing.notes.length, "note")}` : ""} and colours are gone for good. No table changes.`}
        confirmLabel="Remove diagram"
        danger
        onConfirm={() => {
          close();
          remove();
        }}
      />
    </>
  );
}
