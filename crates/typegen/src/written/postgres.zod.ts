// Written by `rowhouse types`. What is changed here is lost.
// PostgreSQL, read by node-postgres (pg) with its own parsers.

import { z } from "zod";

/** How somebody is */
export const mood = z.enum(["sad", "so-so", "it's \"fine\"", "注文", ""]);

export const oddSchemaXRow = z.object({
  größe: z.int().min(-2147483648).max(2147483647),
  "*/ `${x}` \"'\\ \u2028//\u202e ?>": z.string().regex(/^-?\d+$/),
  注文: z.string().nullable(),
  ["__proto__"]: z.int().min(-2147483648).max(2147483647).nullable(),
});

export const oddSchemaXInsert = z.object({
  größe: z.int().min(-2147483648).max(2147483647).optional(),
  "*/ `${x}` \"'\\ \u2028//\u202e ?>": z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]),
  注文: z.string().nullable().optional(),
  ["__proto__"]: z.int().min(-2147483648).max(2147483647).nullable().optional(),
});

export const oddSchemaXUpdate = z.object({
  größe: z.int().min(-2147483648).max(2147483647).optional(),
  "*/ `${x}` \"'\\ \u2028//\u202e ?>": z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]).optional(),
  注文: z.string().nullable().optional(),
  ["__proto__"]: z.int().min(-2147483648).max(2147483647).nullable().optional(),
});

export const peopleRow = z.object({
  "a-b": z.string().nullable(),
  a_b: z.string().nullable(),
  new: z.string().nullable(),
});

export const peopleInsert = z.object({
  "a-b": z.string().nullable().optional(),
  a_b: z.string().nullable().optional(),
  new: z.string().nullable().optional(),
});

export const peopleUpdate = z.object({
  "a-b": z.string().nullable().optional(),
  a_b: z.string().nullable().optional(),
  new: z.string().nullable().optional(),
});

export const adultsRow = z.object({
  id: z.string().regex(/^-?\d+$/).nullable(),
  mood: mood.nullable(),
});

export const dateRow = z.object({
  person: z.string().regex(/^-?\d+$/),
  other: z.string().regex(/^-?\d+$/).nullable(),
  size: z.int().min(-2147483648).max(2147483647),
  home: z.string().regex(/^-?\d+$/),
});

export const dateInsert = z.object({
  person: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]),
  other: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]).nullable().optional(),
  size: z.int().min(-2147483648).max(2147483647),
  home: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]),
});

export const dateUpdate = z.object({
  person: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]).optional(),
  other: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]).nullable().optional(),
  size: z.int().min(-2147483648).max(2147483647).optional(),
  home: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]).optional(),
});

/**
 * Who is known
 * here *∕ `${x}` "'\  //  ?>
 */
export const people2Row = z.object({
  id: z.string().regex(/^-?\d+$/),
  /** *∕ `${x}` "'\  //  ?> */
  email: z.string(),
  mood: mood.nullable(),
  moods: z.string(),
  balance: z.string().regex(/^(-?\d+(\.\d+)?|NaN|-?Infinity)$/),
  /** node-postgres makes JavaScript numbers of numeric[], which lose digits: set a parser for type 1231. */
  rates: z.array(z.number().nullable()).nullable(),
  born: z.date().nullable(),
  seen: z.date(),
  logged: z.date().nullable(),
  nap: z.object({ years: z.number(), months: z.number(), days: z.number(), hours: z.number(), minutes: z.number(), seconds: z.number(), milliseconds: z.number() }).partial().nullable(),
  at: z.string().nullable(),
  data: z.json().nullable(),
  picture: z.instanceof(Uint8Array).nullable(),
  tags: z.array(z.string().nullable()),
  place: z.object({ x: z.number(), y: z.number() }).nullable(),
  span: z.string().nullable(),
  last: z.string().nullable(),
  emails: z.string().nullable(),
  flags: z.string().regex(/^[01]*$/).nullable(),
  key: z.guid(),
  initial: z.string().nullable(),
  boss: z.string().regex(/^-?\d+$/).nullable(),
  shouted: z.string().nullable(),
  class: z.int().min(-32768).max(32767),
  number: z.int().min(0).max(4294967295).nullable(),
  ratio: z.custom<number>((value) => typeof value === "number").nullable(),
});

