// Written by `rowhouse types`. What is changed here is lost.
// SQLite, read by better-sqlite3 with defaultSafeIntegers() or node:sqlite with { readBigInts: true }.

import type { ColumnType } from "kysely";

export interface Customers {
  id: ColumnType<bigint, bigint | number | undefined, bigint | number>;
  name: string;
}

export interface Orders {
  id: ColumnType<bigint, bigint | number | undefined, bigint | number>;
  customer: ColumnType<bigint, bigint | number, bigint | number>;
  total: bigint | number | string | null;
  note: string | null;
  any: bigint | number | string | Uint8Array | null;
  weight: number;
  picture: Uint8Array | null;
  paid: ColumnType<bigint | number | string, bigint | number | string | undefined, bigint | number | string>;
  at: bigint | number | string;
}

export interface Database {
  customers: Customers;
  orders: Orders;
}

// rowhouse-types {"version":1,"language":"kysely","engine":"sqlite"}
// rowhouse-types {"relation":{"schema":"main","name":"customers"},"writable":true,"columns":[{"name":"id","native":"INTEGER","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"optional"},{"name":"name","native":"VARCHAR(20)","type":{"scalar":{"text":{"most":null}}},"nullable":false,"given":"required"}]}
// rowhouse-types {"relation":{"schema":"main","name":"orders"},"writable":true,"columns":[{"name":"id","native":"INTEGER","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"optional"},{"name":"customer","native":"INT","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"total","native":"DECIMAL(10,2)","type":{"scalar":{"loose":{"bytes":false}}},"nullable":true,"given":"optional"},{"name":"note","native":"TEXT","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"any","native":"","type":{"scalar":{"loose":{"bytes":true}}},"nullable":true,"given":"optional"},{"name":"weight","native":"REAL","type":{"scalar":{"float":{"bits":64}}},"nullable":false,"given":"required"},{"name":"picture","native":"BLOB","type":{"scalar":{"bytes":{"most":null}}},"nullable":true,"given":"optional"},{"name":"paid","native":"BOOLEAN","type":{"scalar":{"loose":{"bytes":false}}},"nullable":false,"given":"optional"},{"name":"at","native":"DATETIME","type":{"scalar":{"loose":{"bytes":false}}},"nullable":false,"given":"required"}]}
