/** What a relation is made of: one view at a time, under a line of facts. */
import { useState } from "react";
import { Banner, Button, CodeBlock, EmptyState, Skeleton } from "@/design";
import { type AppError, failureOf, type ObjectRef, present, type RelationPage } from "@/ipc";
import { exactNumber, momentOf } from "./format";
import { highlightSql } from "./highlight";
import {
  countOf,
  factsOf,
  filtered,
  type RelationView,
  shownName,
  VIEW_WORDS,
  wordsOfColumn,
  wordsOfPart,
  wordsOfPolicy,
} from "./model";
import { ColumnsTable } from "./parts/ColumnsTable";
import { Frame } from "./parts/Frame";
import { GrantsTable, NoGrants, wordsOfGrant } from "./parts/GrantsTable";
import { PartsTable, PoliciesTable, ReferencedBy } from "./parts/PartsTable";
import { useDefinition, useDriverOf, useRelation } from "./queries";
import "./relation.css";

export interface RelationStructureProps {
  profileId: string;
  object: ObjectRef;
  view: RelationView;
  onOpenRelation: (profileId: string, object: ObjectRef) => void;
}

export function Failed({ failure, what, onRetry }: { failure: AppError; what: string; onRetry: () => void }) {
  return (
    <EmptyState
      picture={present(failure.code).picture}
      title={`${what} could not be read`}
      actions={<Button onClick={onRetry}>Try again</Button>}
    >
      {failure.message} {failure.hint}
    </EmptyState>
  );
}

/** As many options stand in the line; a table of a thousand partitions has as many more. */
const OPTIONS = 6;

function Options({ options }: { options: readonly string[] }) {
  const [all, setAll] = useState(false);
  const shown = all || options.length <= OPTIONS + 1 ? options : options.slice(0, OPTIONS);
  return (
    <>
      {shown.map((option, index) => (
        <div key={`${option}-${index.toString()}`}>
          <dt>
            <span className="rh-visually-hidden">Option</span>
          </dt>
          <dd>{option}</dd>
        </div>
      ))}
      {options.length > OPTIONS + 1 ? (
        <div>
          <dt className="rh-visually-hidden">More options</dt>
          <dd>
            <button type="button" className="rel-link" aria-expanded={all} onClick={() => setAll(!all)}>
              {all ? "fewer" : `${exactNumber(options.length - OPTIONS)} more`}
            </button>
          </dd>
        </div>
      ) : null}
    </>
  );
}

