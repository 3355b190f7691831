/** What of the report is shown, and which of it: over the lists. */
import type { Ref } from "react";
import { Button, Chip, number, SearchField, Segmented, Select } from "@/design";
import type { AdvisorLevel, AdvisorReport } from "@/ipc";
import { type AdvisorView, GROUPS, hasLists, notEvaluated, type Within } from "../model";
import type { Place } from "../queries";
import { MoreMenu } from "./MoreMenu";

const ANY = "\u0000";

export interface ToolsProps {
  place: Place;
  able: boolean;
  report: AdvisorReport;
  view: AdvisorView;
  onView: (change: Partial<AdvisorView>) => void;
  kinds: readonly string[];
  search: Ref<HTMLInputElement>;
  searchKeys: string | undefined;
  /** Reviews all fixes of what is listed. */
  onFixes: () => void;
  collecting: boolean;
  noFixes: string | undefined;
}

export function Tools(props: ToolsProps) {
  const { place, able, report, view, onView, kinds, search, searchKeys, onFixes, collecting, noFixes } = props;
  const { about } = view;
  const within: readonly { value: Within; label: string; count?: string; tooltip?: string }[] = [
    { value: "found", label: "Findings", count: number(report.errors + report.warnings + report.infos) },
    { value: "tables", label: "By table", tooltip: "Tables and other objects, the worst first" },
    { value: "accepted", label: "Accepted", count: number(report.accepted) },
    { value: "unseen", label: "Not evaluated", count: number(notEvaluated(report.rules).length) },
    ...(report.slow ? [{ value: "slow" as const, label: "Slow statements" }] : []),
    ...(report.bloat ? [{ value: "bloat" as const, label: "Bloat" }] : []),
  ];
  // Counts are of the whole database: beside one object's findings they would mislead.
  const counted = (count: number) => (about === null ? { count: number(count) } : {});
  const levels: readonly { value: AdvisorLevel | typeof ANY; label: string; count?: string }[] = [
    { value: ANY, label: "All" },
    { value: "error", label: "Errors", ...counted(report.errors) },
    { value: "warning", label: "Warnings", ...counted(report.warnings) },
    { value: "info", label: "Info", ...counted(report.infos) },
  ];
  return (
    <>
      <div className="adv-tools">
        <Segmented
          dense
          label="What of it"
          value={view.within}
          onChange={(value) => onView({ within: value, chosen: null, about: null })}
          options={within}
        />
        <span className="adv-more">
          <MoreMenu place={place} able={able} />
        </span>
      </div>
      {hasLists(view.within) ? (
        <div className="adv-tools">
          {about ? (
            <Chip
              icon="filter"
              tooltip={`Only findings of the ${about.kind} ${about.label}`}
              onRemove={() => onView({ about: null })}
              removeLabel={`List the findings of everything again, not only of ${about.label}`}
            >
              {about.label}
            </Chip>
          ) : null}
          <Segmented
            dense
            label="Level"
            value={view.level ?? ANY}
            onChange={(value) => onView({ level: value === ANY ? null : value })}
            options={levels}
          />
          <Select
            dense
            label="Group of rules"
            value={view.group ?? ANY}
            options={[
              { value: ANY, label: "Any group" },
              ...GROUPS.map(({ letter, word }) => ({ value: letter, label: word, meta: letter })),
            ]}
            onChange={(value) => onView({ group: value === ANY ? null : value })}
          />
          <Select
            dense
            label="Kind of object"
            value={view.kind ?? ANY}
            options={[{ value: ANY, label: "Any object" }, ...kinds.map((kind) => ({ value: kind, label: kind }))]}
            onChange={(value) => onView({ kind: value === ANY ? null : value })}
          />
          <SearchField
            dense
            ref={search}
            label="Filter findings"
            placeholder="Filter"
            value={view.text}
            onChange={(text) => onView({ text })}
            {...(searchKeys ? { keys: searchKeys } : {})}
          />
          {view.within === "tables" ? null : (
            <Button
              dense
              variant="ghost"
              icon="edit"
              loading={collecting}
              tooltip="All fixes of what is listed, as one review; nothing runs"
              disabledReason={noFixes}
              onClick={onFixes}
            >
              All fixes
            </Button>
          )}
        </div>
      ) : null}
    </>
  );
}
