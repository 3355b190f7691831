// Written by `rowhouse types`. What is changed here is lost.
// MySQL, read by mysql2 with { supportBigNumbers: true, bigNumberStrings: true }.

import type { ColumnType } from "kysely";

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

export type OrdersState = "new" | "it's (paid)" | "";

export interface Orders {
  id: ColumnType<string, string | number | bigint | undefined, string | number | bigint>;
  state: OrdersState;
  marks: string | null;
  total: ColumnType<string, string | number | bigint, string | number | bigint>;
  small: number;
  middle: number | null;
  whole: number | null;
  year: number | null;
  at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  changed: ColumnType<Date, Date | string | undefined, Date | string>;
  lasted: string | null;
  note: string | null;
  name: string;
  bits: Uint8Array | null;
  raw: Uint8Array | null;
  facts: ColumnType<JsonValue | null, string | null, string | null>;
  place: unknown | null;
  upper_name: ColumnType<string | null, never, never>;
  born: ColumnType<Date | null, Date | string | null, Date | string | null>;
  parent: ColumnType<string | null, string | number | bigint | null, string | number | bigint | null>;
}

export interface Database {
  orders: Orders;
}

// rowhouse-types {"version":1,"language":"kysely","engine":"my_sql"}
// rowhouse-types {"enumeration":{"schema":"shop","name":"orders_state"},"labels":["new","it's (paid)",""]}
// rowhouse-types {"relation":{"schema":"shop","name":"orders"},"writable":true,"columns":[{"name":"id","native":"bigint(20) unsigned","type":{"scalar":{"integer":{"bits":64,"signed":false}}},"nullable":false,"given":"optional"},{"name":"state","native":"enum('new','it''s (paid)','')","type":{"enumeration":{"schema":"shop","name":"orders_state"}},"nullable":false,"given":"required"},{"name":"marks","native":"set('a','b')","type":{"scalar":{"other":"set"}},"nullable":true,"given":"optional"},{"name":"total","native":"decimal(10,2) unsigned","type":{"scalar":{"decimal":{"precision":10,"scale":2}}},"nullable":false,"given":"required"},{"name":"small","native":"tinyint(1)","type":{"scalar":{"integer":{"bits":8,"signed":true}}},"nullable":false,"given":"required"},{"name":"middle","native":"mediumint(8) unsigned","type":{"scalar":{"integer":{"bits":24,"signed":false}}},"nullable":true,"given":"optional"},{"name":"whole","native":"int(10) unsigned","type":{"scalar":{"integer":{"bits":32,"signed":false}}},"nullable":true,"given":"optional"},{"name":"year","native":"year(4)","type":{"scalar":{"integer":{"bits":16,"signed":false}}},"nullable":true,"given":"optional"},{"name":"at","native":"datetime(6)","type":{"scalar":"timestamp"},"nullable":true,"given":"optional"},{"name":"changed","native":"timestamp","type":{"scalar":"zoned_timestamp"},"nullable":false,"given":"optional"},{"name":"lasted","native":"time","type":{"scalar":"time"},"nullable":true,"given":"optional"},{"name":"note","native":"longtext","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"name","native":"varchar(80)","type":{"scalar":{"text":{"most":80}}},"nullable":false,"given":"required"},{"name":"bits","native":"bit(4)","type":{"scalar":"bits"},"nullable":true,"given":"optional"},{"name":"raw","native":"varbinary(16)","type":{"scalar":{"bytes":{"most":16}}},"nullable":true,"given":"optional"},{"name":"facts","native":"json","type":{"scalar":"json"},"nullable":true,"given":"optional"},{"name":"place","native":"point","type":{"scalar":{"other":"point"}},"nullable":true,"given":"optional"},{"name":"upper_name","native":"varchar(80)","type":{"scalar":{"text":{"most":80}}},"nullable":true,"given":"never"},{"name":"born","native":"date","type":{"scalar":"date"},"nullable":true,"given":"optional"},{"name":"parent","native":"bigint(20) unsigned","type":{"scalar":{"integer":{"bits":64,"signed":false}}},"nullable":true,"given":"optional"}]}
