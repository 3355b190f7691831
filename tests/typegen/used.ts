// What the compiler takes and refuses of the written types; texts.test.mjs runs it.
import type { InferInsertModel, InferSelectModel } from "drizzle-orm";
import type { Insertable, Selectable, Updateable } from "kysely";
import type { z } from "zod";
import type * as mysql from "./written/mysql.ts";
import type * as drizzle from "./written/postgres.drizzle.ts";
import type * as kysely from "./written/postgres.kysely.ts";
import type * as postgres from "./written/postgres.ts";
import type * as zod from "./written/postgres.zod.ts";
import type * as liteDrizzle from "./written/sqlite.drizzle.ts";
import type * as sqlite from "./written/sqlite.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_ extends true>() => {};

// 64-bit integers and decimals are no numbers.
holds<Same<postgres.People2Row["id"], string>>();
holds<Same<postgres.People2Row["balance"], string>>();
holds<Same<mysql.OrdersRow["id"], string>>();
holds<Same<sqlite.OrdersRow["id"], bigint>>();
holds<Same<Selectable<kysely.People2>["id"], string>>();
holds<Same<InferSelectModel<typeof drizzle.people2>["id"], bigint>>();
holds<Same<InferSelectModel<typeof liteDrizzle.orders>["id"], bigint>>();
holds<Same<z.infer<typeof zod.people2Row>["id"], string>>();

// Elements may be NULL; arrays of own types come as text.
holds<Same<postgres.People2Row["tags"], Array<string | null>>>();
holds<Same<postgres.People2Row["moods"], string>>();
holds<Same<postgres.People2Row["mood"], postgres.Mood | null>>();
holds<Same<Selectable<kysely.Adults>["id"], string | null>>();

// What must be given, may be left out, is refused.
const least = { email: "a@b", moods: "{}", balance: "1.5", class: 1 } as const;
export const insert: postgres.People2Insert = least;
export const throughKysely: Insertable<kysely.People2> = least;
export const throughDrizzle: InferInsertModel<typeof drizzle.people2> = { ...least, moods: ["sad"] };
export const throughZod: z.input<typeof zod.people2Insert> = { ...least };
// @ts-expect-error: the server alone numbers it
export const numbered: postgres.People2Insert = { ...least, id: "1" };
// @ts-expect-error: likewise
export const numberedByKysely: Insertable<kysely.People2> = { ...least, id: "1" };
// @ts-expect-error: it is computed
export const computed: postgres.People2Update = { shouted: "A" };
// @ts-expect-error: likewise
export const computedByKysely: Updateable<kysely.People2> = { shouted: "A" };
// @ts-expect-error: there is no such label
export const label: postgres.People2Update = { mood: "glad" };
// @ts-expect-error: the balance must be given
export const incomplete: postgres.People2Insert = { email: "a@b", moods: "{}", class: 1 };
// Nobody puts rows into a view.
holds<Same<keyof Insertable<kysely.Adults>, never>>();
holds<Same<keyof kysely.Database, "People" | "adults" | "date" | "people" | "odd schema.*/ `${x}` \"'\\ \u2028//\u202e ?>">>();
