/** Opening fixes to be read: what changes row security becomes drafts of policies, the rest a script. Nothing of it runs here. */
import { plural, toast } from "@/design";
import { type AdvisorFinding, host, type PolicyOn } from "@/ipc";
import { scriptOf } from "./model";
import { type Place, useForget } from "./queries";

export interface FixWays {
  /** Opens the drafts of these tables. */
  readonly onDrafts: (tables: readonly PolicyOn[]) => void;
  readonly onScript: (title: string, sql: string) => void;
}

export function useFixes({ profileId, database }: Place, ways: FixWays) {
  const forget = useForget({ profileId, database });
  /** Stages what can be staged, opens the rest as a script, and says what waits for another change. */
  const stage = async (findings: readonly AdvisorFinding[], title: string) => {
    const keys = findings.map(({ key }) => key);
    const { tables, drafted, later, script } = await host().advisorDrafts(profileId, database, keys);
    await forget();
    if (script) ways.onScript(title, script.sql);
    if (later.length > 0)
      toast({
        tone: "warn",
        title: `${plural(later.length, "fix", "fixes")} left for later`,
        detail: "They change what another draft changes too. Look again when that is applied or discarded.",
      });
    if (drafted.length > 0) ways.onDrafts(tables);
  };
  return {
    one: async (finding: AdvisorFinding) => {
      const title = `Fix ${finding.rule} ${finding.object.name}`;
      if (finding.fix?.drafts) await stage([finding], title);
      else ways.onScript(title, scriptOf(finding));
    },
    many: (findings: readonly AdvisorFinding[]) => stage(findings, `Fixes of ${plural(findings.length, "finding")}`),
  };
}
