/** The file behind an editor: saved, and watched for what other programs do to it. */
import { type Dispatch, type RefObject, useCallback, useEffect, useState } from "react";
import { toast } from "@/design";
import { type EditorHandle, fileState, overwriteFile, type Saved, saveFile, saveFileAs } from "@/features/editor";
import { type FileState, failureOf, host } from "@/ipc";
import type { QueryTab, TabsAction } from "../model";

export function useQueryFile(
  tab: QueryTab,
  editor: RefObject<EditorHandle | null>,
  active: boolean,
  dispatch: Dispatch<TabsAction>,
) {
  const [outside, setOutside] = useState<FileState>("unchanged");
  const { path, stamp } = tab;
  const file = path !== null && stamp !== null ? { path, stamp, crlf: tab.crlf } : null;

  const check = useCallback(async () => {
    if (path === null || stamp === null) return;
    setOutside(await fileState({ path, stamp, crlf: false }));
  }, [path, stamp]);
  useEffect(() => {
    if (!active) return;
    void check();
    const onFocus = () => void check();
    window.addEventListener("focus", onFocus);
    return () => window.removeEventListener("focus", onFocus);
  }, [active, check]);

  const settle = (saved: Saved) => {
    if (saved.kind === "saved") {
      const { path: at, stamp: now, name, crlf } = saved.file;
      dispatch({ type: "change", id: tab.id, change: { path: at, stamp: now, title: name, dirty: false, crlf } });
      setOutside("unchanged");
    } else if (saved.kind === "conflict") {
      setOutside("changed");
    } else if (saved.kind === "failed") {
      const { message, hint } = saved.failure;
      toast({ tone: "danger", title: message, ...(hint ? { detail: hint } : {}) });
    }
  };
  const text = () => editor.current?.text() ?? "";
  const name = tab.title.endsWith(".sql") ? tab.title : `${tab.title}.sql`;
  const failed = (thrown: unknown) => {
    toast({ tone: "danger", title: failureOf(thrown).message });
  };

  return {
    file,
    outside,
    save: () => saveFile(text(), file, name, tab.crlf).then(settle, failed),
    saveAs: () => saveFileAs(text(), name, tab.crlf).then(settle, failed),
    /** Ours replaces what another program wrote. */
    overwrite: () => {
      // The question goes with the answer; the focus must not go with it.
      editor.current?.focus();
      return file ? overwriteFile(text(), file).then(settle, failed) : undefined;
    },
    /** Theirs replaces ours; undo brings ours back. */
    reload: async () => {
      if (!file) return;
      editor.current?.focus();
      try {
        const opened = await host().openFile(file.path);
        editor.current?.replace(opened.text);
        dispatch({ type: "change", id: tab.id, change: { stamp: opened.stamp, crlf: opened.crlf, dirty: false } });
        setOutside("unchanged");
      } catch (thrown) {
        failed(thrown);
      }
    },
  };
}
