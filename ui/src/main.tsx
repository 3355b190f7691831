// First: it says in which order the layers of style stand.
import "./styles.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/App";
import { Standalone } from "@/app/Standalone";
import { type Host, setHost } from "@/ipc";

/** The host this window has: the program around it, or, while working on the window in a browser, one in memory. */
async function findHost(): Promise<Host | null> {
  if ("__TAURI_INTERNALS__" in window) return (await import("@/ipc/tauri")).tauriHost;
  if (import.meta.env.DEV) return (await import("@/ipc/fake/page")).hostOfPage();
  return null;
}

const element = document.getElementById("root");
if (element) {
  const found = await findHost();
  if (found) setHost(found);
  createRoot(element).render(<StrictMode>{found ? <App /> : <Standalone />}</StrictMode>);
}
