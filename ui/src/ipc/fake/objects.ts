/** The fake host's pages of what is no relation, and who may use what. */
import type {
  GrantRow,
  ListState,
  ObjectFact,
  ObjectIcon,
  ObjectList,
  ObjectPage,
  ObjectRef,
  TreeNode,
} from "../bindings";
import type { FakeTable } from "./tables";
import { refuse, requireOpen, type World } from "./world";

const PUBLIC = { database: "shop", schema: "public", signature: null };

const REORDER: ObjectRef = { ...PUBLIC, kind: "routine", name: "reorder_stock", signature: "bigint" };
const TOTAL: ObjectRef = { ...PUBLIC, kind: "routine", name: "order_total", signature: "bigint, boolean" };
const STATUS: ObjectRef = { ...PUBLIC, kind: "type", name: "order_status" };
const EMAIL: ObjectRef = { ...PUBLIC, kind: "type", name: "email" };
const ADDRESS: ObjectRef = { ...PUBLIC, kind: "type", name: "address" };
const IDS: ObjectRef = { ...PUBLIC, kind: "sequence", name: "orders_id_seq" };
const role = (name: string): ObjectRef => ({ database: null, schema: null, kind: "role", name, signature: null });
const EXTENSION: ObjectRef = { ...PUBLIC, schema: null, kind: "extension", name: "pg_trgm" };

export const grant = (grantee: string, privileges: string[], more: Partial<GrantRow> = {}): GrantRow => ({
  grantee,
  privileges,
  column: null,
  grantable: false,
  grantor: "shop",
  through: null,
  ...more,
});

const says = (label: string, value: string): ObjectFact => ({ label, value, code: false, warning: null });
const code = (label: string, value: string): ObjectFact => ({ label, value, code: true, warning: null });
const list = (label: string, heads: string[], rows: string[][]): ObjectList => ({ label, heads, rows });

interface FakeObject {
  readonly object: ObjectRef;
  readonly icon: ObjectIcon;
  readonly kind: string;
  readonly facts: readonly ObjectFact[];
  readonly lists?: readonly ObjectList[];
  readonly grants?: readonly GrantRow[];
  readonly state?: ListState;
  readonly comment?: string;
  readonly definition: string;
}

const ROLE_FACTS = (login: string, superuser: string): ObjectFact[] => [
  says("Can log in", login),
  says("Superuser", superuser),
  says("Bypasses row security", "no"),
  says("Makes databases", "no"),
  says("Makes roles", "no"),
  says("Replicates", "no"),
  says("Has its groups' rights", "at once"),
];

const OBJECTS: readonly FakeObject[] = [
  {
    object: REORDER,
    icon: "function",
    kind: "function",
    comment: "Orders what has run low. Called by the nightly job.",
    facts: [
      code("Arguments", "product_id bigint"),
      code("Returns", "integer"),
      code("Language", "plpgsql"),
      {
        ...says("Runs as", "its owner (definer)"),
        warning:
          "It runs with its owner's rights but finds names along the caller's search_path: who may make objects in a schema on that path decides what it does. Set search_path on it.",
      },
      says("Volatility", "volatile: it may change between calls"),
    ],
    grants: [grant("PUBLIC", ["EXECUTE"]), grant("reporting", ["EXECUTE"], { grantable: true })],
    definition:
      "CREATE OR REPLACE FUNCTION public.reorder_stock(product_id bigint)\n RETURNS integer\n LANGUAGE plpgsql\n SECURITY DEFINER\nAS $function$\nBEGIN\n  INSERT INTO reorders SELECT product_id, now();\n  RETURN 1;\nEND\n$function$",
  },
  {
    object: TOTAL,
    icon: "function",
    kind: "function",
    facts: [
      code("Arguments", "order_id bigint, with_tax boolean DEFAULT true"),
      code("Returns", "numeric"),
      code("Language", "sql"),
      says("Runs as", "its owner (definer)"),
      says("Volatility", "stable: the same within one statement"),
    ],
    lists: [list("Settings", ["Setting", "Value"], [["search_path", "pg_catalog, public"]])],
    grants: [grant("reporting", ["EXECUTE"])],
    definition: "CREATE OR REPLACE FUNCTION public.order_total(order_id bigint, with_tax boolean DEFAULT true) …",
  },
  {
    object: STATUS,
    icon: "type",
    kind: "enum",
    facts: [says("Labels", "5")],
    lists: [
      list(
        "Labels",
        ["#", "Label"],
        ["placed", "paid", "shipped", "returned", "lost, and never found again"].map((label, at) => [
          (at + 1).toString(),
          label,
        ]),
      ),
    ],
    grants: [],
    definition:
      "CREATE TYPE public.order_status AS ENUM ('placed', 'paid', 'shipped', 'returned', 'lost, and never found again');",
  },
  {
    object: EMAIL,
    icon: "type",
    kind: "domain",
    facts: [code("Base type", "text"), says("NULL", "not allowed"), code("Default", "'nobody@example.com'::text")],
    lists: [list("Checks", ["Check"], [["CHECK ((VALUE ~~ '%@%'::text))"]])],
    state: "denied",
    definition:
      "CREATE DOMAIN public.email AS text DEFAULT 'nobody@example.com'::text NOT NULL CHECK (VALUE ~~ '%@%'::text);",
  },
  {
    object: ADDRESS,
    icon: "type",
    kind: "composite type",
    facts: [says("Attributes", "3")],
    lists: [
      list(
        "Attributes",
        ["Name", "Type"],
        [
          ["street", "text"],
          ["city", "text"],
          ["postcode", "character varying(12)"],
        ],
      ),
    ],
    state: "unread",
    definition: "CREATE TYPE public.address AS (street text, city text, postcode character varying(12));",
  },
  {
    object: IDS,
    icon: "sequence",
    kind: "sequence",
    facts: [
      code("Type", "integer"),
      { ...code("Last value", "1932735283"), warning: "90 % of its values are used up; then it fails." },
      code("Start", "1"),
      code("Minimum", "1"),
      code("Maximum", "2147483647"),
      code("Increment", "1"),
      says("At its end", "fails"),
      code("Owned by", "public.orders.id"),
    ],
    // More than fit, from grantees with long names.
    grants: Array.from({ length: 240 }, (_, at) =>
      grant(
        at % 40 === 0 ? `a_team_whose_name_goes_on_for_as_long_as_a_name_may_be_${at}` : `team_${at}`,
        ["USAGE", "SELECT"],
        {
          grantable: at % 3 === 0,
        },
      ),
    ),
    definition: "CREATE SEQUENCE public.orders_id_seq AS integer OWNED BY public.orders.id;",
  },
  {
    object: role("reporting"),
    icon: "role",
    kind: "login role",
    facts: [...ROLE_FACTS("yes", "no"), says("Sessions at most", "5")],
    lists: [
      list(
        "Member of",
        ["Role", "May make members", "Inherits", "May become it", "Granted by"],
        [["pg_read_all_data", "no", "yes", "yes", "postgres"]],
      ),
      list("Settings", ["Setting", "Value", "Database"], [["statement_timeout", "30s", "every"]]),
    ],
    state: "absent",
    definition: "CREATE ROLE reporting WITH LOGIN CONNECTION LIMIT 5;\nGRANT pg_read_all_data TO reporting;",
  },
  {
    object: role("hr_admin"),
    icon: "role",
    kind: "role",
    facts: ROLE_FACTS("no", "no"),
    state: "absent",
    definition: "CREATE ROLE hr_admin;",
  },
  {
    object: EXTENSION,
    icon: "extension",
    kind: "extension",
    comment: "text similarity measurement and index searching based on trigrams",
    facts: [code("Version", "1.6"), code("Schema", "public")],
    state: "absent",
    definition: "CREATE EXTENSION pg_trgm WITH SCHEMA public;",
  },
];

