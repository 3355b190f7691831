/**
 * The one table of commands and their keys: what the palette lists, the tooltips show and the settings page remaps.
 *
 * A key has one meaning per scope. `global` works everywhere; the other scopes work while their part of the window has the
 * focus and must not repeat a global key. A test refuses clashes. Keys that a control handles by itself (arrows in a grid,
 * text editing) are not commands.
 */
export type Scope =
  | "global"
  | "home"
  | "explorer"
  | "query"
  | "relation"
  | "activity"
  | "policies"
  | "advisor"
  | "diagram"
  | "structure"
  | "migrations"
  | "compare"
  | "keys"
  | "live"
  | "results"
  | "connection";

export interface CommandDefinition {
  readonly id: string;
  readonly title: string;
  readonly scope: Scope;
  /** As `@/design`'s shortcuts are written: `Mod+Shift+K`. None by default where absent. */
  readonly keys?: string;
  /** Not offered in the palette (it needs a place to act on). */
  readonly hidden?: boolean;
}

export const COMMANDS = [
  { id: "palette.open", title: "Command palette", scope: "global", keys: "Mod+K" },
  { id: "tab.new-query", title: "New query", scope: "global", keys: "Mod+N" },
  { id: "tab.close", title: "Close tab", scope: "global", keys: "Mod+W" },
  { id: "tab.close-others", title: "Close other tabs", scope: "global", keys: "Mod+Alt+W" },
  { id: "tab.reopen", title: "Reopen closed tab", scope: "global", keys: "Mod+Shift+T" },
  { id: "tab.next", title: "Next tab", scope: "global", keys: "Mod+PageDown" },
  { id: "tab.previous", title: "Previous tab", scope: "global", keys: "Mod+PageUp" },
  { id: "tab.split-right", title: "Split right", scope: "global", keys: "Mod+\\" },
  { id: "tab.split-down", title: "Split down", scope: "global", keys: "Mod+Shift+\\" },
  { id: "tab.across", title: "Move tab to the other group", scope: "global", keys: "Mod+Shift+M" },
  { id: "tab.other-group", title: "Go to the other group of tabs", scope: "global", keys: "F6" },
  { id: "tab.join", title: "Join the groups of tabs", scope: "global" },
  { id: "tab.act-as", title: "Act as somebody: a role, claims, settings", scope: "global", keys: "Mod+Shift+I" },
  { id: "tab.stop-acting", title: "Stop acting as somebody", scope: "global" },
  { id: "window.new", title: "New window", scope: "global", keys: "Mod+Alt+N" },
  { id: "connection.new", title: "New connection", scope: "global", keys: "Mod+Shift+N" },
  { id: "connection.import", title: "Import connections", scope: "global" },
  { id: "connection.reconnect", title: "Reconnect", scope: "global", keys: "Mod+R" },
  { id: "connection.disconnect", title: "Disconnect", scope: "global" },
  { id: "activity.open", title: "Activity of this connection", scope: "global" },
  { id: "policies.open", title: "Policies of this database: who gets which rows", scope: "global" },
  { id: "advisor.open", title: "Advisor: what is wrong with this database", scope: "global" },
  { id: "diagram.open", title: "Diagram of this database", scope: "global", keys: "Mod+Shift+L" },
  { id: "migrations.open", title: "Migrations of this database", scope: "global" },
  { id: "keys.open", title: "Keys of this database", scope: "global" },
  { id: "live.open", title: "Live: follow what happens on this server", scope: "global" },
  { id: "compare.open", title: "Compare this database with another, a file or a folder", scope: "global" },
  { id: "structure.table", title: "New table in this database", scope: "global" },
  { id: "structure.new", title: "New view, function, type … in this database", scope: "global" },
  { id: "connection.generate", title: "Generate rows for several tables", scope: "global" },
  { id: "file.open", title: "Open a file", scope: "global", keys: "Mod+O" },
  { id: "place.home", title: "Connections", scope: "global", keys: "Mod+Shift+H" },
  { id: "place.explorer", title: "Explorer", scope: "global", keys: "Mod+Shift+E" },
  { id: "place.search", title: "Search objects and columns", scope: "global", keys: "Mod+P" },
  { id: "place.history", title: "History", scope: "global", keys: "Mod+Shift+Y" },
  { id: "place.saved", title: "Saved queries", scope: "global", keys: "Mod+Shift+D" },
  { id: "place.security", title: "Security: policies, tests, advisor", scope: "global", keys: "Mod+Shift+B" },
  { id: "place.settings", title: "Settings", scope: "global", keys: "Mod+," },
  { id: "panel.side", title: "Show or hide the side panel", scope: "global", keys: "Mod+B" },
  { id: "sample.open", title: "Open the sample shop", scope: "global" },
  { id: "theme.toggle", title: "Switch between light and dark", scope: "global" },
  { id: "view.larger", title: "Larger data and SQL", scope: "global", keys: "Mod+=" },
  { id: "view.smaller", title: "Smaller data and SQL", scope: "global", keys: "Mod+-" },
  { id: "view.usual", title: "Usual size of data and SQL", scope: "global", keys: "Mod+0" },
  { id: "run.stop", title: "Stop", scope: "global", keys: "Mod+." },
  { id: "query.run", title: "Run statement or selection", scope: "query", keys: "Mod+Enter" },
  { id: "query.run-all", title: "Run all", scope: "query", keys: "Mod+Shift+Enter" },
  { id: "query.save", title: "Save", scope: "query", keys: "Mod+S" },
  { id: "query.save-as", title: "Save as a file", scope: "query", keys: "Mod+Shift+S" },
  { id: "query.save-query", title: "Save as a new saved query", scope: "query", keys: "Mod+Alt+S" },
  { id: "query.run-on", title: "Run on another connection", scope: "query", keys: "Mod+Alt+Enter" },
  { id: "query.explain", title: "Explain statement", scope: "query", keys: "Mod+E" },
  {
    id: "query.explain-analyze",
    title: "Run and measure statement (explain analyze)",
    scope: "query",
    keys: "Mod+Alt+E",
  },
  { id: "query.format", title: "Format", scope: "query", keys: "Mod+Shift+F" },
  { id: "query.comment", title: "Comment or uncomment", scope: "query", keys: "Mod+/" },
  { id: "query.commit", title: "Commit transaction", scope: "query", keys: "Mod+Alt+C" },
  { id: "query.rollback", title: "Roll back transaction", scope: "query", keys: "Mod+Alt+R" },
  { id: "query.transactions", title: "Switch between auto-commit and manual transactions", scope: "query" },
  { id: "query.close-session", title: "Close this tab's session", scope: "query" },
  { id: "query.focus-editor", title: "Go to the editor", scope: "query", keys: "Alt+1" },
  { id: "query.focus-results", title: "Go to the results", scope: "query", keys: "Alt+2" },
  { id: "results.messages", title: "Show messages", scope: "query", keys: "Alt+3" },
  { id: "results.plan", title: "Show the plan", scope: "query", keys: "Alt+4" },
  { id: "results.next", title: "Next result", scope: "query", keys: "Alt+ArrowRight" },
  { id: "results.previous", title: "Previous result", scope: "query", keys: "Alt+ArrowLeft" },
  { id: "results.live", title: "Keep this result live, or stop it", scope: "query" },
  { id: "results.pin", title: "Pin this result", scope: "query", keys: "Mod+Shift+P" },
  { id: "results.load-more", title: "Load more rows", scope: "query" },
  { id: "results.load-all", title: "Load all rows", scope: "query" },
  { id: "results.copy-csv", title: "Copy as CSV", scope: "results" },
  { id: "results.copy-json", title: "Copy as JSON", scope: "results" },
  { id: "results.copy-markdown", title: "Copy as Markdown", scope: "results" },
  { id: "results.copy-ndjson", title: "Copy as NDJSON", scope: "results" },
  { id: "results.copy-html", title: "Copy as HTML", scope: "results" },
  { id: "results.copy-insert", title: "Copy as INSERT", scope: "results" },
  { id: "results.copy-update", title: "Copy as UPDATE", scope: "results" },
  { id: "results.copy-in", title: "Copy as IN list", scope: "results" },
  { id: "results.export", title: "Export rows", scope: "results", keys: "Mod+Shift+X" },
  { id: "row.card", title: "Show the row as a card", scope: "results", keys: "Mod+J" },
  { id: "row.json", title: "Show the row as JSON", scope: "results", keys: "Mod+Shift+J" },
  { id: "row.next", title: "Next row", scope: "results", keys: "Alt+PageDown" },
  { id: "row.previous", title: "Previous row", scope: "results", keys: "Alt+PageUp" },
  { id: "row.compare", title: "Compare the selected rows", scope: "results", keys: "Mod+Alt+J" },
  { id: "columns.choose", title: "Choose columns", scope: "results", keys: "Mod+Shift+K" },
  { id: "columns.hide", title: "Hide the selected columns", scope: "results", keys: "Mod+Alt+K" },
  { id: "columns.pin", title: "Pin or unpin the selected columns", scope: "results", keys: "Mod+Alt+I" },
  { id: "columns.show-all", title: "Show all columns", scope: "results" },
  { id: "columns.fit", title: "Fit the width of the selected columns", scope: "results" },
  { id: "columns.left", title: "Move the selected columns left", scope: "results" },
  { id: "columns.right", title: "Move the selected columns right", scope: "results" },
  { id: "columns.reset", title: "Reset the columns' layout", scope: "results" },
  { id: "results.find", title: "Find in these rows", scope: "results", keys: "Mod+F" },
  { id: "results.find-next", title: "Next cell with the text", scope: "results", keys: "F3" },
  { id: "results.find-previous", title: "Previous cell with the text", scope: "results", keys: "Shift+F3" },
  { id: "results.filter", title: "Filter these rows, without the server", scope: "results", keys: "Mod+Alt+F" },
  { id: "results.sort-ascending", title: "Sort these rows by the column, ascending", scope: "results" },
  { id: "results.sort-descending", title: "Sort these rows by the column, descending", scope: "results" },
  { id: "results.show-all", title: "Show all held rows in their order", scope: "results" },
  { id: "results.statistics", title: "Statistics of the column", scope: "results", keys: "Mod+Shift+A" },
  { id: "results.profile", title: "Profile of all columns", scope: "results", keys: "Mod+Alt+A" },
  { id: "results.chart", title: "Chart of these rows, or the rows again", scope: "results", keys: "Mod+Shift+G" },
  { id: "results.chart-copy", title: "Copy the chart as PNG", scope: "results" },
  { id: "results.chart-save-png", title: "Save the chart as PNG", scope: "results" },
  { id: "results.chart-save-svg", title: "Save the chart as SVG", scope: "results" },
  { id: "edits.save", title: "Save the changes of these rows", scope: "results", keys: "Mod+S" },
  { id: "edits.review", title: "Review the changes of these rows", scope: "results", keys: "Mod+Shift+R" },
  { id: "edits.undo", title: "Undo the last change of a row", scope: "results", keys: "Mod+Z" },
  { id: "edits.redo", title: "Redo the change of a row", scope: "results", keys: "Mod+Shift+Z" },
  { id: "edits.insert", title: "New row or document", scope: "results", keys: "Mod+I" },
  { id: "edits.duplicate", title: "Duplicate the selected rows", scope: "results", keys: "Mod+D" },
  { id: "edits.delete", title: "Delete the selected rows, or keep them", scope: "results", keys: "Mod+Delete" },
  { id: "edits.revert", title: "Take back the selected changes", scope: "results", keys: "Mod+Alt+Z" },
  { id: "edits.null", title: "Set the selected cells to NULL", scope: "results", keys: "Mod+Alt+0" },
  { id: "edits.default", title: "Set the selected cells to their default", scope: "results", keys: "Mod+Alt+D" },
  { id: "edits.empty", title: "Set the selected cells to empty text", scope: "results", keys: "Mod+Alt+E" },
  { id: "edits.conflicts", title: "Settle rows that somebody else changed", scope: "results" },
  { id: "documents.edit", title: "Edit the document as JSON", scope: "results", keys: "Mod+E" },
  {
    id: "documents.add",
    title: "Add a field or an element to the document",
    scope: "results",
    keys: "Mod+Shift+Enter",
  },
  { id: "documents.rename", title: "Rename the field of the document", scope: "results" },
  { id: "documents.copy", title: "Copy the document", scope: "results" },
  { id: "documents.copy-path", title: "Copy the path of the field", scope: "results", keys: "Mod+Shift+C" },
  { id: "documents.tree", title: "Show documents as trees", scope: "results" },
  { id: "documents.json", title: "Show documents as texts", scope: "results" },
  { id: "documents.grid", title: "Show documents as a grid", scope: "results" },
  { id: "documents.infer", title: "Look at more documents for columns", scope: "results" },
  { id: "relation.save", title: "Save the changes of this relation", scope: "relation", keys: "Mod+S", hidden: true },
  { id: "results.follow", title: "Follow the foreign key", scope: "results", keys: "F12" },
  { id: "results.referenced-by", title: "What refers to this row", scope: "results", keys: "Shift+F12" },
  { id: "results.look-up", title: "Look up in the referenced table", scope: "results", keys: "Alt+F12" },
  { id: "walk.back", title: "Back to where you followed a key from", scope: "relation", keys: "Alt+ArrowLeft" },
  { id: "walk.forward", title: "Forward to where a key led", scope: "relation", keys: "Alt+ArrowRight" },
  { id: "relation.refresh", title: "Read the rows again", scope: "relation", keys: "F5" },
  { id: "relation.filter", title: "Filter rows", scope: "relation", keys: "Mod+F" },
  { id: "relation.count", title: "Count exactly", scope: "relation" },
  { id: "relation.where", title: "Write a WHERE for these rows", scope: "relation", keys: "Mod+Shift+F" },
  { id: "relation.clear-filters", title: "Clear the filters", scope: "relation" },
  { id: "relation.sort-none", title: "Do not sort", scope: "relation" },
  { id: "relation.live", title: "Keep these rows live, or stop it", scope: "relation" },
  { id: "relation.generate", title: "Generate rows for this table", scope: "relation" },
  { id: "relation.import", title: "Import a file into this table", scope: "relation" },
  { id: "relation.data", title: "Show data", scope: "relation", keys: "Alt+1" },
  { id: "relation.structure", title: "Show columns", scope: "relation", keys: "Alt+2" },
  { id: "relation.indexes", title: "Show indexes", scope: "relation", keys: "Alt+3" },
  { id: "relation.constraints", title: "Show constraints", scope: "relation", keys: "Alt+4" },
  { id: "relation.triggers", title: "Show triggers", scope: "relation" },
  { id: "relation.policies", title: "Show policies", scope: "relation" },
  { id: "relation.grants", title: "Show privileges", scope: "relation" },
  { id: "relation.ddl", title: "Show DDL", scope: "relation", keys: "Alt+5" },
  { id: "relation.aggregate", title: "Build a pipeline over this collection", scope: "relation", keys: "Alt+7" },
  { id: "relation.rules", title: "Rules that documents have to fulfil", scope: "relation", keys: "Alt+8" },
  {
    id: "relation.fields",
    title: "Show or hide the fields of this collection",
    scope: "relation",
    keys: "Mod+Shift+O",
  },
  { id: "pipeline.add", title: "Add a stage to the pipeline", scope: "relation", keys: "Mod+I" },
  { id: "pipeline.run", title: "Run the pipeline's previews", scope: "relation", keys: "Mod+Enter" },
  { id: "pipeline.query", title: "Open the pipeline as a query", scope: "relation", keys: "Mod+Alt+Enter" },
  { id: "relation.edit", title: "Edit structure", scope: "relation", keys: "Alt+6" },
  { id: "policies.refresh", title: "Read the policies again", scope: "policies", keys: "F5" },
  { id: "policies.filter", title: "Filter tables", scope: "policies", keys: "Mod+F" },
  { id: "policies.tables", title: "Show the tables", scope: "policies", keys: "Alt+1" },
  { id: "policies.coverage", title: "Show who can do what to which rows", scope: "policies", keys: "Alt+2" },
  { id: "policies.test", title: "Try a statement as somebody", scope: "policies", keys: "Alt+3" },
  { id: "policies.suites", title: "Show the suite of cases", scope: "policies", keys: "Alt+4" },
  {
    id: "policies.run",
    title: "Try what stands in the tester, or run the suite",
    scope: "policies",
    keys: "Mod+Enter",
  },
  { id: "policies.save", title: "Save the suite of cases", scope: "policies", keys: "Mod+S" },
  { id: "policies.new", title: "New policy of the unfolded table", scope: "policies", keys: "Mod+I" },
  { id: "policies.review", title: "Review the drafts of policies", scope: "policies", keys: "Mod+Shift+R" },
  { id: "advisor.look", title: "Look at the database again", scope: "advisor", keys: "F5" },
  { id: "advisor.filter", title: "Filter findings", scope: "advisor", keys: "Mod+F" },
  { id: "advisor.fix", title: "Review the fix of the chosen finding", scope: "advisor", keys: "Mod+Enter" },
  { id: "diagram.find", title: "Find a table in the diagram", scope: "diagram", keys: "Mod+F" },
  { id: "diagram.path", title: "Way between two tables", scope: "diagram", keys: "Mod+Alt+P" },
  { id: "diagram.layout", title: "Lay out all tables of the diagram", scope: "diagram", keys: "Mod+Alt+L" },
  { id: "diagram.list", title: "Show or hide the list of the diagram's tables", scope: "diagram", keys: "Mod+L" },
  { id: "diagram.export", title: "Export the diagram as SVG", scope: "diagram", keys: "Mod+E" },
  { id: "diagram.choose", title: "Choose what the diagram shows", scope: "diagram", keys: "Mod+I" },
  { id: "diagram.new", title: "New diagram", scope: "diagram" },
  { id: "diagram.neighbours", title: "Show the neighbours of the chosen table", scope: "diagram", keys: "Mod+Alt+J" },
  { id: "diagram.note", title: "New note in the diagram", scope: "diagram" },
  { id: "diagram.hide", title: "Hide the chosen tables from the diagram", scope: "diagram" },
  { id: "diagram.fit", title: "Fit the whole diagram", scope: "diagram", keys: "Alt+0" },
  { id: "diagram.larger", title: "Zoom in", scope: "diagram", keys: "Alt+=" },
  { id: "diagram.smaller", title: "Zoom out", scope: "diagram", keys: "Alt+-" },
  { id: "diagram.undo", title: "Take back the last change of the diagram", scope: "diagram", keys: "Mod+Z" },
  { id: "diagram.redo", title: "Make the change of the diagram again", scope: "diagram", keys: "Mod+Shift+Z" },
  { id: "diagram.refresh", title: "Read the diagram's schema again", scope: "diagram", keys: "F5" },
  { id: "diagram.foreign-key", title: "New foreign key from the chosen table", scope: "diagram", keys: "Mod+Alt+K" },
  { id: "diagram.column", title: "Add a column to the chosen table", scope: "diagram" },
  { id: "diagram.index", title: "New index of the chosen table", scope: "diagram" },
  { id: "diagram.review", title: "Review the changes of the schema", scope: "diagram", keys: "Mod+Shift+R" },
  { id: "structure.undo", title: "Take back the last change of the schema", scope: "structure", keys: "Mod+Z" },
  { id: "structure.redo", title: "Make the change of the schema again", scope: "structure", keys: "Mod+Shift+Z" },
  { id: "structure.review", title: "Review the changes of the schema", scope: "structure", keys: "Mod+Shift+R" },
  { id: "structure.column", title: "Add a column to this table", scope: "structure" },
  { id: "structure.foreign-key", title: "New foreign key from this table", scope: "structure", keys: "Mod+Alt+K" },
  { id: "structure.index", title: "New index of this table", scope: "structure" },
  { id: "migrations.refresh", title: "Read the migrations again", scope: "migrations", keys: "F5" },
  { id: "migrations.filter", title: "Filter migrations", scope: "migrations", keys: "Mod+F" },
  { id: "migrations.folder", title: "Choose the folder of migrations", scope: "migrations", keys: "Mod+Alt+O" },
  { id: "migrations.apply", title: "Review and apply what is pending", scope: "migrations", keys: "Mod+Shift+R" },
  { id: "migrations.apply-to", title: "Apply up to the chosen migration", scope: "migrations" },
  { id: "migrations.back", title: "Roll migrations back", scope: "migrations" },
  { id: "migrations.new", title: "New migration", scope: "migrations", keys: "Mod+I" },
  { id: "compare.run", title: "Compare", scope: "compare", keys: "Mod+Enter" },
  { id: "compare.filter", title: "Filter what differs", scope: "compare", keys: "Mod+F" },
  { id: "compare.swap", title: "Swap the sides of the comparison", scope: "compare", keys: "Mod+Alt+X" },
  { id: "compare.tree", title: "Show what differs", scope: "compare", keys: "Alt+1" },
  { id: "compare.script", title: "Show the statements", scope: "compare", keys: "Alt+2" },
  { id: "keys.refresh", title: "Read the keys again", scope: "keys", keys: "F5" },
  { id: "keys.filter", title: "Filter keys", scope: "keys", keys: "Mod+F" },
  { id: "keys.shape", title: "Show keys as a tree or as a list", scope: "keys", keys: "Mod+L" },
  { id: "keys.go-on", title: "Read the list of keys on", scope: "keys" },
  {
    id: "keys.sample",
    title: "What is in this database: types, namespaces, largest keys",
    scope: "keys",
    keys: "Mod+J",
  },
  { id: "keys.new", title: "New key", scope: "keys", keys: "Mod+I" },
  { id: "keys.save", title: "Save the value of the chosen key", scope: "keys", keys: "Mod+S" },
  { id: "keys.rename", title: "Rename the chosen key", scope: "keys", keys: "F2" },
  { id: "keys.expire", title: "Change when the chosen key expires", scope: "keys", keys: "Mod+Alt+E" },
  { id: "keys.delete", title: "Delete the chosen keys", scope: "keys", keys: "Mod+Delete" },
  { id: "keys.copy", title: "Copy the names of the chosen keys", scope: "keys", keys: "Mod+Shift+C" },
  { id: "live.start", title: "Follow what happens, or stop", scope: "live", keys: "F5" },
  { id: "live.pause", title: "Pause or go on following", scope: "live", keys: "Mod+Alt+P" },
  { id: "live.clear", title: "Clear the rows that were followed", scope: "live", keys: "Mod+Shift+Delete" },
  { id: "activity.refresh", title: "Read the activity again", scope: "activity", keys: "F5" },
  { id: "activity.pause", title: "Pause or go on reading the activity", scope: "activity", keys: "Mod+Alt+P" },
  { id: "activity.filter", title: "Filter sessions or sizes", scope: "activity", keys: "Mod+F" },
  { id: "activity.sessions", title: "Show sessions", scope: "activity", keys: "Alt+1" },
  { id: "activity.locks", title: "Show who waits for whom", scope: "activity", keys: "Alt+2" },
  { id: "activity.sizes", title: "Show sizes", scope: "activity", keys: "Alt+3" },
  { id: "activity.server", title: "Show what the server says of itself", scope: "activity", keys: "Alt+4" },
  { id: "activity.slow", title: "Show slow statements", scope: "activity", keys: "Alt+5" },
  { id: "activity.cancel", title: "Cancel the statement of the chosen session", scope: "activity", keys: "Mod+Delete" },
  { id: "activity.kill", title: "End the chosen session", scope: "activity", keys: "Mod+Shift+Delete" },
  { id: "explorer.refresh", title: "Read the catalog again", scope: "explorer", keys: "F5" },
  { id: "connection.test", title: "Test connection", scope: "connection", keys: "Mod+T" },
  { id: "connection.save", title: "Save connection", scope: "connection", keys: "Mod+S" },
  { id: "connection.connect", title: "Save and connect", scope: "connection", keys: "Mod+Enter" },
] as const satisfies readonly CommandDefinition[];

