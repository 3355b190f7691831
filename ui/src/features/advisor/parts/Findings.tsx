/** Findings one beneath the other, as far as they were read, and what stands there where there are none. */
import type { KeyboardEvent, ReactNode } from "react";
import { Button, EmptyState, ErrorBlock, Icon, type MenuItem, plural, Skeleton, VirtualList } from "@/design";
import { type AdvisorFinding, type AdvisorObject, failureOf, failureProps } from "@/ipc";
import { LEVELS } from "../model";
import type { useFindings } from "../queries";

export interface FindingsProps {
  label: string;
  findings: ReturnType<typeof useFindings>;
  chosen: string | null;
  onChoose: (key: string) => void;
  onOpen: (finding: AdvisorFinding) => void;
  menu: (finding: AdvisorFinding) => readonly MenuItem[];
  /** Stands there where nothing is listed. */
  nothing: ReactNode;
  onKeyDown?: (event: KeyboardEvent) => void;
  /** Without the names of what they are about: that stands above them. */
  plain?: boolean;
}

export function Findings(props: FindingsProps) {
  const { label, findings, chosen, onChoose, onOpen, menu, nothing, onKeyDown, plain = false } = props;
  const rows = findings.data?.pages.flatMap((page) => page.findings) ?? [];
  if (findings.data === undefined) return <Reading what="findings" error={findings.error} />;
  if (rows.length === 0) return nothing;
  return (
    <VirtualList
      label={label}
      className="adv-list"
      items={rows}
      keyOf={({ key }) => key}
      itemHeight={44}
      selected={chosen ?? undefined}
      onSelect={onChoose}
      onOpen={onOpen}
      menu={menu}
      onEnd={() => findings.hasNextPage && !findings.isFetchingNextPage && void findings.fetchNextPage()}
      renderItem={(finding) => <Row finding={finding} plain={plain} />}
      {...(onKeyDown ? { onKeyDown } : {})}
    />
  );
}

/** A list that is not there yet, or cannot be read. */
export function Reading({ what, error }: { what: string; error: Error | null }) {
  return error ? (
    <div className="p-2">
      <ErrorBlock {...failureProps(failureOf(error))} />
    </div>
  ) : (
    <div className="p-3" role="status" aria-label={`Reading the ${what}`}>
      <Skeleton width="60%" />
    </div>
  );
}

function Row({ finding, plain }: { finding: AdvisorFinding; plain: boolean }) {
  const { icon, tone, word } = LEVELS[finding.level];
  const { object, rule, name } = finding;
  // Of its parts the name is told all the same.
  const named = plain ? (object.relation === null ? null : `${object.kind} ${object.name}`) : object.label;
  return (
    <div className="adv-row">
      <span className="adv-level" data-tone={tone}>
        <Icon name={icon} size={14} /> {word}
      </span>
      <span className="min-w-0">
        <span className="adv-what rh-truncate" title={finding.message}>
          {finding.message}
        </span>
        <span className="rh-meta rh-truncate block">
          {named === null ? null : (
            <>
              <span className="rh-mono">{named}</span> ·{" "}
            </>
          )}
          {rule} {name}
        </span>
      </span>
    </div>
  );
}

export interface NothingProps {
  accepted: boolean;
  /** The only object whose findings would be listed. */
  about: AdvisorObject | null;
  filtered: boolean;
  onClear: () => void;
  /** How many rules did not look at everything. */
  unseen: number;
}

/** Why there is no finding: accepted ones, a filter, or a database as it should be as far as it was looked at. */
export function Nothing({ accepted, about, filtered, onClear, unseen }: NothingProps) {
  if (filtered)
    return (
      <EmptyState
        picture="empty"
        title="No finding passes the filter"
        actions={<Button onClick={onClear}>Clear the filter</Button>}
      />
    );
  if (about)
    return (
      <EmptyState
        icon={accepted ? "eye-off" : "check"}
        title={accepted ? `Nothing of ${about.label} was accepted` : `Nothing is found about ${about.label}`}
      >
        {accepted ? null : "What was accepted is listed apart."}
      </EmptyState>
    );
  if (accepted)
    return (
      <EmptyState picture="empty" title="Nothing was accepted">
        A finding that is as it should be can be accepted with a reason. It is listed here then.
      </EmptyState>
    );
  return (
    <EmptyState icon="check" title="Nothing was found">
      {unseen === 0
        ? "Every rule looked at everything."
        : `${plural(unseen, "rule")} did not look at everything: that is not a pass.`}
    </EmptyState>
  );
}
