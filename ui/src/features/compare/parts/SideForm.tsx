/** One side of a comparison: a database, a file, or a folder of migrations. */
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Segmented, Select, toast } from "@/design";
import { type CompareSide, failureOf, host, queryKeys } from "@/ipc";

/** A saved connection. */
export interface Connection {
  readonly id: string;
  readonly name: string;
  readonly open: boolean;
  /** Its own database, where it is known. */
  readonly database: string | null;
}

export interface SideFormProps {
  /** `As it is`, `As it is to be`. */
  label: string;
  side: CompareSide | null;
  onSide: (side: CompareSide) => void;
  connections: readonly Connection[];
  onConnect: (id: string) => void;
}

const MOST_DATABASES = 500;
const OWN = "";

const tell = (thrown: unknown): void => {
  toast({ tone: "danger", title: failureOf(thrown).message });
};

const EMPTY: Readonly<Record<CompareSide["from"], CompareSide>> = {
  database: { from: "database", profile_id: "", database: null },
  file: { from: "file", path: "" },
  folder: { from: "folder", path: "", scratch_profile_id: null },
};

function DatabaseSide({
  side,
  onSide,
  connections,
  onConnect,
}: SideFormProps & { side: CompareSide & { from: "database" } }) {
  const { profile_id, database } = side;
  const connection = connections.find(({ id }) => id === profile_id);
  const { data } = useQuery({
    queryKey: queryKeys.databases(profile_id),
    queryFn: () => host().tree(profile_id, null, 0, MOST_DATABASES),
    enabled: connection?.open === true,
  });
  const own = connection?.database ?? null;
  const others = (data?.nodes ?? []).filter(({ icon, label }) => icon === "database" && label !== own);
  const names = [...new Set([...others.map(({ label }) => label), ...(database === null ? [] : [database])])];
  return (
    <>
      <Select
        label="Connection"
        icon="server"
        value={profile_id || undefined}
        placeholder="Choose a connection"
        onChange={(id) => onSide({ ...side, profile_id: id, database: null })}
        options={connections.map(({ id, name, open }) => ({
          value: id,
          label: name,
          ...(open ? {} : { meta: "not connected" }),
        }))}
      />
      {connection && !connection.open ? (
        <Button dense icon="plug" onClick={() => onConnect(profile_id)}>
          Connect
        </Button>
      ) : names.length > 0 ? (
        <Select
          label="Database"
          icon="database"
          value={database ?? OWN}
          onChange={(name) => onSide({ ...side, database: name === OWN ? null : name })}
          options={[{ value: OWN, label: own ?? "its own" }, ...names.map((name) => ({ value: name, label: name }))]}
        />
      ) : null}
    </>
  );
}

function PathSide({ side, onSide, label }: SideFormProps & { side: CompareSide & { from: "file" | "folder" } }) {
  const folder = side.from === "folder";
  const pick = () =>
    void (
      folder ? host().pickFolder("A folder of migrations") : host().pickFile("A catalog file or an SQLite database")
    )
      .then((path) => path !== null && onSide({ ...side, path }))
      .catch(tell);
  return (
    <div className="cmp-path">
      <Input
        icon={folder ? "folder" : "file"}
        mono
        aria-label={`${label}: ${folder ? "folder" : "file"}`}
        placeholder={folder ? "/path/to/migrations" : "/path/to/catalog.json"}
        value={side.path}
        onChange={(path) => onSide({ ...side, path })}
      />
      <Button dense onClick={pick}>
        Choose…
      </Button>
    </div>
  );
}

export function SideForm(props: SideFormProps) {
  const { label, side, onSide, connections } = props;
  const from = side?.from ?? "database";
  const shown = side ?? EMPTY.database;
  return (
    <fieldset className="cmp-side">
      <legend>{label}</legend>
      <Segmented
        label={`${label}: what it is`}
        dense
        value={from}
        onChange={(next) => onSide(EMPTY[next])}
        options={[
          { value: "database", label: "Database" },
          { value: "file", label: "File" },
          { value: "folder", label: "Migrations" },
        ]}
      />
      <div className="cmp-side-of">
        {shown.from === "database" ? <DatabaseSide {...props} side={shown} /> : <PathSide {...props} side={shown} />}
        {shown.from === "folder" ? (
          <Select
            label="Scratch database on"
            icon="flask"
            tooltip="The folder is applied to a scratch database that goes again"
            value={shown.scratch_profile_id ?? OWN}
            onChange={(id) => onSide({ ...shown, scratch_profile_id: id === OWN ? null : id })}
            options={[
              { value: OWN, label: "Scratch beside the other side" },
              ...connections.map(({ id, name, open }) => ({
                value: id,
                label: `Scratch on ${name}`,
                ...(open ? {} : { disabledReason: "it is not connected" }),
              })),
            ]}
          />
        ) : null}
      </div>
    </fieldset>
  );
}
