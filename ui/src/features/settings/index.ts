/** Settings: the page where a person makes the window their own. */
export { SettingsPage } from "./SettingsPage";
