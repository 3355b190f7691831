// Written by `rowhouse types`. What is changed here is lost.
// SQLite, read by better-sqlite3 with defaultSafeIntegers() or node:sqlite with { readBigInts: true }.

import { z } from "zod";

export const customersRow = z.object({
  id: z.bigint(),
  name: z.string(),
});

export const customersInsert = z.object({
  id: z.union([z.bigint(), z.int()]).optional(),
  name: z.string(),
});

export const customersUpdate = z.object({
  id: z.union([z.bigint(), z.int()]).optional(),
  name: z.string().optional(),
});

export const ordersRow = z.object({
  id: z.bigint(),
  customer: z.bigint(),
  total: z.union([z.bigint(), z.number(), z.string()]).nullable(),
  note: z.string().nullable(),
  any: z.union([z.bigint(), z.number(), z.string(), z.instanceof(Uint8Array)]).nullable(),
  weight: z.custom<number>((value) => typeof value === "number"),
  picture: z.instanceof(Uint8Array).nullable(),
  paid: z.union([z.bigint(), z.number(), z.string()]),
  at: z.union([z.bigint(), z.number(), z.string()]),
});

export const ordersInsert = z.object({
  id: z.union([z.bigint(), z.int()]).optional(),
  customer: z.union([z.bigint(), z.int()]),
  total: z.union([z.bigint(), z.number(), z.string()]).nullable().optional(),
  note: z.string().nullable().optional(),
  any: z.union([z.bigint(), z.number(), z.string(), z.instanceof(Uint8Array)]).nullable().optional(),
  weight: z.custom<number>((value) => typeof value === "number"),
  picture: z.instanceof(Uint8Array).nullable().optional(),
  paid: z.union([z.bigint(), z.number(), z.string()]).optional(),
  at: z.union([z.bigint(), z.number(), z.string()]),
});

export const ordersUpdate = z.object({
  id: z.union([z.bigint(), z.int()]).optional(),
  customer: z.union([z.bigint(), z.int()]).optional(),
  total: z.union([z.bigint(), z.number(), z.string()]).nullable().optional(),
  note: z.string().nullable().optional(),
  any: z.union([z.bigint(), z.number(), z.string(), z.instanceof(Uint8Array)]).nullable().optional(),
  weight: z.custom<number>((value) => typeof value === "number").optional(),
  picture: z.instanceof(Uint8Array).nullable().optional(),
  paid: z.union([z.bigint(), z.number(), z.string()]).optional(),
  at: z.union([z.bigint(), z.number(), z.string()]).optional(),
});

// rowhouse-types {"version":1,"language":"zod","engine":"sqlite"}
// rowhouse-types {"relation":{"schema":"main","name":"customers"},"writable":true,"columns":[{"name":"id","native":"INTEGER","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"optional"},{"name":"name","native":"VARCHAR(20)","type":{"scalar":{"text":{"most":null}}},"nullable":false,"given":"required"}]}
// rowhouse-types {"relation":{"schema":"main","name":"orders"},"writable":true,"columns":[{"name":"id","native":"INTEGER","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"optional"},{"name":"customer","native":"INT","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"total","native":"DECIMAL(10,2)","type":{"scalar":{"loose":{"bytes":false}}},"nullable":true,"given":"optional"},{"name":"note","native":"TEXT","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"any","native":"","type":{"scalar":{"loose":{"bytes":true}}},"nullable":true,"given":"optional"},{"name":"weight","native":"REAL","type":{"scalar":{"float":{"bits":64}}},"nullable":false,"given":"required"},{"name":"picture","native":"BLOB","type":{"scalar":{"bytes":{"most":null}}},"nullable":true,"given":"optional"},{"name":"paid","native":"BOOLEAN","type":{"scalar":{"loose":{"bytes":false}}},"nullable":false,"given":"optional"},{"name":"at","native":"DATETIME","type":{"scalar":{"loose":{"bytes":false}}},"nullable":false,"given":"required"}]}
