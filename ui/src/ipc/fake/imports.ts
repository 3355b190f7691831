/** The fake host's imports: a DBeaver workspace that holds one of each kind. */
import type { FoundConnection, ImportPreview, ImportRequest, ImportSource } from "../bindings";

export const SOURCES: readonly ImportSource[] = [
  {
    kind: "dbeaver",
    label: "DBeaver",
    file_name: "data-sources.json",
    found: ["/users/ada/.local/share/DBeaverData/workspace6/General/.dbeaver/data-sources.json"],
  },
  { kind: "datagrip", label: "DataGrip and other JetBrains IDEs", file_name: "dataSources.xml", found: [] },
  { kind: "pgadmin", label: "pgAdmin", file_name: "pgadmin4.db or servers.json", found: [] },
  { kind: "tableplus", label: "TablePlus", file_name: "Connections.plist", found: [] },
  {
    kind: "pgservice",
    label: "PostgreSQL services",
    file_name: "pg_service.conf",
    found: ["/users/ada/.pg_service.conf"],
  },
  { kind: "mycnf", label: "MySQL options", file_name: "my.cnf", found: [] },
  { kind: "env", label: "Environment file", file_name: ".env", found: [] },
  { kind: "rowhouse", label: "Rowhouse", file_name: "connections.json", found: [] },
];

const found = (index: number, name: string, host: string, more: Partial<FoundConnection>): FoundConnection => ({
  index,
  name,
  group: "Team",
  engine: "postgresql",
  driver: "postgres",
  values: { host, user: "ada", database: "shop" },
  target: `${host}:5432/shop`,
  environment: "development",
  safety: "free",
  colour: null,
  password: "keychain",
  password_command: null,
  has_password: false,
  warnings: [],
  status: { kind: "new" },
  ...more,
});

export function previewOf({ file, kind, with_passwords }: ImportRequest): ImportPreview {
  const connections = [
    found(0, "analytics", "dw.shop.internal", {
      environment: "production",
      safety: "read_only",
      values: { host: "dw.shop.internal", ssh: "key", ssh_host: "bastion.shop.internal" },
      has_password: with_passwords,
      warnings: with_passwords ? [] : ["Its password is left out, as passwords were not asked for."],
    }),
    found(1, "shop-prod", "db1.shop.internal", {
      group: null,
      environment: "production",
      safety: "read_only",
      status: { kind: "duplicate", of: "shop-prod" },
    }),
    found(2, "warehouse of the northern region, read replica two", "replica-2.warehouse.north.shop.internal", {
      environment: "staging",
      status: {
        kind: "update",
        profile_id: "p-staging",
        differences: [
          { field: "host", before: "old", after: "replica-2" },
          { field: "sslmode", before: null, after: "verify-full" },
        ],
      },
    }),
    found(3, "tokens", "rds.eu-central-1.example.com", {
      password: "command",
      password_command: {
        argv: ["aws", "rds", "generate-db-auth-token", "--hostname", "rds.eu-central-1.example.com"],
        shell: false,
        timeout_s: 30,
      },
    }),
    found(4, "Legacy", "", {
      engine: "oracle",
      driver: null,
      target: "",
      status: { kind: "unsupported", reason: "Rowhouse has no driver for oracle yet." },
    }),
  ];
  return { reference: "preview", kind: kind ?? "dbeaver", file: file ?? "", connections, warnings: [] };
}
