/** Migrations of a database: a folder of SQL files beside the history that the database keeps of them. */
export { askNewMigration, closeNewMigration } from "./asking";
export { type MigrationsHandle, MigrationsPane, type MigrationsPaneProps, type Reasons } from "./MigrationsPane";
export { readView } from "./model";
export type { SqlFieldProps } from "./NewDialog";
export { useReadAgain } from "./queries";
