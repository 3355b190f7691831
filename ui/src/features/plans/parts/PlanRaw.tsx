/** The plan as text: the server's own answer, or the steps as lines to be sent to somebody. */
import { useState } from "react";
import { Button, copyText, Segmented } from "@/design";
import type { ExplainedPlan } from "@/ipc";
import { bytes } from "../model";

/** More than this is copied, but not drawn. */
const MOST_DRAWN = 1 << 20;

const FORMS = { json: "JSON", xml: "XML", text: "text" } as const;

export function PlanRaw({ explained }: { explained: ExplainedPlan }) {
  const [which, setWhich] = useState<"server" | "outline">("server");
  const text = which === "server" ? explained.plan.raw : explained.outline;
  const cut = text.length > MOST_DRAWN;
  return (
    <div className="plan-raw">
      <div className="plan-raw-head">
        <Segmented
          dense
          label="Which text"
          value={which}
          onChange={setWhich}
          options={[
            { value: "server", label: `Server's ${FORMS[explained.plan.form]}` },
            { value: "outline", label: "Outline" },
          ]}
        />
        <span className="rh-meta">
          {bytes(text.length)}
          {cut ? `, the first ${bytes(MOST_DRAWN)} are shown` : ""}
        </span>
        <Button dense icon="copy" onClick={() => void copyText(text)}>
          Copy all
        </Button>
      </div>
      <pre className="plan-pre rh-scroll rh-selectable" aria-label="The plan as text">
        {cut ? text.slice(0, MOST_DRAWN) : text}
      </pre>
    </div>
  );
}
