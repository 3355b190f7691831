/** Documents, of which the fake world has none: every command says so. */
import type { Host } from "../host";
import { refuse } from "./world";

type Commands = Pick<
  Host,
  | "holdDocuments"
  | "holdDocument"
  | "holdDocumentFields"
  | "holdInfer"
  | "collectionFields"
  | "documentPreview"
  | "documentChange"
  | "pipelinePreview"
>;

const none = async (): Promise<never> => refuse("unsupported", "These rows are no documents.");

export const collectionCommands = (): Commands => ({
  holdDocuments: none,
  holdDocument: none,
  holdDocumentFields: none,
  holdInfer: none,
  collectionFields: none,
  documentPreview: none,
  documentChange: none,
  pipelinePreview: none,
});
