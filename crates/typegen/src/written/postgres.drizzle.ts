// Written by `rowhouse types`. What is changed here is lost.
// PostgreSQL, by Drizzle.

import { sql } from "drizzle-orm";
import * as pg from "drizzle-orm/pg-core";

export const oddSchemaSchema = pg.pgSchema("odd schema");

/** How somebody is */
export const mood = pg.pgEnum("mood", ["sad", "so-so", "it's \"fine\"", "注文", ""]);

export const oddSchemaX = oddSchemaSchema.table("*/ `${x}` \"'\\ \u2028//\u202e ?>", {
  größe: pg.integer("größe").notNull().default(sql`1`),
  "*/ `${x}` \"'\\ \u2028//\u202e ?>": pg.bigint("*/ `${x}` \"'\\ \u2028//\u202e ?>", { mode: "bigint" }).notNull(),
  注文: pg.text("注文"),
  ["__proto__"]: pg.integer("__proto__"),
}, (table): pg.PgTableExtraConfigValue[] => [
  pg.primaryKey({ columns: [table.größe, table["*/ `${x}` \"'\\ \u2028//\u202e ?>"]], name: "homes_pkey" }),
  pg.foreignKey({ columns: [table["*/ `${x}` \"'\\ \u2028//\u202e ?>"]], foreignColumns: [date.person], name: "homes_date" }).onDelete("cascade"),
]);

export const people = pg.pgTable("People", {
  "a-b": pg.text("a-b"),
  a_b: pg.text("a_b"),
  new: pg.customType<{ data: string }>({ dataType: () => "xml" })("new"),
});

export const adults = pg.pgView("adults", {
  id: pg.bigint("id", { mode: "bigint" }),
  mood: mood("mood"),
}).existing();

export const date = pg.pgTable("date", {
  person: pg.bigint("person", { mode: "bigint" }).notNull(),
  other: pg.bigint("other", { mode: "bigint" }),
  size: pg.integer("size").notNull(),
  home: pg.bigint("home", { mode: "bigint" }).notNull(),
}, (table): pg.PgTableExtraConfigValue[] => [
  pg.primaryKey({ columns: [table.person], name: "date_pkey" }),
  pg.foreignKey({ columns: [table.other], foreignColumns: [people2.id], name: "date_other" }).onDelete("cascade"),
  pg.foreignKey({ columns: [table.person], foreignColumns: [people2.id], name: "date_person" }).onDelete("cascade"),
  pg.foreignKey({ columns: [table.size, table.home], foreignColumns: [oddSchemaX.größe, oddSchemaX["*/ `${x}` \"'\\ \u2028//\u202e ?>"]], name: "date_home" }).onDelete("cascade"),
]);

/**
 * Who is known
 * here *∕ `${x}` "'\  //  ?>
 */
export const people2 = pg.pgTable("people", {
  id: pg.bigint("id", { mode: "bigint" }).notNull().generatedAlwaysAsIdentity(),
  /** *∕ `${x}` "'\  //  ?> */
  email: pg.customType<{ data: string }>({ dataType: () => "public.work_email" })("email").notNull(),
  mood: mood("mood"),
  moods: mood("moods").array().notNull(),
  balance: pg.numeric("balance", { precision: 12, scale: 2 }).notNull(),
  rates: pg.numeric("rates").array(),
  born: pg.date("born"),
  seen: pg.timestamp("seen", { withTimezone: true, precision: 3, mode: "string" }).notNull().default(sql`now()`),
  logged: pg.timestamp("logged", { mode: "string" }),
  nap: pg.interval("nap"),
  at: pg.time("at", { withTimezone: true }),
  data: pg.jsonb("data"),
  picture: pg.customType<{ data: Uint8Array }>({ dataType: () => "bytea" })("picture"),
  tags: pg.varchar("tags", { length: 20 }).array().notNull().default(sql`'{"a\`\${b}\\\\"}'::character varying[]`),
  place: pg.customType<{ data: string }>({ dataType: () => "point" })("place"),
  span: pg.customType<{ data: string }>({ dataType: () => "int4range" })("span"),
  last: pg.customType<{ data: string }>({ dataType: () => "\"odd schema\".\"Order\"" })("last"),
  emails: pg.customType<{ data: string }>({ dataType: () => "public.email" })("emails").array(),
  flags: pg.customType<{ data: string }>({ dataType: () => "bit(3)" })("flags"),
  key: pg.uuid("key").notNull().default(sql`gen_random_uuid()`),
  initial: pg.customType<{ data: string }>({ dataType: () => "\"char\"" })("initial"),
  boss: pg.bigint("boss", { mode: "bigint" }),
  shouted: pg.text("shouted").generatedAlwaysAs(sql`upper((email)::text)`),
  class: pg.smallint("class").notNull(),
  number: pg.customType<{ data: number }>({ dataType: () => "oid" })("number"),
  ratio: pg.doublePrecision("ratio"),
}, (table): pg.PgTableExtraConfigValue[] => [
  pg.primaryKey({ columns: [table.id], name: "people_pkey" }),
  pg.unique("people_email").on(table.email),
  pg.foreignKey({ columns: [table.boss], foreignColumns: [table.id], name: "people_boss" }).onDelete("cascade"),
]);

