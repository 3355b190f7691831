/** A new partition of a table, and a table that becomes one. */
import { useState } from "react";
import { Checkbox, Field, Input, Skeleton } from "@/design";
import { failureOf, type ObjectRef, type StructureBound, type StructurePage, type StructurePartitioning } from "@/ipc";
import { useDesk } from "../desk";
import { exposed, titleOf } from "../model";
import { boundProblem, nextBound, partitioningProblem } from "../partitioning";
import { usePage } from "../queries";
import { Note, TableField, Wrong } from "./fields";
import { BoundFields, PartitioningFields } from "./PartitionFields";
import { Sheet } from "./Sheet";

interface Asked {
  table: ObjectRef;
  onStaged: (object: ObjectRef) => void;
}

/** The partitioned table is read before anything is asked of its partition. */
export function PartitionDialog(props: Asked & { ask: "partition" | "attach" }) {
  const { place } = useDesk();
  const { ask, table } = props;
  const page = usePage(place, table);
  const title = ask === "attach" ? `Attach a table to ${titleOf(table)}` : `New partition of ${titleOf(table)}`;
  const own = page.data && page.data.object.name === table.name ? page.data : undefined;
  if (!own)
    return (
      <Sheet title={title} problem="It is being read" send={async () => null}>
        {page.error ? <Wrong error={failureOf(page.error)} /> : <Skeleton width="100%" height={120} />}
      </Sheet>
    );
  return ask === "attach" ? (
    <Attach {...props} title={title} page={own} />
  ) : (
    <NewPartition {...props} title={title} page={own} />
  );
}

function NewPartition({ table, title, page, onStaged }: Asked & { title: string; page: StructurePage }) {
  const { abilities, stage } = useDesk();
  const able = abilities.partitions;
  const by = page.partitions?.form ?? null;
  const there = page.partitions?.partitions ?? [];
  const [name, setName] = useState("");
  const [bound, setBound] = useState<StructureBound>(() => nextBound(by, there));
  const [further, setFurther] = useState<StructurePartitioning | null>(null);
  const reached = exposed(abilities, table.schema);
  const [secure, setSecure] = useState(reached || page.row_security?.[0] === true);
  const rest = there.some(({ bound: own, change }) => /^default\b/i.test(own) && change !== "removed");
  return (
    <Sheet
      title={title}
      problem={
        name.trim() === ""
          ? "It needs a name"
          : (boundProblem(bound, by?.keys.length ?? 1, able?.from ?? true) ?? partitioningProblem(further))
      }
      send={async () => {
        const own = name.trim();
        const error = await stage([
          {
            edit: "create_partition",
            table,
            schema: null,
            name: own,
            bound,
            partition_by: further,
            row_security: secure && able?.tables === true,
          },
        ]);
        if (error === null) onStaged(able?.tables ? { ...table, name: own } : table);
        return error;
      }}
    >
      <Field label="Name">{(control) => <Input {...control} mono autoFocus value={name} onChange={setName} />}</Field>
      <BoundFields by={by} bound={bound} onChange={setBound} />
      {rest ? (
        <Note tone="warn">
          Rows of the default partition are read while it is made: those that belong here refuse it.
        </Note>
      ) : null}
      {able?.tables ? (
        <PartitioningFields form={further} columns={page.columns.map(({ form }) => form.name)} onChange={setFurther} />
      ) : null}
      {abilities.row_security ? (
        <Field
          label="Row security"
          hint="Policies of the partitioned table count for who comes through it, not for who reads the partition itself."
        >
          {(control) => (
            <Checkbox {...control} checked={secure} onChange={setSecure}>
              Enable row security
            </Checkbox>
          )}
        </Field>
      ) : null}
    </Sheet>
  );
}

function Attach({ table, title, page, onStaged }: Asked & { title: string; page: StructurePage }) {
  const { stage } = useDesk();
  const by = page.partitions?.form ?? null;
  const [other, setOther] = useState<ObjectRef | null>(null);
  const [bound, setBound] = useState<StructureBound>(() => nextBound(by, page.partitions?.partitions ?? []));
  return (
    <Sheet
      title={title}
      problem={other === null ? "Choose a table" : boundProblem(bound, by?.keys.length ?? 1, true)}
      send={async () => {
        if (other === null) return null;
        const error = await stage([{ edit: "attach_partition", table, partition: other, bound }]);
        if (error === null) onStaged(other);
        return error;
      }}
    >
      <TableField label="Table" near={{ ...table, name: "" }} table={null} onChange={setOther} />
      <BoundFields by={by} bound={bound} onChange={setBound} />
      <Note tone="info">
        All its rows are read under ACCESS EXCLUSIVE on it, unless a valid check says already that they belong here. Add
        that check first, in two changes: NOT VALID, then VALIDATE.
      </Note>
    </Sheet>
  );
}
