/** Statements of the fake host for staged changes of a schema: enough to look right. */
import type { ObjectRef, StructureColumnForm, StructureEdit, StructureStep } from "../bindings";
import { boundText } from "./structurePartitions";
import type { FakeObject } from "./structureState";

const name = (text: string) => (/^[a-z_][a-z0-9_]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`);
const on = ({ schema, name: own }: ObjectRef) => `${schema ? `${name(schema)}.` : ""}${name(own)}`;
const list = (names: readonly string[]) => `(${names.map(name).join(", ")})`;

function columnSql(form: StructureColumnForm): string {
  return [
    name(form.name),
    form.native_type,
    form.nullable ? "" : "NOT NULL",
    form.default === null ? "" : `DEFAULT ${form.default}`,
    form.numbering === null ? "" : `GENERATED ${form.numbering === "always" ? "ALWAYS" : "BY DEFAULT"} AS IDENTITY`,
    form.generated === null ? "" : `GENERATED ALWAYS AS (${form.generated}) STORED`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** A table as one statement. */
export function tableSql({ object, columns, keys, checks, foreign_keys }: FakeObject): string {
  const lines = [
    ...columns.filter(({ gone }) => !gone).map(({ form }) => columnSql(form)),
    ...keys.map(
      ({ name: own, form }) =>
        `CONSTRAINT ${name(own)} ${form.primary ? "PRIMARY KEY" : "UNIQUE"} ${list(form.columns)}`,
    ),
    ...checks.map(({ name: own, form }) => `CONSTRAINT ${name(own)} CHECK (${form.expression})`),
    ...foreign_keys.map(
      ({ name: own, form }) =>
        `CONSTRAINT ${name(own)} FOREIGN KEY ${list(form.columns)} REFERENCES ${on(form.references)} ${list(form.referenced_columns)}`,
    ),
  ];
  return `CREATE TABLE ${on(object)} (\n${lines.map((line) => `    ${line}`).join(",\n")}\n);\n`;
}

/** What an edit does, in words. */
export function labelOf(edit: StructureEdit): string {
  switch (edit.edit) {
    case "create_table":
      return `Create table ${edit.name}`;
    case "rename":
      return `Rename ${edit.object.name} to ${edit.name}`;
    case "drop":
      return edit.object.signature !== null && edit.object.kind !== "routine"
        ? `Drop ${edit.object.kind} ${edit.object.signature}.${edit.object.name}`
        : `Drop ${edit.object.name}`;
    case "comment":
      return `Comment on ${edit.object.name}`;
    case "column":
      return edit.name === null
        ? `Add column ${edit.table.name}.${edit.column.name}`
        : `Change column ${edit.table.name}.${edit.name}`;
    case "key":
      return `${edit.name === null ? "Add" : "Change"} ${edit.key.primary ? "primary" : "unique"} key of ${edit.table.name}`;
    case "check":
      return `${edit.name === null ? "Add" : "Change"} check of ${edit.table.name}`;
    case "foreign_key":
      return `${edit.name === null ? "Add" : "Change"} foreign key ${edit.table.name} → ${edit.key.references.name}`;
    case "index":
      return `${edit.name === null ? "Add" : "Change"} index of ${edit.table.name}`;
    case "row_security":
      return `${edit.enabled ? "Enable" : "Disable"} row security of ${edit.table.name}`;
    case "owner":
      return `Give ${edit.object.name} to ${edit.owner}`;
    case "grants":
      return `Rights on ${edit.object.name}`;
    case "text":
      return edit.object ? `Change ${edit.object.name}` : "Create by text";
    case "create_partition":
      return `Create partition ${edit.name} of ${edit.table.name}`;
    case "attach_partition":
      return `Attach ${edit.partition.name} to ${edit.table.name}`;
    case "detach_partition":
      return `Detach ${edit.partition.name}`;
    case "role":
      return `${edit.object ? "Change" : "Create"} role ${edit.name}`;
    case "disown":
      return `Give what ${edit.role.name} owns to ${edit.owner}`;
    case "create_schema":
      return `Create schema ${edit.name}`;
    case "create_extension":
      return `Create extension ${edit.name}`;
    case "enum":
    case "domain":
    case "sequence":
      return `${edit.object ? "Change" : "Create"} ${edit.edit} ${edit.name}`;
    default:
      return "Take back";
  }
}

const EXCLUSIVE = "ACCESS EXCLUSIVE";

/** The statements of an edit; `online` are the objects whose other way was chosen. */
export function stepsOf(edit: StructureEdit, online: ReadonlySet<string>): StructureStep[] {
  const what = labelOf(edit);
  const about: ObjectRef =
    "table" in edit
      ? edit.table
      : "object" in edit && edit.object
        ? edit.object.signature !== null && edit.object.kind !== "routine"
          ? { ...edit.object, kind: "relation", name: edit.object.signature, signature: null }
          : edit.object
        : {
            database: "shop",
            schema: "public",
            kind: "relation",
            name: "name" in edit ? (edit.name ?? "") : "",
            signature: null,
          };
  const step = (sql: string, more: Partial<StructureStep> = {}): StructureStep => ({
    object: about,
    what,
    sql,
    transaction: 0,
    locks: [
      {
        table: on(about),
        lock: EXCLUSIVE,
        waits: "Reads and writes of it wait until the transaction ends.",
      },
    ],
    work: "nothing",
    unless: null,
    online: null,
    findings: [],
    loses: null,
    unread: false,
    ...more,
  });
  switch (edit.edit) {
    case "create_table": {
      const { schema, name: own, columns, primary_key } = edit;
      const lines = [
        ...columns.map(columnSql),
        ...(primary_key.length > 0 ? [`CONSTRAINT ${name(`${own}_pkey`)} PRIMARY KEY ${list(primary_key)}`] : []),
      ];
      const table = `${schema ? `${name(schema)}.` : ""}${name(own)}`;
      return [
        step(`CREATE TABLE ${table} (\n${lines.map((line) => `    ${line}`).join(",\n")}\n)`, { locks: [] }),
        ...(edit.row_security ? [step(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`, { locks: [] })] : []),
      ];
    }
    case "rename":
      return [step(`ALTER TABLE ${on(edit.object)} RENAME TO ${name(edit.name)}`)];
    case "drop": {
      const { object } = edit;
      if (object.kind === "column")
        return [
          step(`ALTER TABLE ${on({ ...object, name: object.signature ?? "" })} DROP COLUMN ${name(object.name)}`, {
            loses: "the values of the column",
          }),
        ];
      if (object.kind === "constraint")
        return [
          step(`ALTER TABLE ${on({ ...object, name: object.signature ?? "" })} DROP CONSTRAINT ${name(object.name)}`),
        ];
      if (object.kind === "index") return [step(`DROP INDEX ${on(object)}`)];
      return [step(`DROP TABLE ${on(object)}`, { loses: "the rows of the table" })];
    }
    case "comment":
      return [step(`COMMENT ON TABLE ${on(edit.object)} IS ${edit.text === null ? "NULL" : `'${edit.text}'`}`)];
    case "column": {
      const { name: was, column, table } = edit;
      if (was === null)
        return [
          step(`ALTER TABLE ${on(table)} ADD COLUMN ${columnSql(column)}`, {
            findings:
              !column.nullable && column.default === null
                ? [
                    {
                      rule: "M-03",
                      level: "error",
                      title: "A column that may not be NULL and has no default",
                      detail:
                        "It fails as soon as the table has a row. Give it a default, or add it as nullable first.",
                    },
                  ]
                : [],
          }),
        ];
      return [
        ...(was === column.name
          ? []
          : [step(`ALTER TABLE ${on(table)} RENAME COLUMN ${name(was)} TO ${name(column.name)}`)]),
        step(
          `ALTER TABLE ${on(table)} ALTER COLUMN ${name(column.name)} TYPE ${column.native_type}${column.convert ? ` USING ${column.convert}` : ""}${column.nullable ? "" : `,\n    ALTER COLUMN ${name(column.name)} SET NOT NULL`}`,
          {
            work: "rewrite",
            unless: "A type that the old one is stored as takes no rewrite.",
            findings: [
              {
                rule: "M-07",
                level: "warning",
                title: "The table is written anew under a lock that stops reads",
                detail: "Add a column of the new type, fill it in batches, then swap the names.",
              },
            ],
          },
        ),
      ];
    }
    case "key":
    case "check": {
      const text =
        edit.edit === "check"
          ? `CHECK (${edit.check.expression})`
          : `${edit.key.primary ? "PRIMARY KEY" : "UNIQUE"} ${list(edit.key.columns)}`;
      const own = edit.edit === "check" ? edit.check.name : edit.key.name;
      return [
        step(`ALTER TABLE ${on(edit.table)} ADD CONSTRAINT ${name(own ?? `${edit.table.name}_${edit.edit}`)} ${text}`, {
          work: "scan",
        }),
      ];
    }
    case "foreign_key": {
      const { key, table } = edit;
      const own = name(key.name ?? `${table.name}_${key.columns.join("_")}_fkey`);
      const sql = `ALTER TABLE ${on(table)} ADD CONSTRAINT ${own} FOREIGN KEY ${list(key.columns)} REFERENCES ${on(key.references)} ${list(key.referenced_columns)}`;
      const object: ObjectRef = { ...table, kind: "constraint", name: own, signature: table.name };
      const chosen = online.has(JSON.stringify(object));
      const words = "Adds it without looking at rows, then looks at them while others read and write.";
      const way = {
        words,
        sql: `${sql} NOT VALID;\nALTER TABLE ${on(table)} VALIDATE CONSTRAINT ${own};`,
        offered: true,
        chosen,
      };
      const locks = [table, key.references].map((each) => ({
        table: on(each),
        lock: "SHARE ROW EXCLUSIVE",
        waits: "Writes of it wait until the transaction ends; reads go on.",
      }));
      if (!chosen) return [step(sql, { object, locks, work: "scan", online: way })];
      return [
        step(`${sql} NOT VALID`, { object, locks, online: way }),
        step(`ALTER TABLE ${on(table)} VALIDATE CONSTRAINT ${own}`, {
          object,
          transaction: 1,
          work: "scan",
          locks: [
            {
              table: on(table),
              lock: "SHARE UPDATE EXCLUSIVE",
              waits: "Nothing but other changes of the table waits.",
            },
          ],
        }),
      ];
    }
    case "index": {
      const { index, table } = edit;
      const keys = index.keys.map(
        (key) => `${key.expression ? `(${key.text})` : name(key.text)}${key.descending ? " DESC" : ""}`,
      );
      const own = name(
        index.name ?? `${table.name}_${index.keys.map(({ text }) => text.replaceAll(/\W+/g, "_")).join("_")}_idx`,
      );
      const object: ObjectRef = { ...table, kind: "index", name: own, signature: table.name };
      const chosen = online.has(JSON.stringify(object));
      const sql = (way: string) =>
        `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${way}${own} ON ${on(table)} USING ${index.method ?? "btree"} (${keys.join(", ")})${index.included.length > 0 ? ` INCLUDE ${list(index.included)}` : ""}${index.predicate ? ` WHERE ${index.predicate}` : ""}`;
      const words =
        "Builds it while others write; takes longer, is kept at once, and may leave an invalid index behind.";
      const way = { words, sql: sql("CONCURRENTLY "), offered: true, chosen };
      return [
        chosen
          ? step(sql("CONCURRENTLY "), {
              object,
              transaction: null,
              online: way,
              work: "scan",
              locks: [
                {
                  table: on(table),
                  lock: "SHARE UPDATE EXCLUSIVE",
                  waits: "Nothing but other changes of the table waits.",
                },
              ],
            })
          : step(sql(""), {
              object,
              online: way,
              work: "scan",
              locks: [
                {
                  table: on(table),
                  lock: "SHARE",
                  waits: "Writes of it wait until the transaction ends; reads go on.",
                },
              ],
            }),
      ];
    }
    case "row_security":
      return [step(`ALTER TABLE ${on(edit.table)} ${edit.enabled ? "ENABLE" : "DISABLE"} ROW LEVEL SECURITY`)];
    case "owner":
      return [step(`ALTER TABLE ${on(edit.object)} OWNER TO ${name(edit.owner)}`)];
    case "grants":
      return edit.grants.map((grant) =>
        step(`GRANT ${grant.privilege} ON ${on(edit.object)} TO ${name(grant.grantee)}`, { locks: [] }),
      );
    case "text":
      return [step(edit.text, { locks: [], unread: true })];
    case "create_partition": {
      const partition = { ...edit.table, name: edit.name };
      return [
        step(`CREATE TABLE ${on(partition)} PARTITION OF ${on(edit.table)}\n    ${boundText(edit.bound)}`, {
          object: partition,
        }),
      ];
    }
    case "attach_partition":
      return [
        step(`ALTER TABLE ${on(edit.table)} ATTACH PARTITION ${on(edit.partition)} ${boundText(edit.bound)}`, {
          work: "scan",
          unless: "unless a check of the partition says so already",
          locks: [
            {
              table: on(edit.table),
              lock: "SHARE UPDATE EXCLUSIVE",
              waits: "Reading and writing rows go on; VACUUM and other changes of the table wait.",
            },
            { table: on(edit.partition), lock: EXCLUSIVE, waits: "Everything waits, reading too." },
          ],
        }),
      ];
    case "detach_partition":
      return [step(`ALTER TABLE public.events DETACH PARTITION ${on(edit.partition)}`)];
    case "role":
      return [step(`${edit.object ? "ALTER" : "CREATE"} ROLE ${name(edit.name)}`, { locks: [] })];
    case "enum":
      return [
        step(`CREATE TYPE ${name(edit.name)} AS ENUM (${edit.labels.map((label) => `'${label}'`).join(", ")})`, {
          locks: [],
        }),
      ];
    default:
      return [
        step(
          `CREATE ${edit.edit.replace("create_", "").toUpperCase()} ${"name" in edit ? name(edit.name ?? "") : ""}`,
          { locks: [] },
        ),
      ];
  }
}
