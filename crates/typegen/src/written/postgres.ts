// Written by `rowhouse types`. What is changed here is lost.
// PostgreSQL, read by node-postgres (pg) with its own parsers.

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

export interface OddSchemaXRow {
  größe: number;
  "*/ `${x}` \"'\\ \u2028//\u202e ?>": string;
  注文: string | null;
  "__proto__": number | null;
}

export interface OddSchemaXInsert {
  größe?: number;
  "*/ `${x}` \"'\\ \u2028//\u202e ?>": string | number | bigint;
  注文?: string | null;
  "__proto__"?: number | null;
}

export interface OddSchemaXUpdate {
  größe?: number;
  "*/ `${x}` \"'\\ \u2028//\u202e ?>"?: string | number | bigint;
  注文?: string | null;
  "__proto__"?: number | null;
}

export interface PeopleRow {
  "a-b": string | null;
  a_b: string | null;
  new: string | null;
}

export interface PeopleInsert {
  "a-b"?: string | null;
  a_b?: string | null;
  new?: string | null;
}

export interface PeopleUpdate {
  "a-b"?: string | null;
  a_b?: string | null;
  new?: string | null;
}

export interface AdultsRow {
  id: string | null;
  mood: Mood | null;
}

export interface DateRow {
  person: string;
  other: string | null;
  size: number;
  home: string;
}

export interface DateInsert {
  person: string | number | bigint;
  other?: string | number | bigint | null;
  size: number;
  home: string | number | bigint;
}

export interface DateUpdate {
  person?: string | number | bigint;
  other?: string | number | bigint | null;
  size?: number;
  home?: string | number | bigint;
}

/**
 * Who is known
 * here *∕ `${x}` "'\  //  ?>
 */
export interface People2Row {
  id: string;
  /** *∕ `${x}` "'\  //  ?> */
  email: string;
  mood: Mood | null;
  moods: string;
  balance: string;
  /** node-postgres makes JavaScript numbers of numeric[], which lose digits: set a parser for type 1231. */
  rates: Array<number | null> | null;
  born: Date | null;
  seen: Date;
  logged: Date | null;
  nap: Interval | null;
  at: string | null;
  data: JsonValue | null;
  picture: Uint8Array | null;
  tags: Array<string | null>;
  place: { x: number; y: number } | null;
  span: string | null;
  last: string | null;
  emails: string | null;
  flags: string | null;
  key: string;
  initial: string | null;
  boss: string | null;
  shouted: string | null;
  class: number;
  number: number | null;
  ratio: number | null;
}

/**
 * Who is known
 * here *∕ `${x}` "'\  //  ?>
 */
export interface People2Insert {
  id?: never;
  /** *∕ `${x}` "'\  //  ?> */
  email: string;
  mood?: Mood | null;
  moods: Array<Mood | null> | string;
  balance: string | number | bigint;
  /** node-postgres makes JavaScript numbers of numeric[], which lose digits: set a parser for type 1231. */
  rates?: Array<string | number | bigint | null> | string | null;
  born?: Date | string | null;
  seen?: Date | string;
  logged?: Date | string | null;
  nap?: Interval | string | null;
  at?: string | null;
  data?: string | null;
  picture?: Uint8Array | null;
  tags?: Array<string | null> | string;
  place?: string | null;
  span?: string | null;
  last?: string | null;
  emails?: string | null;
  flags?: string | null;
  key?: string;
  initial?: string | null;
  boss?: string | number | bigint | null;
  shouted?: never;
  class: number;
  number?: number | null;
  ratio?: number | null;
}

/**
 * Who is known
 * here *∕ `${x}` "'\  //  ?>
 */
export interface People2Update {
  id?: never;
  /** *∕ `${x}` "'\  //  ?> */
  email?: string;
  mood?: Mood | null;
  moods?: Array<Mood | null> | string;
  balance?: string | number | bigint;
  /** node-postgres makes JavaScript numbers of numeric[], which lose digits: set a parser for type 1231. */
  rates?: Array<string | number | bigint | null> | string | null;
  born?: Date | string | null;
  seen?: Date | string;
  logged?: Date | string | null;
  nap?: Interval | string | null;
  at?: string | null;
  data?: string | null;
  picture?: Uint8Array | null;
  tags?: Array<string | null> | string;
  place?: string | null;
  span?: string | null;
  last?: string | null;
  emails?: string | null;
  flags?: string | null;
  key?: string;
  initial?: string | null;
  boss?: string | number | bigint | null;
  shouted?: never;
  class?: number;
  number?: number | null;
  ratio?: number | null;
}