function Facts({ page }: { page: RelationPage }) {
  return (
    <dl className="rel-facts" aria-label={`Facts about ${shownName(page.object)}`}>
      {factsOf(page).map((fact) => (
        <div key={fact.name + fact.value} data-tip={fact.title}>
          <dt>{fact.name}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
      <Options options={page.options} />
      {page.comment ? (
        <div>
          <dt>Comment</dt>
          <dd className="rh-selectable whitespace-normal">{page.comment}</dd>
        </div>
      ) : null}
    </dl>
  );
}

/** Says of what comes from disk how old it is. */
function NotAsked({ at }: { at: number | null }) {
  return at === null ? null : (
    <Banner tone="info" icon="info" edge>
      As of {momentOf(at)}: the server was not asked, because it cannot be reached.
    </Banner>
  );
}

export function Ddl({ profileId, object }: { profileId: string; object: ObjectRef }) {
  const definition = useDefinition(profileId, object);
  const grammar = useDriverOf(profileId)?.language.grammar;
  if (definition.error) {
    const failure = failureOf(definition.error);
    return <Failed failure={failure} what="The definition" onRetry={() => void definition.refetch()} />;
  }
  if (definition.data === undefined) return <Rows />;
  const { text, as_of_ms } = definition.data;
  if (text === "") {
    return (
      <EmptyState picture="empty" title="No definition">
        The server keeps no text that would make it again.
      </EmptyState>
    );
  }
  return (
    <div className="flex h-full flex-col">
      <NotAsked at={as_of_ms} />
      <div className="rel-ddl">
        <CodeBlock label={`Definition of ${object.name}`} copy={text}>
          {highlightSql(text, grammar)}
        </CodeBlock>
      </div>
    </div>
  );
}

/** Rows of the size that will be there. */
export function Rows() {
  return (
    <div role="status" aria-busy="true" aria-label="Reading" className="flex flex-col">
      {[0, 1, 2, 3, 4, 5, 6, 7].map((row) => (
        <div key={row} className="flex h-7 items-center gap-6 border-line border-b px-3">
          <Skeleton width={24} />
          <Skeleton width={160 - ((row * 37) % 80)} />
          <Skeleton width={90 + ((row * 23) % 60)} />
          <Skeleton width={64} />
        </div>
      ))}
    </div>
  );
}

interface PartsProps {
  page: RelationPage;
  view: Exclude<RelationView, "ddl">;
  text: string;
  scroller: () => HTMLElement | null;
  onOpen: (object: ObjectRef) => void;
}

function Shown({ page, view, text, scroller, onOpen }: PartsProps) {
  const words = VIEW_WORDS[view];
  const label = `${words.many.charAt(0).toUpperCase()}${words.many.slice(1)} of ${page.object.name}`;
  const nothing = (
    <EmptyState icon="search" title="Nothing found">
      None of the {words.many} has “{text.trim()}” in it.
    </EmptyState>
  );
  if (view === "columns") {
    const columns = filtered(page.columns, text, wordsOfColumn);
    return columns.length === 0 ? (
      nothing
    ) : (
      <ColumnsTable page={page} columns={columns} scroller={scroller} onOpen={onOpen} />
    );
  }
  if (view === "policies") {
    const policies = filtered(page.policies, text, wordsOfPolicy);
    return policies.length === 0 ? nothing : <PoliciesTable label={label} policies={policies} scroller={scroller} />;
  }
  if (view === "grants") {
    const grants = filtered(page.grants, text, wordsOfGrant);
    return grants.length === 0 ? (
      nothing
    ) : (
      <GrantsTable label={label} all={page.grants} grants={grants} scroller={scroller} />
    );
  }
  const parts = filtered(page[view], text, wordsOfPart);
  return parts.length === 0 ? (
    nothing
  ) : (
    <PartsTable label={label} all={page[view]} parts={parts} near={page.object} scroller={scroller} onOpen={onOpen} />
  );
}

function Parts(props: PartsProps) {
  const { page, view, onOpen } = props;
  const words = VIEW_WORDS[view];
  return (
    <>
      {view === "policies" && page.policies.length > 0 && page.row_security === "off" ? (
        <Banner tone="warn" edge>
          Row security is off for this table: its policies do nothing until it is turned on.
        </Banner>
      ) : null}
      {view === "grants" && (page.grants_state !== "read" || page.grants.length === 0) ? (
        <NoGrants state={page.grants_state} />
      ) : countOf(page, view) === 0 ? (
        <div className={view === "constraints" && page.referenced_by.length > 0 ? "h-48" : "h-full"}>
          <EmptyState picture="empty" title={`No ${words.many}`}>
            {words.none}
          </EmptyState>
        </div>
      ) : (
        <Shown {...props} />
      )}
      {view === "constraints" ? <ReferencedBy page={page} onOpen={onOpen} /> : null}
    </>
  );
}

/** What is to be said of a page whatever its view. */
function Notes({ page, view }: { page: RelationPage; view: RelationView }) {
  return (
    <>
      {page.denied.map((sentence) => (
        <Banner key={sentence} tone="warn" icon="lock" edge>
          {sentence}
        </Banner>
      ))}
      {page.unread ? (
        <Banner tone="info" icon="info" edge>
          {page.unread}
        </Banner>
      ) : page.kept && view !== "ddl" ? (
        <NotAsked at={page.as_of_ms} />
      ) : null}
    </>
  );
}

export function RelationStructure({ profileId, object, view, onOpenRelation }: RelationStructureProps) {
  const relation = useRelation(profileId, object);
  const page = relation.data;
  const again = () => void relation.refetch();
  if (!page && relation.error) {
    return <Failed failure={failureOf(relation.error)} what={shownName(object)} onRetry={again} />;
  }
  return (
    <Frame
      label={`${shownName(object)}, ${view}`}
      view={view}
      facts={page ? <Facts page={page} /> : null}
      error={relation.error}
      onRetry={again}
      notes={page ? <Notes page={page} view={view} /> : null}
      rows={page && view !== "ddl" ? { count: countOf(page, view), many: VIEW_WORDS[view].many } : null}
    >
      {(text, scroller) => {
        if (view === "ddl") return <Ddl profileId={profileId} object={object} />;
        if (!page) return <Rows />;
        const open = (other: ObjectRef) => onOpenRelation(profileId, other);
        return <Parts page={page} view={view} text={text} scroller={scroller} onOpen={open} />;
      }}
    </Frame>
  );
}
