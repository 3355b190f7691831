/** What holds for every case of a suite: where claims go, and what the login runs before. */
import { Button, Dialog, Field, Input } from "@/design";
import { Statements } from "./CaseForm";
import type { Suite } from "./model";

export interface SuiteDialogProps {
  suite: Suite;
  onChange: (suite: Suite) => void;
  onClose: () => void;
}

export function SuiteDialog({ suite, onChange, onClose }: SuiteDialogProps) {
  return (
    <Dialog
      open
      width={640}
      onClose={onClose}
      title={`Before every case of ${suite.name}`}
      description="The login runs these in the same transaction as the case; they are rolled back with it."
      footer={
        <Button className="ml-auto" variant="primary" onClick={onClose} keys="Escape" showKeys>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <Statements label="Statement" of={suite.setup ?? []} onChange={(setup) => onChange({ ...suite, setup })} />
        <Field label="Setting that claims are put into" layout="stack" hint="request.jwt.claims where it is empty">
          {(control) => (
            <Input
              {...control}
              mono
              placeholder="request.jwt.claims"
              value={suite.claims_setting ?? ""}
              onChange={(claims_setting) => onChange({ ...suite, claims_setting })}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}
