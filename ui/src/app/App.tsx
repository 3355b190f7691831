import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { CommandsProvider } from "@/commands";
import { DesignRoot } from "@/design";
import { host, queryKeys, type Settings } from "@/ipc";
import { ErrorBoundary } from "./ErrorBoundary";
import { Shell } from "./Shell";
import { WorkspaceProvider } from "./workspace";
import "./shell.css";

const NO_KEYS: Readonly<Record<string, string>> = {};

/** What was read stays true until the core says otherwise. */
const client = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: false,
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
    },
  });

/** Data and SQL in the size and font a person chose. */
function useDataType(settings: Settings | undefined): void {
  const px = settings?.data_font_px;
  const font = settings?.data_font;
  useEffect(() => {
    const { style } = document.documentElement;
    if (px === undefined) return;
    style.setProperty("--fs-data", `${px}px`);
    style.setProperty("--lh-data", `${Math.round(px * 1.34)}px`);
    // SQL is read line by line: a step larger than data.
    style.setProperty("--fs-code", `${px + 1}px`);
    style.setProperty("--lh-code", `${Math.round((px + 1) * 1.54)}px`);
    if (font)
      style.setProperty(
        "--font-mono",
        `"${font.replaceAll('"', "")}", "JetBrains Mono Variable", ui-monospace, monospace`,
      );
    else style.removeProperty("--font-mono");
  }, [px, font]);
}

function WithSettings({ children }: { children: ReactNode }) {
  const { data } = useQuery({ queryKey: queryKeys.settings, queryFn: () => host().settings() });
  useDataType(data);
  return (
    <DesignRoot theme={data?.theme ?? "system"}>
      <CommandsProvider own={data?.shortcuts ?? NO_KEYS}>{children}</CommandsProvider>
    </DesignRoot>
  );
}

/** The window's content. */
export function App() {
  const [queries] = useState(client);
  return (
    <ErrorBoundary
      what="Rowhouse"
      safe="What you typed is on disk; close the window and open it again if this comes back."
    >
      <QueryClientProvider client={queries}>
        <WithSettings>
          <WorkspaceProvider>
            <Shell />
          </WorkspaceProvider>
        </WithSettings>
      </QueryClientProvider>
    </ErrorBoundary>
  );
}
