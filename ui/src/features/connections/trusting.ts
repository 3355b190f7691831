/** Commands for passwords that came from a file: a person agrees to each before it runs for the first time. */
import { useSyncExternalStore } from "react";
import type { ConnectionProfile } from "@/ipc";

export interface TrustQuestion {
  readonly profile: ConnectionProfile;
  readonly answer: (trusted: boolean) => void;
}

let asked: TrustQuestion | null = null;
const listeners = new Set<() => void>();

function set(next: TrustQuestion | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

/** Whether a connection's command may run; asks where that is open. */
export function mayRun(profile: ConnectionProfile | undefined): Promise<boolean> {
  if (!profile?.untrusted_command) return Promise.resolve(true);
  asked?.answer(false);
  return new Promise((resolve) => {
    const question: TrustQuestion = {
      profile,
      answer: (trusted) => {
        if (asked === question) set(null);
        resolve(trusted);
      },
    };
    set(question);
  });
}

export const useTrustQuestion = (): TrustQuestion | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked,
  );
