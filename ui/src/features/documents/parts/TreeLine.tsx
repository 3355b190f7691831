import { type CSSProperties, memo, type ReactNode } from "react";
import { Icon, plural, Spinner } from "@/design";
import type { Fields } from "../loading";
import { sizeText } from "../model";
import { depthOf, type FieldLine, isContainer, type Line } from "../outline";
import { lookOf, oneLine, shownValue, summaryOf } from "../values";

/** Deeper levels are not moved further in: their depth is said instead. */
const DEEPEST = 9;

export interface TreeLineProps {
  line: Line;
  id: string;
  top: number;
  active: boolean;
  /** A document's own fields, as far as they are here. */
  fields: Fields | undefined;
  /** How many changes are staged in a document. */
  staged: number;
  size: number | undefined;
  /** In place of the value or the name. */
  editor: { readonly of: "value" | "name"; readonly node: ReactNode } | null;
  onToggle: (line: Line) => void;
}

function containerText({ native_type, children }: FieldLine["field"]): string {
  const count = children ?? 0;
  return native_type === "array" ? `[ ${count.toLocaleString("en-US")} ]` : `{ ${plural(count, "field")} }`;
}

function Value({ line }: { line: FieldLine }) {
  const { field, changes } = line;
  const set = changes.find((change) => change.kind === "set");
  const was = isContainer(field) ? containerText(field) : oneLine(shownValue(field));
  const plain =
    field.native_type === "null" ? (
      <span className="doc-null">NULL</span>
    ) : isContainer(field) ? (
      <span className="doc-container">{was}</span>
    ) : was === "" && field.native_type === "string" ? (
      <span className="doc-container">''</span>
    ) : (
      <span className={`doc-${lookOf(field.native_type)}`}>
        {was}
        {field.cut ? "…" : ""}
      </span>
    );
  if (!set) return plain;
  return (
    <>
      <span className={`doc-${set.alike ? lookOf(field.native_type) : "other"}`}>{set.text}</span>
      <s className="doc-before">{was}</s>
    </>
  );
}

function Name({ line }: { line: FieldLine }) {
  const renamed = line.changes.find((change) => change.kind === "rename");
  return renamed ? (
    <>
      <span>{renamed.name}</span> <s className="doc-before">{line.field.name}</s>
    </>
  ) : (
    <span className={line.element ? "doc-place" : undefined}>{line.field.name}</span>
  );
}

/** One line of the tree: a name, what it is, of which type. */
export const TreeLine = memo(function TreeLine({
  line,
  id,
  top,
  active,
  fields,
  staged,
  size,
  editor,
  onToggle,
}: TreeLineProps) {
  const depth = depthOf(line);
  const style = { top, "--depth": Math.min(depth, DEEPEST) } as CSSProperties;
  const opens = line.kind === "document" || (line.kind === "field" && isContainer(line.field));
  const open = (line.kind === "document" || line.kind === "field") && line.open;
  const mark =
    line.kind === "added"
      ? "new"
      : line.kind === "field"
        ? line.removed
          ? "deleted"
          : line.changes.length > 0
            ? "changed"
            : undefined
        : line.kind === "document" && staged > 0
          ? "staged"
          : undefined;
  let name: ReactNode = null;
  let value: ReactNode = null;
  let type: ReactNode = null;
  switch (line.kind) {
    case "document":
      name = (
        <>
          <span>{(line.row + 1).toLocaleString("en-US")}</span>
          {staged > 0 ? <span className="doc-staged-count">{plural(staged, "change")}</span> : null}
        </>
      );
      value =
        fields && !(fields.loading && fields.fields.length === 0) ? (
          fields.failure ? (
            <span className="rh-tone-danger">{fields.failure.message}</span>
          ) : (
            <>
              <span className="doc-container">{`{ ${plural(fields.total, "field")} }`}</span>
              <span className="rh-truncate">{summaryOf(fields.fields)}</span>
            </>
          )
        ) : (
          <span className="doc-skeleton" />
        );
      type = size === undefined ? "document" : sizeText(size);
      break;
    case "field":
      name = <Name line={line} />;
      value = <Value line={line} />;
      type = line.field.native_type;
      break;
    case "added":
      name = <span className={line.element ? "doc-place" : undefined}>{line.element ? "+" : line.change.name}</span>;
      value = <span className="doc-other">{line.change.text}</span>;
      type = "new";
      break;
    case "more":
      value = line.failure ? (
        <span className="rh-tone-danger">{line.failure.message} Enter tries again.</span>
      ) : line.loading ? (
        <Spinner size={12} label="Reading fields" />
      ) : (
        <span className="doc-more">
          {`Show ${Math.min(500, line.total - line.loaded).toLocaleString("en-US")} more of ${line.total.toLocaleString("en-US")}`}
        </span>
      );
      break;
  }
  if (editor?.of === "name") name = editor.node;
  if (editor?.of === "value") value = editor.node;
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={active}
      aria-expanded={opens ? open : undefined}
      className="doc-line"
      data-kind={line.kind}
      data-key={line.key}
      data-active={active || undefined}
      data-mark={mark}
      data-editing={editor ? true : undefined}
      style={style}
      onClick={line.kind === "more" ? () => onToggle(line) : undefined}
    >
      <span className="doc-name">
        {opens ? (
          <button
            type="button"
            tabIndex={-1}
            className="doc-chevron"
            aria-label={open ? "Close" : "Open"}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(line);
            }}
          >
            <Icon name={open ? "chevron-down" : "chevron-right"} size={14} />
          </button>
        ) : (
          <span className="doc-chevron" />
        )}
        {depth > DEEPEST ? <span className="doc-depth">{depth}</span> : null}
        {name}
      </span>
      <span className="doc-value">{value}</span>
      <span className="doc-type">{editor?.of === "value" ? null : type}</span>
    </div>
  );
});