// rowhouse-types {"version":1,"language":"drizzle","engine":"postgres"}
// rowhouse-types {"enumeration":{"schema":"public","name":"mood"},"labels":["sad","so-so","it's \"fine\"","注文",""]}
// rowhouse-types {"relation":{"schema":"odd schema","name":"*/ `${x}` \"'\\ \u2028//\u202e ?>"},"writable":true,"columns":[{"name":"größe","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":false,"given":"optional"},{"name":"*/ `${x}` \"'\\ \u2028//\u202e ?>","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"注文","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"__proto__","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"People"},"writable":true,"columns":[{"name":"a-b","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"a_b","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"new","native":"xml","type":{"scalar":{"other":"xml"}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"adults"},"writable":false,"columns":[{"name":"id","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"mood","native":"public.mood","type":{"enumeration":{"schema":"public","name":"mood"}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"date"},"writable":true,"columns":[{"name":"person","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"other","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"size","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":false,"given":"required"},{"name":"home","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"}]}
// rowhouse-types {"relation":{"schema":"public","name":"people"},"writable":true,"columns":[{"name":"id","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"never"},{"name":"email","native":"public.work_email","type":{"scalar":{"text":{"most":80}}},"nullable":false,"given":"required"},{"name":"mood","native":"public.mood","type":{"enumeration":{"schema":"public","name":"mood"}},"nullable":true,"given":"optional"},{"name":"moods","native":"public.mood[]","type":{"array":{"enumeration":{"schema":"public","name":"mood"}}},"nullable":false,"given":"required"},{"name":"balance","native":"numeric(12,2)","type":{"scalar":{"decimal":{"precision":12,"scale":2}}},"nullable":false,"given":"required"},{"name":"rates","native":"numeric[]","type":{"array":{"scalar":{"decimal":{"precision":null,"scale":null}}}},"nullable":true,"given":"optional"},{"name":"born","native":"date","type":{"scalar":"date"},"nullable":true,"given":"optional"},{"name":"seen","native":"timestamp(3) with time zone","type":{"scalar":"zoned_timestamp"},"nullable":false,"given":"optional"},{"name":"logged","native":"timestamp without time zone","type":{"scalar":"timestamp"},"nullable":true,"given":"optional"},{"name":"nap","native":"interval","type":{"scalar":"interval"},"nullable":true,"given":"optional"},{"name":"at","native":"time with time zone","type":{"scalar":"zoned_time"},"nullable":true,"given":"optional"},{"name":"data","native":"jsonb","type":{"scalar":"json"},"nullable":true,"given":"optional"},{"name":"picture","native":"bytea","type":{"scalar":{"bytes":{"most":null}}},"nullable":true,"given":"optional"},{"name":"tags","native":"character varying(20)[]","type":{"array":{"scalar":{"text":{"most":20}}}},"nullable":false,"given":"optional"},{"name":"place","native":"point","type":{"scalar":{"other":"point"}},"nullable":true,"given":"optional"},{"name":"span","native":"int4range","type":{"scalar":{"other":"int4range"}},"nullable":true,"given":"optional"},{"name":"last","native":"\"odd schema\".\"Order\"","type":{"composite":{"schema":"odd schema","name":"Order"}},"nullable":true,"given":"optional"},{"name":"emails","native":"public.email[]","type":{"array":{"domain":{"scalar":{"text":{"most":80}}}}},"nullable":true,"given":"optional"},{"name":"flags","native":"bit(3)","type":{"scalar":"bits"},"nullable":true,"given":"optional"},{"name":"key","native":"uuid","type":{"scalar":"uuid"},"nullable":false,"given":"optional"},{"name":"initial","native":"\"char\"","type":{"scalar":{"other":"char"}},"nullable":true,"given":"optional"},{"name":"boss","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"shouted","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"never"},{"name":"class","native":"smallint","type":{"scalar":{"integer":{"bits":16,"signed":true}}},"nullable":false,"given":"required"},{"name":"number","native":"oid","type":{"scalar":{"integer":{"bits":32,"signed":false}}},"nullable":true,"given":"optional"},{"name":"ratio","native":"double precision","type":{"scalar":{"float":{"bits":64}}},"nullable":true,"given":"optional"}]}