export type CommandId = (typeof COMMANDS)[number]["id"];

/** Two commands that one key press could mean. */
export interface Clash {
  readonly keys: string;
  readonly first: CommandId;
  readonly second: CommandId;
}

/** The keys of each command, with a person's own ones in place of the defaults; an empty text removes a key. */
export function effectiveKeys(own: Readonly<Record<string, string | undefined>>): ReadonlyMap<CommandId, string> {
  const keys = new Map<CommandId, string>();
  for (const command of COMMANDS as readonly (CommandDefinition & { id: CommandId })[]) {
    const chosen = own[command.id] ?? command.keys;
    if (chosen) keys.set(command.id, chosen);
  }
  return keys;
}

/** Every pair of commands that share a key within a scope, or between a scope and `global`. */
export function clashes(keys: ReadonlyMap<CommandId, string>): readonly Clash[] {
  const found: Clash[] = [];
  const list = (COMMANDS as readonly (CommandDefinition & { id: CommandId })[]).filter((c) => keys.has(c.id));
  list.forEach((first, index) => {
    for (const second of list.slice(index + 1)) {
      const together = first.scope === second.scope || first.scope === "global" || second.scope === "global";
      const key = keys.get(first.id);
      if (together && key !== undefined && key === keys.get(second.id)) {
        found.push({ keys: key, first: first.id, second: second.id });
      }
    }
  });
  return found;
}
