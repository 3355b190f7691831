/** What is wrong with a database, what mends it, and what was not looked at. */
export { type AdvisorHandle, AdvisorPane } from "./AdvisorPane";
export { type AdvisorView, readView } from "./model";
export { useLookAgain } from "./queries";
