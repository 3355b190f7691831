/** All fixes of what is listed as one review: which become drafts of policies, which a script, and which are left out. */
import { useState } from "react";
import { Badge, Banner, Button, Checkbox, Dialog, ErrorBlock, Icon, number, plural, tip, VirtualList } from "@/design";
import { type AdvisorFinding, type AppError, failureOf, failureProps } from "@/ipc";
import { fixesOf } from "../model";

export interface FixesDialogProps {
  /** Those that have a fix. */
  findings: readonly AdvisorFinding[];
  /** How many are listed that have none. */
  without: number;
  onOpen: (findings: readonly AdvisorFinding[]) => Promise<void>;
  onClose: () => void;
}

export function FixesDialog({ findings, without, onOpen, onClose }: FixesDialogProps) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState(findings[0]?.key);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const chosen = findings.filter(({ key }) => !left.has(key));
  const { drafts, script, alone } = fixesOf(chosen);
  const toggle = (key: string) =>
    setLeft((before) => {
      const next = new Set(before);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  const words = [
    drafts > 0 ? plural(drafts, "draft") : "",
    script > 0 ? `a script of ${plural(script, "fix", "fixes")}` : "",
  ].filter((each) => each !== "");
  const open = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await onOpen(chosen);
      onClose();
    } catch (thrown) {
      setFailure(failureOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      width={760}
      onClose={onClose}
      title={`Review ${plural(findings.length, "fix", "fixes")}`}
      description="Changes of row security become drafts of policies, to be applied as one; everything else opens as a script. Nothing runs."
      footer={
        <>
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button
            variant="primary"
            loading={busy}
            disabledReason={chosen.length > 0 ? undefined : "choose a fix"}
            onClick={() => void open()}
          >
            {words.length > 0 ? `Open ${words.join(" and ")}` : "Open"}
          </Button>
        </>
      }
    >
      <div className="adv-fixes">
        <Checkbox
          checked={left.size === 0 ? true : chosen.length === 0 ? false : "mixed"}
          onChange={(all) => setLeft(all ? new Set() : new Set(findings.map(({ key }) => key)))}
        >
          All of them
        </Checkbox>
        <VirtualList
          label="Fixes"
          className="adv-fix-list"
          items={findings}
          keyOf={({ key }) => key}
          itemHeight={44}
          selected={at}
          onSelect={setAt}
          onOpen={({ key }) => toggle(key)}
          onKeyDown={(event, finding) => {
            if (event.key !== " " || !finding) return;
            event.preventDefault();
            toggle(finding.key);
          }}
          renderItem={(finding) => (
            <Row finding={finding} on={!left.has(finding.key)} onToggle={() => toggle(finding.key)} />
          )}
        />
        {alone > 0 ? (
          <Banner tone="warn">
            {plural(alone, "fix", "fixes")} may not run inside a transaction: the script has{" "}
            {alone === 1 ? "it" : "them"} at its end.
          </Banner>
        ) : null}
        {without > 0 ? (
          <p className="rh-meta">{number(without)} more have no statement that mends them: a person decides.</p>
        ) : null}
        {failure ? <ErrorBlock {...failureProps(failure)} /> : null}
      </div>
    </Dialog>
  );
}

function Row({ finding, on, onToggle }: { finding: AdvisorFinding; on: boolean; onToggle: () => void }) {
  const { fix, rule, message, object } = finding;
  return (
    <div className="adv-fix">
      <span
        className="adv-fix-box"
        data-on={on || undefined}
        onClick={onToggle}
        {...tip("Space leaves it out, or takes it in")}
      >
        <Icon name={on ? "check" : "minus"} size={14} />
      </span>
      <span className="min-w-0">
        <span className="rh-truncate block" title={message}>
          <span className="rh-meta">{on ? "" : "left out: "}</span>
          {message}
        </span>
        <span className="rh-meta rh-truncate block">
          <span className="rh-mono">{object.label}</span> · {rule}
        </span>
      </span>
      <Badge tone={fix?.drafts ? "accent" : "neutral"} icon={fix?.drafts ? "policy" : "edit"}>
        {fix?.drafts ? "draft" : "script"}
      </Badge>
    </div>
  );
}
