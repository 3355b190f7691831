import type { ReactNode } from "react";
import { useKeys } from "@/commands";
import { Button, EmptyState } from "@/design";

interface OfflineProps {
  /** The connection's name. */
  name: string;
  onConnect: () => void;
  /** What connecting will bring. */
  children: ReactNode;
}

/** What a document shows that came back from the last time, before anybody connects. */
export function Offline({ name, onConnect, children }: OfflineProps) {
  const keys = useKeys("connection.reconnect");
  return (
    <EmptyState
      picture="offline"
      title={`Not connected to ${name}`}
      actions={
        <Button variant="primary" icon="plug" {...(keys ? { keys, showKeys: true } : {})} onClick={onConnect}>
          Connect
        </Button>
      }
    >
      This tab came back from the last time. {children}
    </EmptyState>
  );
}
