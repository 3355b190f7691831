/** Shows held documents otherwise than as a grid; how they are looked at is kept with the tab they are in. */

import { type ReactNode, useState } from "react";
import { useKeys, useOffers } from "@/commands";
import { IconButton, SplitPane } from "@/design";
import {
  type CollectionPlace,
  ColumnsNote,
  DocumentsBody,
  FieldsPanel,
  type KeptDocuments,
  type TextField,
  type TextFieldSlot,
  ViewSwitch,
} from "@/features/documents";
import { ConditionField } from "@/features/editor";
import type { DocumentsSlot } from "@/features/results";
import type { DriverForm } from "@/ipc";

/** The documents of a tab. */
export function documentsSlot({
  kept,
  onKept,
  place,
  field,
  active,
}: {
  kept: KeptDocuments;
  onKept: (change: Partial<KeptDocuments>) => void;
  place: CollectionPlace | null;
  field: TextFieldSlot;
  active: boolean;
}): DocumentsSlot {
  const { view } = kept;
  return {
    grid: view === "grid",
    toggle: () => <ViewSwitch view={view} onView={(next) => onKept({ view: next })} active={active} place={place} />,
    note: ({ head, progress, onInfer }) =>
      head.documents ? (
        <ColumnsNote documents={head.documents} rows={progress.rows} active={active} onInfer={onInfer} />
      ) : null,
    body: ({ head, progress, lineage, onMore, onRead, onClear }) => (
      <DocumentsBody
        key={lineage}
        head={head}
        progress={progress}
        active={active}
        view={view === "json" ? "json" : "tree"}
        kept={kept}
        onKept={onKept}
        place={place}
        field={field}
        onMore={onMore}
        onClear={onClear}
        onRead={onRead ?? (() => undefined)}
      />
    ),
  };
}

/** A text of several lines in the language of a connection. */
export const textField =
  (tabId: string, profileId: string, database: string | null, driver: DriverForm | undefined): TextFieldSlot =>
  (field: TextField) => (
    <ConditionField
      value={field.value}
      onChange={field.onChange}
      {...(field.onCancel ? { onCancel: field.onCancel } : {})}
      language={driver?.language ?? null}
      place={{ tabId, profileId, database, driver: driver?.id ?? "" }}
      before={field.before}
      wrong={field.wrong}
      label={field.label}
      describedBy={field.describedBy}
      focus={field.focus ?? false}
      lines="many"
      tall={field.tall ?? false}
      example={field.example ?? ""}
    />
  );

/** Documents with their fields beside them, where those are shown. */
export function WithFields({
  open,
  place,
  onFilter,
  onClose,
  children,
}: {
  open: boolean;
  place: CollectionPlace;
  onFilter: (filter: string) => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const [size, setSize] = useState(() => (window.innerWidth < 1200 ? 248 : 304));
  return (
    <SplitPane
      direction="row"
      fixed="second"
      label="Width of the fields"
      size={size}
      onSizeChange={setSize}
      defaultSize={304}
      min={220}
      max={640}
      collapsed={!open}
      first={children}
      second={open ? <FieldsPanel place={place} onFilter={onFilter} onClose={onClose} /> : null}
    />
  );
}

/** Shows or hides the fields of a collection. */
export function FieldsButton({ open, active, onToggle }: { open: boolean; active: boolean; onToggle: () => void }) {
  const keys = useKeys("relation.fields");
  useOffers({ "relation.fields": { run: onToggle } }, active);
  return (
    <IconButton
      icon="panel-right"
      label="Fields of this collection"
      pressed={open}
      {...(keys ? { keys } : {})}
      onClick={onToggle}
    />
  );
}
