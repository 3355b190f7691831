/** How safe a database is: what there is to look at, as a side panel. */
export { type Found, foundNear, type Page, placeAt, placesOf, type SecurityPlace } from "./model";
export { useNews } from "./queries";
export { type PanelSuite, SecurityPanel, type SecurityPanelProps } from "./SecurityPanel";
