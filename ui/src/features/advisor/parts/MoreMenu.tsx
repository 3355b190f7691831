/** When a database is looked at again, and the report as a file. */
import { MenuButton, type MenuItem, plural, toast } from "@/design";
import { type AdvisorFormat, type AdvisorSchedule, failureOf, host } from "@/ipc";
import { type Place, useForget, useOptions } from "../queries";

const SCHEDULES: readonly { readonly schedule: AdvisorSchedule; readonly word: string }[] = [
  { schedule: "by_hand", word: "When I say so" },
  { schedule: "on_change", word: "When its schema changes" },
  { schedule: "hourly", word: "Every hour while it is open, too" },
];

const FORMATS: readonly { readonly format: AdvisorFormat; readonly word: string; readonly name: string }[] = [
  { format: "table", word: "Save as text…", name: "advisor.txt" },
  { format: "json", word: "Save as JSON…", name: "advisor.json" },
  { format: "sarif", word: "Save as SARIF…", name: "advisor.sarif" },
  { format: "baseline", word: "Save what was accepted as a baseline…", name: "advisor-baseline.json" },
];

export function MoreMenu({ place, able }: { place: Place; able: boolean }) {
  const options = useOptions(place, able);
  const forget = useForget(place);
  const attempt = (work: () => Promise<unknown>) =>
    void work().catch((thrown: unknown) => toast({ tone: "danger", title: failureOf(thrown).message }));
  const { profileId, database } = place;
  const save = async (format: AdvisorFormat, name: string) => {
    const path = await host().pickSavePath("Save the report", name);
    if (!path) return;
    await host().exportAdvisor(profileId, database, format, path);
    toast({ tone: "ok", title: "The report is saved", detail: path });
  };
  const read = async () => {
    const path = await host().pickFile("Read a baseline");
    if (!path) return;
    const count = await host().importAdvisorBaseline(profileId, database, path);
    await forget();
    toast({ tone: "ok", title: `${plural(count, "finding")} of the baseline accepted` });
  };
  const look = async (schedule: AdvisorSchedule) => {
    await host().keepAdvisorOptions(profileId, database, { exposure: null, ask_again: false, schedule });
    await forget();
  };
  const items: readonly MenuItem[] = [
    { heading: "Looked at again" },
    ...SCHEDULES.map(
      ({ schedule, word }): MenuItem => ({
        label: word,
        checked: options.data?.schedule === schedule,
        onSelect: () => attempt(() => look(schedule)),
      }),
    ),
    { separator: true },
    ...FORMATS.map(
      ({ format, word, name }): MenuItem => ({
        label: word,
        icon: "download",
        onSelect: () => attempt(() => save(format, name)),
      }),
    ),
    { label: "Accept what a baseline accepts…", icon: "upload", onSelect: () => attempt(read) },
  ];
  return (
    <MenuButton
      dense
      variant="ghost"
      icon="more"
      label="More of the advisor"
      align="end"
      items={items}
      disabledReason={able ? undefined : "the connection is not open"}
    />
  );
}
