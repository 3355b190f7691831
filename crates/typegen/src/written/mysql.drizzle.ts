// Written by `rowhouse types`. What is changed here is lost.
// MySQL, by Drizzle.

import { sql } from "drizzle-orm";
import * as mysql from "drizzle-orm/mysql-core";

export const orders = mysql.mysqlTable("orders", {
  id: mysql.bigint("id", { mode: "bigint", unsigned: true }).notNull().autoincrement(),
  state: mysql.mysqlEnum("state", ["new", "it's (paid)", ""]).notNull(),
  marks: mysql.customType<{ data: string }>({ dataType: () => "set('a','b')" })("marks"),
  total: mysql.decimal("total", { precision: 10, scale: 2, unsigned: true }).notNull(),
  small: mysql.tinyint("small").notNull(),
  middle: mysql.mediumint("middle", { unsigned: true }),
  whole: mysql.int("whole", { unsigned: true }),
  year: mysql.year("year"),
  at: mysql.datetime("at", { mode: "string", fsp: 6 }),
  changed: mysql.timestamp("changed", { mode: "string" }).notNull().default(sql`current_timestamp()`),
  lasted: mysql.time("lasted"),
  note: mysql.longtext("note"),
  name: mysql.varchar("name", { length: 80 }).notNull(),
  bits: mysql.customType<{ data: Uint8Array }>({ dataType: () => "bit(4)" })("bits"),
  raw: mysql.customType<{ data: Uint8Array }>({ dataType: () => "varbinary(16)" })("raw"),
  facts: mysql.json("facts"),
  place: mysql.customType<{ data: string }>({ dataType: () => "point" })("place"),
  upper_name: mysql.varchar("upper_name", { length: 80 }).generatedAlwaysAs(sql`upper(\`name\`)`, { mode: "virtual" }),
  born: mysql.date("born", { mode: "string" }),
  parent: mysql.bigint("parent", { mode: "bigint", unsigned: true }),
}, (table): mysql.MySqlTableExtraConfigValue[] => [
  mysql.primaryKey({ columns: [table.id], name: "PRIMARY" }),
  mysql.unique("named").on(table.name, table.state),
  mysql.foreignKey({ columns: [table.parent], foreignColumns: [table.id], name: "orders_parent" }).onDelete("cascade"),
]);

// rowhouse-types {"version":1,"language":"drizzle","engine":"my_sql"}
// rowhouse-types {"enumeration":{"schema":"shop","name":"orders_state"},"labels":["new","it's (paid)",""]}
// rowhouse-types {"relation":{"schema":"shop","name":"orders"},"writable":true,"columns":[{"name":"id","native":"bigint(20) unsigned","type":{"scalar":{"integer":{"bits":64,"signed":false}}},"nullable":false,"given":"optional"},{"name":"state","native":"enum('new','it''s (paid)','')","type":{"enumeration":{"schema":"shop","name":"orders_state"}},"nullable":false,"given":"required"},{"name":"marks","native":"set('a','b')","type":{"scalar":{"other":"set"}},"nullable":true,"given":"optional"},{"name":"total","native":"decimal(10,2) unsigned","type":{"scalar":{"decimal":{"precision":10,"scale":2}}},"nullable":false,"given":"required"},{"name":"small","native":"tinyint(1)","type":{"scalar":{"integer":{"bits":8,"signed":true}}},"nullable":false,"given":"required"},{"name":"middle","native":"mediumint(8) unsigned","type":{"scalar":{"integer":{"bits":24,"signed":false}}},"nullable":true,"given":"optional"},{"name":"whole","native":"int(10) unsigned","type":{"scalar":{"integer":{"bits":32,"signed":false}}},"nullable":true,"given":"optional"},{"name":"year","native":"year(4)","type":{"scalar":{"integer":{"bits":16,"signed":false}}},"nullable":true,"given":"optional"},{"name":"at","native":"datetime(6)","type":{"scalar":"timestamp"},"nullable":true,"given":"optional"},{"name":"changed","native":"timestamp","type":{"scalar":"zoned_timestamp"},"nullable":false,"given":"optional"},{"name":"lasted","native":"time","type":{"scalar":"time"},"nullable":true,"given":"optional"},{"name":"note","native":"longtext","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"name","native":"varchar(80)","type":{"scalar":{"text":{"most":80}}},"nullable":false,"given":"required"},{"name":"bits","native":"bit(4)","type":{"scalar":"bits"},"nullable":true,"given":"optional"},{"name":"raw","native":"varbinary(16)","type":{"scalar":{"bytes":{"most":16}}},"nullable":true,"given":"optional"},{"name":"facts","native":"json","type":{"scalar":"json"},"nullable":true,"given":"optional"},{"name":"place","native":"point","type":{"scalar":{"other":"point"}},"nullable":true,"given":"optional"},{"name":"upper_name","native":"varchar(80)","type":{"scalar":{"text":{"most":80}}},"nullable":true,"given":"never"},{"name":"born","native":"date","type":{"scalar":"date"},"nullable":true,"given":"optional"},{"name":"parent","native":"bigint(20) unsigned","type":{"scalar":{"integer":{"bits":64,"signed":false}}},"nullable":true,"given":"optional"}]}
