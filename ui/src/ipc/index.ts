/** The window's way to its host. See `host.ts`. */
export type * from "./bindings";
export { ageWords, blockerProps } from "./blockers";
export { type Claim, type ClaimsFault, claimsProblem, readClaims } from "./claims";
export { host, setHost } from "./current";
export { type ErrorPresentation, present } from "./errors";
export { failureDetails, failureProps, nativeCode } from "./failures";
export type { Host, Place } from "./host";
export { failureOf, HostError } from "./host";
export { hasPage } from "./pages";
export { queryKeys, topicKeys } from "./queries";
export { comparable } from "./types";
