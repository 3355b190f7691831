/** One policy: for which command and whom, and what it asks of rows. */
import type { ReactNode } from "react";
import { Badge, Fold, Icon, IconButton, MenuButton, type MenuItem, openContextMenu, tip } from "@/design";
import type { PolicyMissing, PolicyOn } from "@/ipc";
import { rolesOf, type ShownPolicy, tableWords, takes } from "../drafts";
import { MissingNames } from "./MissingNames";
import { useDragCopy } from "./useDragCopy";

export interface PolicyCardProps {
  on: PolicyOn;
  shown: ShownPolicy;
  /** Why it is not asked for the role and command that are looked at. */
  unused: string | null;
  /** Names in its draft that are not there. */
  missing: readonly PolicyMissing[];
  highlight: (sql: string) => ReactNode;
  menu: readonly MenuItem[];
  onEdit: () => void;
  onCopyTo: (to: PolicyOn) => void;
}

const STATE = {
  kept: null,
  new: { tone: "ok", icon: "plus", word: "new, not applied" },
  changed: { tone: "warn", icon: "edit", word: "changed, not applied" },
  dropped: { tone: "danger", icon: "trash", word: "deleted, not applied" },
} as const;

function Expression(props: {
  word: string;
  text: string | null;
  /** What the catalog has, where what is shown is a person's own text. */
  catalog: string | null;
  absent: string;
  highlight: (sql: string) => ReactNode;
}) {
  const { word, text, catalog, absent, highlight } = props;
  return (
    <>
      <dt className="pol-part">{word}</dt>
      <dd>
        {text === null ? (
          <span className="text-ink-3">{absent}</span>
        ) : (
          <code className="pol-code rh-selectable">{highlight(text)}</code>
        )}
        {catalog !== null && catalog !== text ? (
          <Fold label="as the server keeps it">
            <code className="pol-code rh-selectable">{highlight(catalog)}</code>
          </Fold>
        ) : null}
      </dd>
    </>
  );
}

export function PolicyCard({ on, shown, unused, missing, highlight, menu, onEdit, onCopyTo }: PolicyCardProps) {
  const { policy, state, card, staged } = shown;
  const { drag, handle } = useDragCopy(on, onCopyTo);
  const own = state === "kept" || state === "dropped" ? card : null;
  const part = takes(policy.command);
  const said = STATE[state];
  const updates = policy.command === "all" || policy.command === "update";
  return (
    <article
      className="pol-card"
      aria-label={`Policy ${policy.name}`}
      data-restrictive={!policy.permissive || undefined}
      data-state={state}
      data-unused={unused !== null || undefined}
      onContextMenu={(event) => {
        event.stopPropagation();
        openContextMenu(event, menu);
      }}
      onDoubleClick={state === "dropped" ? undefined : onEdit}
    >
      <header className="pol-card-head">
        <span className="pol-grip" {...tip("Drag onto another table to copy it there as a draft")} {...handle}>
          <Icon name="grip" size={14} />
        </span>
        <h4 className="rh-mono rh-truncate" title={policy.name}>
          {policy.name || <span className="text-ink-3">without a name</span>}
        </h4>
        <span className="pol-card-end">
          {said ? (
            <Badge tone={said.tone} icon={said.icon}>
              {said.word}
            </Badge>
          ) : null}
          <Badge mono>{policy.command.toUpperCase()}</Badge>
          <IconButton
            icon="edit"
            label={`Edit ${policy.name}`}
            dense
            disabledReason={state === "dropped" ? "it is marked to be deleted" : undefined}
            onClick={onEdit}
          />
          <MenuButton icon="more" label={`More for ${policy.name}`} dense variant="ghost" items={menu} align="end" />
        </span>
      </header>
      <p className="rh-meta pol-to">
        to <span className="text-ink-2">{rolesOf(policy).join(", ")}</span>
        {unused ? ` · ${unused}` : null}
      </p>
      {policy.comment ? <p className="pol-comment rh-selectable">{policy.comment}</p> : null}
      <dl className="pol-parts">
        {part.using ? (
          <Expression
            word="using"
            text={own?.own_using ?? policy.using}
            catalog={own?.own_using ? policy.using : null}
            absent={policy.permissive ? "none: lets no row through" : "none: asks nothing"}
            highlight={highlight}
          />
        ) : null}
        {part.check && (policy.with_check !== null || policy.command === "insert" || !updates) ? (
          <Expression
            word="with check"
            text={own?.own_check ?? policy.with_check}
            catalog={own?.own_check ? policy.with_check : null}
            absent={policy.permissive ? "none: lets no row in" : "none: asks nothing"}
            highlight={highlight}
          />
        ) : null}
        {part.check && policy.with_check === null && updates ? (
          <>
            <dt className="pol-part">with check</dt>
            <dd className="text-ink-3">the same as using</dd>
          </>
        ) : null}
      </dl>
      {own && own.unreadable.length + own.remarks.length > 0 ? (
        <ul className="pol-remarks">
          {own.unreadable.map(({ part: which, message }) => (
            <li key={which} data-tone="warn">
              <Icon name="warning" size={14} /> {which} is shown as it is and was not understood: {message}
            </li>
          ))}
          {own.remarks.map((remark) => (
            <li key={remark}>
              <Icon name="info" size={14} /> {remark}
            </li>
          ))}
        </ul>
      ) : null}
      {missing.length > 0 ? <MissingNames missing={missing} /> : null}
      {staged?.conflict ? (
        <p className="pol-remarks" data-tone="danger" role="alert">
          <Icon name="error" size={14} /> {staged.conflict}
        </p>
      ) : null}
      {drag ? (
        <div className="pol-ghost" style={{ left: drag.x + 12, top: drag.y + 8 }} aria-hidden="true">
          {drag.target ? `Copy to ${tableWords(drag.target)}` : policy.name}
        </div>
      ) : null}
    </article>
  );
}
