// Written by `rowhouse types`. What is changed here is lost.
// PostgreSQL, read by node-postgres (pg) with its own parsers.

import type { ColumnType } from "kysely";

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

export interface Interval {
  years?: number;
  months?: number;
  days?: number;
  hours?: number;
  minutes?: number;
  seconds?: number;
  milliseconds?: number;
}

/** How somebody is */
export type Mood = "sad" | "so-so" | "it's \"fine\"" | "注文" | "";

export interface OddSchemaX {
  größe: ColumnType<number, number | undefined, number>;
  "*/ `${x}` \"'\\ \u2028//\u202e ?>": ColumnType<string, string | number | bigint, string | number | bigint>;
  注文: string | null;
  "__proto__": number | null;
}

export interface People {
  "a-b": string | null;
  a_b: string | null;
  new: string | null;
}

export interface Adults {
  id: ColumnType<string | null, never, never>;
  mood: ColumnType<Mood | null, never, never>;
}

export interface Date2 {
  person: ColumnType<string, string | number | bigint, string | number | bigint>;
  other: ColumnType<string | null, string | number | bigint | null, string | number | bigint | null>;
  size: number;
  home: ColumnType<string, string | number | bigint, string | number | bigint>;
}

/**
 * Who is known
 * here *∕ `${x}` "'\  //  ?>
 */
export interface People2 {
  id: ColumnType<string, never, never>;
  /** *∕ `${x}` "'\  //  ?> */
  email: string;
  mood: Mood | null;
  moods: ColumnType<string, Array<Mood | null> | string, Array<Mood | null> | string>;
  balance: ColumnType<string, string | number | bigint, string | number | bigint>;
  /** node-postgres makes JavaScript numbers of numeric[], which lose digits: set a parser for type 1231. */
  rates: ColumnType<Array<number | null> | null, Array<string | number | bigint | null> | string | null, Array<string | number | bigint | null> | string | null>;
  born: ColumnType<Date | null, Date | string | null, Date | string | null>;
  seen: ColumnType<Date, Date | string | undefined, Date | string>;
  logged: ColumnType<Date | null, Date | string | null, Date | string | null>;
  nap: ColumnType<Interval | null, Interval | string | null, Interval | string | null>;
  at: string | null;
  data: ColumnType<JsonValue | null, string | null, string | null>;
  picture: Uint8Array | null;
  tags: ColumnType<Array<string | null>, Array<string | null> | string | undefined, Array<string | null> | string>;
  place: ColumnType<{ x: number; y: number } | null, string | null, string | null>;
  span: string | null;
  last: string | null;
  emails: string | null;
  flags: string | null;
  key: ColumnType<string, string | undefined, string>;
  initial: string | null;
  boss: ColumnType<string | null, string | number | bigint | null, string | number | bigint | null>;
  shouted: ColumnType<string | null, never, never>;
  class: number;
  number: number | null;
  ratio: number | null;
}

export interface Database {
  "odd schema.*/ `${x}` \"'\\ \u2028//\u202e ?>": OddSchemaX;
  People: People;
  adults: Adults;
  date: Date2;
  people: People2;
}

// rowhouse-types {"version":1,"language":"kysely","engine":"postgres"}
// rowhouse-types {"enumeration":{"schema":"public","name":"mood"},"labels":["sad","so-so","it's \"fine\"","注文",""]}
// rowhouse-types {"relation":{"schema":"odd schema","name":"*/ `${x}` \"'\\ \u2028//\u202e ?>"},"writable":true,"columns":[{"name":"größe","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":false,"given":"optional"},{"name":"*/ `${x}` \"'\\ \u2028//\u202e ?>","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"注文","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"__proto__","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"People"},"writable":true,"columns":[{"name":"a-b","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"a_b","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"new","native":"xml","type":{"scalar":{"other":"xml"}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"adults"},"writable":false,"columns":[{"name":"id","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"mood","native":"public.mood","type":{"enumeration":{"schema":"public","name":"mood"}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"date"},"writable":true,"columns":[{"name":"person","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"other","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"size","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":false,"given":"required"},{"name":"home","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"}]}
// rowhouse-types {"relation":{"schema":"public","name":"people"},"writable":true,"columns":[{"name":"id","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"never"},{"name":"email","native":"public.work_email","type":{"scalar":{"text":{"most":80}}},"nullable":false,"given":"required"},{"name":"mood","native":"public.mood","type":{"enumeration":{"schema":"public","name":"mood"}},"nullable":true,"given":"optional"},{"name":"moods","native":"public.mood[]","type":{"array":{"enumeration":{"schema":"public","name":"mood"}}},"nullable":false,"given":"required"},{"name":"balance","native":"numeric(12,2)","type":{"scalar":{"decimal":{"precision":12,"scale":2}}},"nullable":false,"given":"required"},{"name":"rates","native":"numeric[]","type":{"array":{"scalar":{"decimal":{"precision":null,"scale":null}}}},"nullable":true,"given":"optional"},{"name":"born","native":"date","type":{"scalar":"date"},"nullable":true,"given":"optional"},{"name":"seen","native":"timestamp(3) with time zone","type":{"scalar":"zoned_timestamp"},"nullable":false,"given":"optional"},{"name":"logged","native":"timestamp without time zone","type":{"scalar":"timestamp"},"nullable":true,"given":"optional"},{"name":"nap","native":"interval","type":{"scalar":"interval"},"nullable":true,"given":"optional"},{"name":"at","native":"time with time zone","type":{"scalar":"zoned_time"},"nullable":true,"given":"optional"},{"name":"data","native":"jsonb","type":{"scalar":"json"},"nullable":true,"given":"optional"},{"name":"picture","native":"bytea","type":{"scalar":{"bytes":{"most":null}}},"nullable":true,"given":"optional"},{"name":"tags","native":"character varying(20)[]","type":{"array":{"scalar":{"text":{"most":20}}}},"nullable":false,"given":"optional"},{"name":"place","native":"point","type":{"scalar":{"other":"point"}},"nullable":true,"given":"optional"},{"name":"span","native":"int4range","type":{"scalar":{"other":"int4range"}},"nullable":true,"given":"optional"},{"name":"last","native":"\"odd schema\".\"Order\"","type":{"composite":{"schema":"odd schema","name":"Order"}},"nullable":true,"given":"optional"},{"name":"emails","native":"public.email[]","type":{"array":{"domain":{"scalar":{"text":{"most":80}}}}},"nullable":true,"given":"optional"},{"name":"flags","native":"bit(3)","type":{"scalar":"bits"},"nullable":true,"given":"optional"},{"name":"key","native":"uuid","type":{"scalar":"uuid"},"nullable":false,"given":"optional"},{"name":"initial","native":"\"char\"","type":{"scalar":{"other":"char"}},"nullable":true,"given":"optional"},{"name":"boss","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"shouted","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"never"},{"name":"class","native":"smallint","type":{"scalar":{"integer":{"bits":16,"signed":true}}},"nullable":false,"given":"required"},{"name":"number","native":"oid","type":{"scalar":{"integer":{"bits":32,"signed":false}}},"nullable":true,"given":"optional"},{"name":"ratio","native":"double precision","type":{"scalar":{"float":{"bits":64}}},"nullable":true,"given":"optional"}]}
