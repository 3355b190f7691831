/** Following what happens on a server while it happens. */
export { LiveChoice, LiveSteering, useCaution } from "./LiveBar";
export { LivePane, type LiveRows } from "./LivePane";
export { cannotStart, chosenOffer, isFollowing, readView, requestOf } from "./model";
export { useLive } from "./useLive";
