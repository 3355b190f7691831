/** What a server is doing: sessions, who waits for whom, sizes. */
export { type ActivityHandle, ActivityPane } from "./ActivityPane";
export { type ActivityView, cannot, clockTime, lockTree, readView, type Section } from "./model";
export { useHistory, useMoment, useSizes, useSlow, useTold } from "./queries";
export { useAttended } from "./useAttended";
