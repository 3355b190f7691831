// Written by `rowhouse types`. What is changed here is lost.
// SQLite, with safe integers: defaultSafeIntegers() of better-sqlite3, by Drizzle.

import { sql } from "drizzle-orm";
import * as sqlite from "drizzle-orm/sqlite-core";

export const customers = sqlite.sqliteTable("customers", {
  id: sqlite.customType<{ data: bigint }>({ dataType: () => "INTEGER" })("id").notNull().default(sql`NULL`),
  name: sqlite.text("name").notNull(),
}, (table): sqlite.SQLiteTableExtraConfigValue[] => [
  sqlite.primaryKey({ columns: [table.id] }),
]);

export const orders = sqlite.sqliteTable("orders", {
  id: sqlite.customType<{ data: bigint }>({ dataType: () => "INTEGER" })("id").notNull().default(sql`NULL`),
  customer: sqlite.customType<{ data: bigint }>({ dataType: () => "INT" })("customer").notNull(),
  total: sqlite.customType<{ data: bigint | number | string }>({ dataType: () => "DECIMAL(10,2)" })("total"),
  note: sqlite.text("note"),
  any: sqlite.customType<{ data: bigint | number | string | Uint8Array }>({ dataType: () => "" })("any"),
  weight: sqlite.real("weight").notNull(),
  picture: sqlite.customType<{ data: Uint8Array }>({ dataType: () => "BLOB" })("picture"),
  paid: sqlite.customType<{ data: bigint | number | string }>({ dataType: () => "BOOLEAN" })("paid").notNull().default(sql`0`),
  at: sqlite.customType<{ data: bigint | number | string }>({ dataType: () => "DATETIME" })("at").notNull(),
}, (table): sqlite.SQLiteTableExtraConfigValue[] => [
  sqlite.primaryKey({ columns: [table.id] }),
  sqlite.foreignKey({ columns: [table.customer], foreignColumns: [customers.id] }).onDelete("cascade"),
]);

// rowhouse-types {"version":1,"language":"drizzle","engine":"sqlite"}
// rowhouse-types {"relation":{"schema":"main","name":"customers"},"writable":true,"columns":[{"name":"id","native":"INTEGER","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"optional"},{"name":"name","native":"VARCHAR(20)","type":{"scalar":{"text":{"most":null}}},"nullable":false,"given":"required"}]}
// rowhouse-types {"relation":{"schema":"main","name":"orders"},"writable":true,"columns":[{"name":"id","native":"INTEGER","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"optional"},{"name":"customer","native":"INT","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"total","native":"DECIMAL(10,2)","type":{"scalar":{"loose":{"bytes":false}}},"nullable":true,"given":"optional"},{"name":"note","native":"TEXT","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"any","native":"","type":{"scalar":{"loose":{"bytes":true}}},"nullable":true,"given":"optional"},{"name":"weight","native":"REAL","type":{"scalar":{"float":{"bits":64}}},"nullable":false,"given":"required"},{"name":"picture","native":"BLOB","type":{"scalar":{"bytes":{"most":null}}},"nullable":true,"given":"optional"},{"name":"paid","native":"BOOLEAN","type":{"scalar":{"loose":{"bytes":false}}},"nullable":false,"given":"optional"},{"name":"at","native":"DATETIME","type":{"scalar":{"loose":{"bytes":false}}},"nullable":false,"given":"required"}]}
