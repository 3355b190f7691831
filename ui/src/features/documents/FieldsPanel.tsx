import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, EmptyState, ErrorBlock, Icon, IconButton, plural, SearchField, Skeleton, tip } from "@/design";
import { type CollectionField, failureOf, failureProps, host, queryKeys } from "@/ipc";
import { percent, queryPath, typeFilter, typesOf } from "./fields";
import type { CollectionPlace } from "./model";

/** How deep a field is moved in at most. */
const DEEPEST = 6;

/** What fields a collection's documents have, by a sample; each can be asked for. */
export function FieldsPanel({
  place,
  onFilter,
  onClose,
}: {
  place: CollectionPlace;
  /** Shows the documents that fit a filter. */
  onFilter: (filter: string) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState("");
  const [open, setOpen] = useState<string | null>(null);
  const read = useQuery({
    queryKey: queryKeys.collectionFields(place.profileId, place.object),
    queryFn: () => host().collectionFields(place.profileId, place.object),
  });
  const sample = read.data;
  const wanted = text.trim().toLowerCase();
  const fields = sample?.fields.filter((field) => queryPath(field.path).toLowerCase().includes(wanted)) ?? [];
  const row = (field: CollectionField, sampled: number) => {
    const key = JSON.stringify(field.path);
    const path = queryPath(field.path);
    const types = typesOf(field);
    const several = types.filter(({ native_type }) => native_type !== "null").length > 1;
    const shown = wanted === "" ? (field.path.at(-1) ?? "") : field.path.join(".");
    const depth = wanted === "" ? Math.min(field.path.length - 1, DEEPEST) : 0;
    return (
      <li key={key}>
        <button
          type="button"
          className="doc-field"
          aria-expanded={open === key}
          onClick={() => setOpen(open === key ? null : key)}
          style={{ paddingLeft: 12 + depth * 12 }}
        >
          <span className="rh-mono rh-truncate doc-field-name" title={field.path.join(".")}>
            {shown}
          </span>
          <span className="rh-meta rh-truncate doc-field-types">
            {several ? (
              <span className="doc-several" {...tip("Documents hold different types here")}>
                <Icon name="warning" size={12} />
              </span>
            ) : null}
            {types.map(({ native_type }) => native_type).join(", ")}
          </span>
          <span className="doc-bar" aria-hidden="true">
            <span style={{ width: `${(100 * field.present) / Math.max(1, sampled)}%` }} />
          </span>
          <span className="rh-meta doc-share">{percent(field.present, sampled)}</span>
        </button>
        {open === key ? (
          <div className="doc-field-more" style={{ paddingLeft: 12 + depth * 12 }}>
            <p className="rh-meta">
              In {plural(field.present, "document")} of {sampled.toLocaleString("en-US")}.
            </p>
            {types.map(({ native_type, times, share }) => (
              <div key={native_type} className="doc-field-type">
                <span className="rh-mono">{native_type}</span>
                <span className="rh-meta" {...tip(plural(times, "value"))}>
                  {share}
                </span>
                <Button dense variant="ghost" onClick={() => onFilter(typeFilter(field.path, native_type))}>
                  Show them
                </Button>
              </div>
            ))}
            <div className="doc-field-type">
              <Button dense onClick={() => onFilter(`{ ${JSON.stringify(path)}: { $exists: true } }`)}>
                Documents with it
              </Button>
              <Button
                dense
                disabledReason={field.present >= sampled ? "every one of the sample has it" : undefined}
                onClick={() => onFilter(`{ ${JSON.stringify(path)}: { $exists: false } }`)}
              >
                Without it
              </Button>
            </div>
          </div>
        ) : null}
      </li>
    );
  };
  return (
    <aside className="doc-fields" aria-label="Fields">
      <header className="doc-fields-head">
        <strong>Fields</strong>
        {sample ? (
          <span className="rh-meta rh-truncate">
            inferred from {sample.sampled.toLocaleString("en-US")}
            {sample.of === null ? "" : ` of ${sample.of.toLocaleString("en-US")}`}
          </span>
        ) : null}
        <span className="flex-1" />
        <IconButton
          icon="refresh"
          label="Look at documents again"
          quiet
          loading={read.isFetching}
          onClick={() => void read.refetch()}
        />
        <IconButton icon="close" label="Close the fields" quiet onClick={onClose} />
      </header>
      {read.error ? (
        <div className="p-3">
          <ErrorBlock
            {...failureProps(failureOf(read.error))}
            actions={
              <Button dense onClick={() => void read.refetch()}>
                Try again
              </Button>
            }
          />
        </div>
      ) : sample ? (
        sample.fields.length === 0 ? (
          <EmptyState icon="column" title="No fields">
            There is no document to look at.
          </EmptyState>
        ) : (
          <>
            <div className="doc-fields-find">
              <SearchField value={text} onChange={setText} label="Find a field" placeholder="Find a field" />
            </div>
            <ul className="doc-fields-list rh-scroll">
              {fields.slice(0, 500).map((field) => row(field, sample.sampled))}
            </ul>
            {fields.length > 500 ? (
              <p className="rh-meta doc-fields-rest">
                {plural(fields.length - 500, "field")} more: write a part of a name above to find them.
              </p>
            ) : null}
          </>
        )
      ) : (
        <div className="doc-fields-wait">
          {[60, 44, 72, 51, 80, 66, 48, 75].map((width) => (
            <Skeleton key={width} width={`${width}%`} />
          ))}
        </div>
      )}
    </aside>
  );
}