// rowhouse-types {"version":1,"language":"typescript","engine":"postgres"}
// rowhouse-types {"enumeration":{"schema":"public","name":"mood"},"labels":["sad","so-so","it's \"fine\"","注文",""]}
// rowhouse-types {"relation":{"schema":"odd schema","name":"*/ `${x}` \"'\\ \u2028//\u202e ?>"},"writable":true,"columns":[{"name":"größe","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":false,"given":"optional"},{"name":"*/ `${x}` \"'\\ \u2028//\u202e ?>","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"注文","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"__proto__","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"People"},"writable":true,"columns":[{"name":"a-b","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"a_b","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"optional"},{"name":"new","native":"xml","type":{"scalar":{"other":"xml"}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"adults"},"writable":false,"columns":[{"name":"id","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"mood","native":"public.mood","type":{"enumeration":{"schema":"public","name":"mood"}},"nullable":true,"given":"optional"}]}
// rowhouse-types {"relation":{"schema":"public","name":"date"},"writable":true,"columns":[{"name":"person","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"},{"name":"other","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"size","native":"integer","type":{"scalar":{"integer":{"bits":32,"signed":true}}},"nullable":false,"given":"required"},{"name":"home","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"required"}]}
// rowhouse-types {"relation":{"schema":"public","name":"people"},"writable":true,"columns":[{"name":"id","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":false,"given":"never"},{"name":"email","native":"public.work_email","type":{"scalar":{"text":{"most":80}}},"nullable":false,"given":"required"},{"name":"mood","native":"public.mood","type":{"enumeration":{"schema":"public","name":"mood"}},"nullable":true,"given":"optional"},{"name":"moods","native":"public.mood[]","type":{"array":{"enumeration":{"schema":"public","name":"mood"}}},"nullable":false,"given":"required"},{"name":"balance","native":"numeric(12,2)","type":{"scalar":{"decimal":{"precision":12,"scale":2}}},"nullable":false,"given":"required"},{"name":"rates","native":"numeric[]","type":{"array":{"scalar":{"decimal":{"precision":null,"scale":null}}}},"nullable":true,"given":"optional"},{"name":"born","native":"date","type":{"scalar":"date"},"nullable":true,"given":"optional"},{"name":"seen","native":"timestamp(3) with time zone","type":{"scalar":"zoned_timestamp"},"nullable":false,"given":"optional"},{"name":"logged","native":"timestamp without time zone","type":{"scalar":"timestamp"},"nullable":true,"given":"optional"},{"name":"nap","native":"interval","type":{"scalar":"interval"},"nullable":true,"given":"optional"},{"name":"at","native":"time with time zone","type":{"scalar":"zoned_time"},"nullable":true,"given":"optional"},{"name":"data","native":"jsonb","type":{"scalar":"json"},"nullable":true,"given":"optional"},{"name":"picture","native":"bytea","type":{"scalar":{"bytes":{"most":null}}},"nullable":true,"given":"optional"},{"name":"tags","native":"character varying(20)[]","type":{"array":{"scalar":{"text":{"most":20}}}},"nullable":false,"given":"optional"},{"name":"place","native":"point","type":{"scalar":{"other":"point"}},"nullable":true,"given":"optional"},{"name":"span","native":"int4range","type":{"scalar":{"other":"int4range"}},"nullable":true,"given":"optional"},{"name":"last","native":"\"odd schema\".\"Order\"","type":{"composite":{"schema":"odd schema","name":"Order"}},"nullable":true,"given":"optional"},{"name":"emails","native":"public.email[]","type":{"array":{"domain":{"scalar":{"text":{"most":80}}}}},"nullable":true,"given":"optional"},{"name":"flags","native":"bit(3)","type":{"scalar":"bits"},"nullable":true,"given":"optional"},{"name":"key","native":"uuid","type":{"scalar":"uuid"},"nullable":false,"given":"optional"},{"name":"initial","native":"\"char\"","type":{"scalar":{"other":"char"}},"nullable":true,"given":"optional"},{"name":"boss","native":"bigint","type":{"scalar":{"integer":{"bits":64,"signed":true}}},"nullable":true,"given":"optional"},{"name":"shouted","native":"text","type":{"scalar":{"text":{"most":null}}},"nullable":true,"given":"never"},{"name":"class","native":"smallint","type":{"scalar":{"integer":{"bits":16,"signed":true}}},"nullable":false,"given":"required"},{"name":"number","native":"oid","type":{"scalar":{"integer":{"bits":32,"signed":false}}},"nullable":true,"given":"optional"},{"name":"ratio","native":"double precision","type":{"scalar":{"float":{"bits":64}}},"nullable":true,"given":"optional"}]}
