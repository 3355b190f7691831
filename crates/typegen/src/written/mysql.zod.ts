// Written by `rowhouse types`. What is changed here is lost.
// MySQL, read by mysql2 with { supportBigNumbers: true, bigNumberStrings: true }.

import { z } from "zod";

export const ordersState = z.enum(["new", "it's (paid)", ""]);

export const ordersRow = z.object({
  id: z.string().regex(/^-?\d+$/),
  state: ordersState,
  marks: z.string().nullable(),
  total: z.string().regex(/^(-?\d+(\.\d+)?|NaN|-?Infinity)$/),
  small: z.int().min(-128).max(127),
  middle: z.int().min(0).max(16777215).nullable(),
  whole: z.int().min(0).max(4294967295).nullable(),
  year: z.int().min(0).max(65535).nullable(),
  at: z.date().nullable(),
  changed: z.date(),
  lasted: z.string().nullable(),
  note: z.string().nullable(),
  name: z.string(),
  bits: z.instanceof(Uint8Array).nullable(),
  raw: z.instanceof(Uint8Array).nullable(),
  facts: z.json().nullable(),
  place: z.unknown().nullable(),
  upper_name: z.string().nullable(),
  born: z.date().nullable(),
  parent: z.string().regex(/^-?\d+$/).nullable(),
});

export const ordersInsert = z.object({
  id: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]).optional(),
  state: ordersState,
  marks: z.string().nullable().optional(),
  total: z.union([z.string().regex(/^(-?\d+(\.\d+)?|NaN|-?Infinity)$/), z.number(), z.bigint()]),
  small: z.int().min(-128).max(127),
  middle: z.int().min(0).max(16777215).nullable().optional(),
  whole: z.int().min(0).max(4294967295).nullable().optional(),
  year: z.int().min(0).max(65535).nullable().optional(),
  at: z.union([z.date(), z.string()]).nullable().optional(),
  changed: z.union([z.date(), z.string()]).optional(),
  lasted: z.string().nullable().optional(),
  note: z.string().nullable().optional(),
  name: z.string().refine((text) => Array.from(text).length <= 80, "at most 80 characters"),
  bits: z.instanceof(Uint8Array).nullable().optional(),
  raw: z.instanceof(Uint8Array).nullable().optional(),
  facts: z.string().nullable().optional(),
  place: z.unknown().nullable().optional(),
  born: z.union([z.date(), z.string()]).nullable().optional(),
  parent: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]).nullable().optional(),
});

export const ordersUpdate = z.object({
  id: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]).optional(),
  state: ordersState.optional(),
  marks: z.string().nullable().optional(),
  total: z.union([z.string().regex(/^(-?\d+(\.\d+)?|NaN|-?Infinity)$/), z.number(), z.bigint()]).optional(),
  small: z.int().min(-128).max(127).optional(),
  middle: z.int().min(0).max(16777215).nullable().optional(),
  whole: z.int().min(0).max(4294967295).nullable().optional(),
  year: z.int().min(0).max(65535).nullable().optional(),
  at: z.union([z.date(), z.string()]).nullable().optional(),
  changed: z.union([z.date(), z.string()]).optional(),
  lasted: z.string().nullable().optional(),
  note: z.string().nullable().optional(),
  name: z.string().refine((text) => Array.from(text).length <= 80, "at most 80 characters").optional(),
  bits: z.instanceof(Uint8Array).nullable().optional(),
  raw: z.instanceof(Uint8Array).nullable().optional(),
  facts: z.string().nullable().optional(),
  place: z.unknown().nullable().optional(),
  born: z.union([z.date(), z.string()]).nullable().optional(),
  parent: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]).nullable().optional(),
});

// rowhouse-types {"version":1,"language":"zod","engine":"my_sql"}
// rowhouse-types {"enumeration":{"schema":"shop","name":"orders_state"},"labels":["new","it's (paid)",""]}
// rowhouse-types {"relation":{"schema":"shop","name":"orders"},"writable":true,"columns":[{"name":"id","native":"bigint(20) unsigned","type":{"scalar":{"integer":{"bits":64,"signed":false}}},"nullable":false,"given":"optional"},{"name":"state","native":"enum('new','it''s (paid)','')","type":{"enumeration":{"schema":"shop","name":"orders_state"}},"nullable":false,"given":"required"},{"name":"marks","native":"set('a','b')","type":{"scalar":{"other":"set"}},"nullable":true,"given":"optional"},{"name":"total","native":"decimal(10,2) unsigned","type":{"scalar":{"decimal":{"precision":10,"scale":2}}},"nullable":false,"given":"required"},{"name":"small","native":"tinyint(1)","type":{"scalar":{"integer":{"bits":8,"signed":true}}},"nullable":false,"given":"required"},{"name":"middle","native":"mediumint(8) unsigned","type":{"scalar":{"integer":{"bits":24,"signed":false}}},"nullable":true,"given":"optional"},{"name":"whole","native":"int(10) unsigned","type":{"scalar":{"integer":{"bits":32,"signed":false}}},"nullable":true,"given":"optional"},{"name":"year","native":"year(4)","type":{"scalar":{"integer":{"bits":16,"signed":false}}},"nullable":true,"given":"optional"},{"name":"at","native":"datetime(6)","type":{"scalar":"timestamp"},"nullable":true,"given":"optional"},{"name":"changed","native":"timestamp","type":{"scalar":"zoned_timestamp"},"nullable":false,"given":"optional"},{"name":"lasted","native":"time","type":{"scalar":"time"},"nullable":true,"given":"optional"},{"name":"note","native":"longtext","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"name","native":"varchar(80)","type":{"scalar":{"text":{"most":80}}},"nullable":false,"given":"required"},{"name":"bits","native":"bit(4)","type":{"scalar":"bits"},"nullable":true,"given":"optional"},{"name":"raw","native":"varbinary(16)","type":{"scalar":{"bytes":{"most":16}}},"nullable":true,"given":"optional"},{"name":"facts","native":"json","type":{"scalar":"json"},"nullable":true,"given":"optional"},{"name":"place","native":"point","type":{"scalar":{"other":"point"}},"nullable":true,"given":"optional"},{"name":"upper_name","native":"varchar(80)","type":{"scalar":{"text":{"most":80}}},"nullable":true,"given":"never"},{"name":"born","native":"date","type":{"scalar":"date"},"nullable":true,"given":"optional"},{"name":"parent","native":"bigint(20) unsigned","type":{"scalar":{"integer":{"bits":64,"signed":false}}},"nullable":true,"given":"optional"}]}
