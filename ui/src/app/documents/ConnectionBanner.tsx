import { useEffect, useState } from "react";
import { useKeys } from "@/commands";
import { Banner, Button } from "@/design";
import type { ConnectionState } from "@/ipc";

/** Seconds until a moment, counted down; null when there is none or it has passed. */
function useSecondsUntil(at: number | null): number | null {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (at === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [at]);
  const seconds = at === null ? 0 : Math.ceil((at - now) / 1_000);
  return seconds > 0 ? seconds : null;
}

/** Says in a tab that its connection is lost or could not be opened, and offers it again. */
export function ConnectionBanner({
  state,
  name,
  onReconnect,
}: {
  state: ConnectionState | undefined;
  name: string;
  onReconnect: () => void;
}) {
  const keys = useKeys("connection.reconnect");
  const phase = state?.phase;
  const seconds = useSecondsUntil(phase?.phase === "lost" ? phase.retry_at_ms : null);
  if (phase?.phase !== "lost" && phase?.phase !== "failed") return null;
  const { message, hint } = phase.error;
  const lost = phase.phase === "lost";
  return (
    <Banner
      tone="danger"
      icon="unplug"
      edge
      detail={[
        message,
        lost ? "Your text is safe; transactions and temporary tables of this session are gone." : hint,
        seconds === null ? "" : `Trying again in ${seconds} s.`,
      ]
        .filter(Boolean)
        .join(" ")}
      actions={
        <Button dense icon="refresh" {...(keys ? { keys, showKeys: true } : {})} onClick={onReconnect}>
          Reconnect
        </Button>
      }
    >
      {lost ? `Lost the connection to ${name}` : `Not connected to ${name}`}
    </Banner>
  );
}