const same = (a: ObjectRef, b: ObjectRef): boolean =>
  a.kind === b.kind && a.name === b.name && a.schema === b.schema && (a.signature ?? null) === (b.signature ?? null);

/** What the tree has in no schema: pages of few words. */
function ofDatabase(object: ObjectRef): FakeObject | undefined {
  const words = { extension: "extension", publication: "publication", event_trigger: "event trigger" }[object.kind];
  if (words === undefined) return undefined;
  const icon = object.kind as ObjectIcon;
  const definition = `CREATE ${words.toUpperCase()} ${object.name};`;
  return { object, icon, kind: words, facts: [says("Enabled", "yes")], state: "absent", definition };
}

const find = (object: ObjectRef): FakeObject =>
  OBJECTS.find((each) => same(each.object, object)) ??
  ofDatabase(object) ??
  refuse("not_found", `There is no “${object.name}” any more.`, { hint: "Refresh the explorer." });

export function objectPage(world: World, profileId: string, object: ObjectRef): ObjectPage {
  requireOpen(world, profileId);
  const { icon, kind, comment = null, facts, lists = [], grants = [], state = "read" } = find(object);
  return {
    object,
    icon,
    kind,
    comment,
    owner: object.schema === null ? null : "shop",
    facts: [...facts],
    lists: [...lists],
    grants: [...grants],
    grants_state: state,
    as_of_ms: Date.now() - 60_000,
  };
}

export const objectDefinition = (object: ObjectRef): string => find(object).definition;

/** A leaf of the tree for each object of these kinds. */
export const objectNodes = (
  kind: string,
  leaf: (id: string, label: string, icon: ObjectIcon, more: Partial<TreeNode>) => TreeNode,
): TreeNode[] =>
  OBJECTS.filter(({ object }) => object.kind === kind).map(({ object, icon, kind: word }) =>
    leaf(`o:${kind}:${object.name}`, object.name, icon, {
      expandable: false,
      object,
      detail: kind === "type" ? word : object.signature === null ? null : `(${object.signature})`,
    }),
  );

/** Who may use a table. */
export function tableGrants(table: FakeTable, sqlite: boolean): { grants: GrantRow[]; grants_state: ListState } {
  if (sqlite) return { grants: [], grants_state: "absent" };
  if (table.denied) return { grants: [], grants_state: "denied" };
  if (table.name !== "orders") return { grants: [], grants_state: "read" };
  return {
    grants_state: "read",
    grants: [
      grant("reporting", ["SELECT"]),
      grant("shop_writers", ["DELETE", "INSERT", "SELECT", "UPDATE"], { grantable: true }),
      grant("PUBLIC", ["SELECT"], { column: "placed_at" }),
      grant("support", ["UPDATE"], { column: "status", grantor: "shop_writers" }),
    ],
  };
}