/**
 * Who is known
 * here *∕ `${x}` "'\  //  ?>
 */
export const people2Insert = z.object({
  /** *∕ `${x}` "'\  //  ?> */
  email: z.string().refine((text) => Array.from(text).length <= 80, "at most 80 characters"),
  mood: mood.nullable().optional(),
  moods: z.union([z.array(mood.nullable()), z.string()]),
  balance: z.union([z.string().regex(/^(-?\d+(\.\d+)?|NaN|-?Infinity)$/), z.number(), z.bigint()]),
  /** node-postgres makes JavaScript numbers of numeric[], which lose digits: set a parser for type 1231. */
  rates: z.union([z.array(z.union([z.string().regex(/^(-?\d+(\.\d+)?|NaN|-?Infinity)$/), z.number(), z.bigint()]).nullable()), z.string()]).nullable().optional(),
  born: z.union([z.date(), z.string()]).nullable().optional(),
  seen: z.union([z.date(), z.string()]).optional(),
  logged: z.union([z.date(), z.string()]).nullable().optional(),
  nap: z.union([z.object({ years: z.number(), months: z.number(), days: z.number(), hours: z.number(), minutes: z.number(), seconds: z.number(), milliseconds: z.number() }).partial(), z.string()]).nullable().optional(),
  at: z.string().nullable().optional(),
  data: z.string().nullable().optional(),
  picture: z.instanceof(Uint8Array).nullable().optional(),
  tags: z.union([z.array(z.string().refine((text) => Array.from(text).length <= 20, "at most 20 characters").nullable()), z.string()]).optional(),
  place: z.string().nullable().optional(),
  span: z.string().nullable().optional(),
  last: z.string().nullable().optional(),
  emails: z.string().nullable().optional(),
  flags: z.string().regex(/^[01]*$/).nullable().optional(),
  key: z.guid().optional(),
  initial: z.string().nullable().optional(),
  boss: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]).nullable().optional(),
  class: z.int().min(-32768).max(32767),
  number: z.int().min(0).max(4294967295).nullable().optional(),
  ratio: z.custom<number>((value) => typeof value === "number").nullable().optional(),
});

/**
 * Who is known
 * here *∕ `${x}` "'\  //  ?>
 */
export const people2Update = z.object({
  /** *∕ `${x}` "'\  //  ?> */
  email: z.string().refine((text) => Array.from(text).length <= 80, "at most 80 characters").optional(),
  mood: mood.nullable().optional(),
  moods: z.union([z.array(mood.nullable()), z.string()]).optional(),
  balance: z.union([z.string().regex(/^(-?\d+(\.\d+)?|NaN|-?Infinity)$/), z.number(), z.bigint()]).optional(),
  /** node-postgres makes JavaScript numbers of numeric[], which lose digits: set a parser for type 1231. */
  rates: z.union([z.array(z.union([z.string().regex(/^(-?\d+(\.\d+)?|NaN|-?Infinity)$/), z.number(), z.bigint()]).nullable()), z.string()]).nullable().optional(),
  born: z.union([z.date(), z.string()]).nullable().optional(),
  seen: z.union([z.date(), z.string()]).optional(),
  logged: z.union([z.date(), z.string()]).nullable().optional(),
  nap: z.union([z.object({ years: z.number(), months: z.number(), days: z.number(), hours: z.number(), minutes: z.number(), seconds: z.number(), milliseconds: z.number() }).partial(), z.string()]).nullable().optional(),
  at: z.string().nullable().optional(),
  data: z.string().nullable().optional(),
  picture: z.instanceof(Uint8Array).nullable().optional(),
  tags: z.union([z.array(z.string().refine((text) => Array.from(text).length <= 20, "at most 20 characters").nullable()), z.string()]).optional(),
  place: z.string().nullable().optional(),
  span: z.string().nullable().optional(),
  last: z.string().nullable().optional(),
  emails: z.string().nullable().optional(),
  flags: z.string().regex(/^[01]*$/).nullable().optional(),
  key: z.guid().optional(),
  initial: z.string().nullable().optional(),
  boss: z.union([z.string().regex(/^-?\d+$/), z.int(), z.bigint()]).nullable().optional(),
  class: z.int().min(-32768).max(32767).optional(),
  number: z.int().min(0).max(4294967295).nullable().optional(),
  ratio: z.custom<number>((value) => typeof value === "number").nullable().optional(),
});

