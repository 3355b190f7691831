/** Acting as somebody: whom, chosen or written; how a tab says so. */
export { ActAsDialog, type ActAsDialogProps } from "./ActAsDialog";
export { ActingStripe } from "./ActingStripe";
export type { LeftActor } from "./left";
export {
  type Acting,
  actorLines,
  actorMark,
  actorProblem,
  actorWords,
  NOBODY,
  readActor,
  sameActor,
  tidy,
} from "./model";
export { ActorFields } from "./parts/ActorFields";
