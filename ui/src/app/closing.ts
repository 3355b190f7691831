/** What closing a tab would cost: said by what is drawn of it, or read from what it keeps. */
import { plural, toast } from "@/design";
import { readView, saveSuite, suiteIn } from "@/features/policies";
import { failureOf } from "@/ipc";
import type { OpenTab, TabsAction } from "./model";
import type { CloseGuard } from "./workspace";

/** Of a tab with policies: a suite that no file has. Its tab need not be drawn for that. */
function guardOfSuite(tab: OpenTab, dispatch: (action: TabsAction) => void): CloseGuard | null {
  if (tab.kind !== "policies") return null;
  const view = readView(tab.view);
  const suite = suiteIn(view.suite);
  if (!suite?.unsaved || view.suite === null) return null;
  const open = view.suite;
  return {
    title: `Close without saving ${suite.name || "the suite"}?`,
    description: `${suite.path === null ? "It is in no file yet" : "Its file has it as it was"}: what was changed in its ${plural(suite.cases, "case")} is gone then.`,
    confirm: "Close without saving",
    save: async () => {
      try {
        return (await saveSuite(open, suite.name)) !== null;
      } catch (thrown) {
        const { code, message } = failureOf(thrown);
        dispatch({ type: "change", id: tab.id, change: { view: JSON.stringify({ ...view, section: "suites" }) } });
        toast(
          code === "conflict"
            ? {
                tone: "danger",
                title: `${suite.name} was not saved`,
                detail: "Another program has changed its file meanwhile. Save it here, and say what becomes of theirs.",
              }
            : { tone: "danger", title: `${suite.name} was not saved`, detail: message },
        );
        return false;
      }
    },
  };
}

/** Why closing a tab is asked about; null where it is not. */
export const guardOf = (
  tab: OpenTab,
  guards: ReadonlyMap<string, CloseGuard>,
  dispatch: (action: TabsAction) => void,
): CloseGuard | null => guards.get(tab.id) ?? guardOfSuite(tab, dispatch);
