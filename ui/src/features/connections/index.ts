/** Connections: the first page, the form, and what a connection asks while it is opened. */
export { ConnectionForm, type ConnectionFormProps } from "./ConnectionForm";
export { HomePage, type HomePageProps } from "./HomePage";
export { colourOf, phaseOf } from "./home";
export { type AskedQuestion, QuestionDialog, type QuestionDialogProps } from "./QuestionDialog";
