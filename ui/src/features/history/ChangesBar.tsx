import { MenuButton, Select, toast } from "@/design";
import { type AuditFormat, failureOf, host } from "@/ipc";
import { type ChangesFilter, isFiltered, KINDS, NO_FILTER, queryOf } from "./changes";
import { ALL, WhenAndWhere } from "./WhenAndWhere";

interface ChangesBarProps {
  text: string;
  filter: ChangesFilter;
  onFilter: (filter: ChangesFilter) => void;
}

const counted = new Intl.NumberFormat("en-US");

/** Asks where to, and writes what was found, or the whole trail. */
async function save(text: string, filter: ChangesFilter, format: AuditFormat): Promise<void> {
  try {
    const name = `audit-${new Date().toISOString().slice(0, 10)}.${format === "csv" ? "csv" : "ndjson"}`;
    const path = await host().pickSavePath("Save the audit trail", name);
    if (path === null) return;
    const lines = await host().exportAudit(queryOf(text, filter, Date.now()), path, format);
    toast({ tone: "ok", title: `${counted.format(lines)} ${lines === 1 ? "line" : "lines"} saved`, detail: path });
  } catch (thrown) {
    const { message, hint } = failureOf(thrown);
    toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
  }
}

/** Which changes are listed, and taking them out as a file. */
export function ChangesBar({ text, filter, onFilter }: ChangesBarProps) {
  const found = text !== "" || isFiltered(filter);
  return (
    <div className="hist-changes">
      <Select
        dense
        block
        label="Kind of change"
        value={filter.kind ?? ALL}
        onChange={(kind) => onFilter({ ...filter, kind: kind === ALL ? null : kind })}
        options={[{ value: ALL, label: "Every kind" }, ...KINDS]}
      />
      <WhenAndWhere filter={filter} onFilter={onFilter} />
      <MenuButton
        label="Save changes to a file"
        icon="download"
        dense
        align="end"
        items={[
          ...(found
            ? ([
                {
                  label: "Save what is found as CSV",
                  icon: "download",
                  onSelect: () => void save(text, filter, "csv"),
                },
                { label: "Save what is found as JSON lines", onSelect: () => void save(text, filter, "ndjson") },
                { separator: true },
              ] as const)
            : []),
          { label: "Save the whole trail as CSV", icon: "download", onSelect: () => void save("", NO_FILTER, "csv") },
          { label: "Save the whole trail as JSON lines", onSelect: () => void save("", NO_FILTER, "ndjson") },
        ]}
      />
    </div>
  );
}