// rowhouse-types {"version":1,"language":"zod","engine":"postgres"}
// rowhouse-types {"enumeration":{"schema":"public","name":"mood"},"labels":["sad","so-so","it's \"fine\"","注文",""]}
// rowhouse-types {"relation":{"schema":"odd schema","name":"*/ `${x}` \"'\\ \u2028//\u202e ?>"},"writable":true,"columns":[{"name":"größe","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":false,"given":"optional"},{"name":"*/ `${x}` \"'\\ \u2028//\u202e ?>","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"注文","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"__proto__","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"People"},"writable":true,"columns":[{"name":"a-b","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"a_b","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"new","native":"xml","type":{"scalar":{"other":"xml"}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"adults"},"writable":false,"columns":[{"name":"id","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"mood","native":"public.mood","type":{"enumeration":{"schema":"public","name":"mood"}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"date"},"writable":true,"columns":[{"name":"person","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"other","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"size","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":false,"given":"required"},{"name":"home","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"}]}
// rowhouse-types {"relation":{"schema":"public","name":"people"},"writable":true,"columns":[{"name":"id","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"never"},{"name":"email","native":"public.work_email","type":{"scalar":{"text":{"most":80}}},"nullable":false,"given":"required"},{"name":"mood","native":"public.mood","type":{"enumeration":{"schema":"public","name":"mood"}},"nullable":true,"given":"optional"},{"name":"moods","native":"public.mood[]","type":{"array":{"enumeration":{"schema":"public","name":"mood"}}},"nullable":false,"given":"required"},{"name":"balance","native":"numeric(12,2)","type":{"scalar":{"decimal":{"precision":12,"scale":2}}},"nullable":false,"given":"required"},{"name":"rates","native":"numeric[]","type":{"array":{"scalar":{"decimal":{"precision":null,"scale":null}}}},"nullable":true,"given":"optional"},{"name":"born","native":"date","type":{"scalar":"date"},"nullable":true,"given":"optional"},{"name":"seen","native":"timestamp(3) with time zone","type":{"scalar":"zoned_timestamp"},"nullable":false,"given":"optional"},{"name":"logged","native":"timestamp without time zone","type":{"scalar":"timestamp"},"nullable":true,"given":"optional"},{"name":"nap","native":"interval","type":{"scalar":"interval"},"nullable":true,"given":"optional"},{"name":"at","native":"time with time zone","type":{"scalar":"zoned_time"},"nullable":true,"given":"optional"},{"name":"data","native":"jsonb","type":{"scalar":"json"},"nullable":true,"given":"optional"},{"name":"picture","native":"bytea","type":{"scalar":{"bytes":{"most":null}}},"nullable":true,"given":"optional"},{"name":"tags","native":"character varying(20)[]","type":{"array":{"scalar":{"text":{"most":20}}}},"nullable":false,"given":"optional"},{"name":"place","native":"point","type":{"scalar":{"other":"point"}},"nullable":true,"given":"optional"},{"name":"span","native":"int4range","type":{"scalar":{"other":"int4range"}},"nullable":true,"given":"optional"},{"name":"last","native":"\"odd schema\".\"Order\"","type":{"composite":{"schema":"odd schema","name":"Order"}},"nullable":true,"given":"optional"},{"name":"emails","native":"public.email[]","type":{"array":{"domain":{"scalar":{"text":{"most":80}}}}},"nullable":true,"given":"optional"},{"name":"flags","native":"bit(3)","type":{"scalar":"bits"},"nullable":true,"given":"optional"},{"name":"key","native":"uuid","type":{"scalar":"uuid"},"nullable":false,"given":"optional"},{"name":"initial","native":"\"char\"","type":{"scalar":{"other":"char"}},"nullable":true,"given":"optional"},{"name":"boss","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"shouted","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"never"},{"name":"class","native":"smallint","type":{"scalar":{"integer":{"bits":16,"signed":true}}},"nullable":false,"given":"required"},{"name":"number","native":"oid","type":{"scalar":{"integer":{"bits":32,"signed":false}}},"nullable":true,"given":"optional"},{"name":"ratio","native":"double precision","type":{"scalar":{"float":{"bits":64}}},"nullable":true,"given":"optional"}]}
