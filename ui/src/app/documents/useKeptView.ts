/** How a tab's page is looked at, kept with the tab: the parts that change, one after the other. */
import { useMemo, useRef } from "react";
import { useWorkspace } from "../workspace";

export interface KeptView<View> {
  readonly view: View;
  readonly onView: (change: Partial<View>) => void;
  /** The view with changes that are not drawn yet, for whoever asks between two of them. */
  readonly latest: { readonly current: View };
}

export function useKeptView<View extends object>(
  tab: { readonly id: string; readonly view: string },
  read: (kept: string) => View,
): KeptView<View> {
  const { dispatch } = useWorkspace();
  const view = useMemo(() => read(tab.view), [read, tab.view]);
  const latest = useRef(view);
  latest.current = view;
  const onView = (change: Partial<View>) => {
    latest.current = { ...latest.current, ...change };
    dispatch({ type: "change", id: tab.id, change: { view: JSON.stringify(latest.current) } });
  };
  return { view, onView, latest };
}
