import { plural } from "@/design";
import type { ResultHead } from "@/ipc";
import { copying } from "../copying";
import { DocumentTree } from "../DocumentTree";
import type { Change } from "../staged";
import type { TreeActions } from "../treeMenu";
import { useLoader } from "../useLoader";

const NONE: readonly Change[] = [];
const none = () => NONE;
const nothing = () => undefined;
const KEYS = {
  insert: undefined,
  duplicate: undefined,
  delete: undefined,
  revert: undefined,
  json: undefined,
  path: undefined,
  copy: undefined,
};

/** A few documents, only to be read. */
export function PreviewTree({ head, rows, most }: { head: ResultHead; rows: number; most: number }) {
  const loader = useLoader(head.hold_id);
  const actions: TreeActions = {
    ...copying(head.hold_id),
    locked: undefined,
    editValue: nothing,
    rename: nothing,
    remove: nothing,
    revert: nothing,
    addField: nothing,
    insert: nothing,
    editText: nothing,
    duplicate: nothing,
    deleteDocument: nothing,
  };
  return (
    <>
      <p className="rh-meta doc-stage-count">
        {rows === 0 ? "no documents" : rows >= most ? `the first ${most} documents` : plural(rows, "document")}
      </p>
      {rows > 0 ? (
        <DocumentTree
          label="Documents of the stage"
          loader={loader}
          rows={rows}
          changesOf={none}
          actions={actions}
          keys={KEYS}
          edited={null}
          onEdited={nothing}
          onValue={nothing}
          onName={nothing}
        />
      ) : null}
    </>
  );
}
