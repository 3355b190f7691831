/** Connections: the first page, the form, and what a connection asks while it is opened. */
export { ConnectionForm, type ConnectionFormProps } from "./ConnectionForm";
export { HomePage, type HomePageProps } from "./HomePage";
export { colourOf, phaseOf } from "./home";
export { openImport } from "./importing";
export type { ActorWays } from "./parts/ActorSection";
export { type AskedQuestion, QuestionDialog, type QuestionDialogProps } from "./QuestionDialog";
export { TrustDialog } from "./TrustDialog";
export { mayRun } from "./trusting";
