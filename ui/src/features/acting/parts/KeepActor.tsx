/** Keeps an actor with its connection, under a name. */
import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { announce, Button, Input } from "@/design";
import { type AppError, failureOf, host, type PolicyActor, queryKeys } from "@/ipc";
import { tidy } from "../model";

export interface KeepActorProps {
  profileId: string;
  actor: PolicyActor;
  onFailure: (failure: AppError) => void;
}

export function KeepActor({ profileId, actor, onFailure }: KeepActorProps) {
  const [name, setName] = useState<string | null>(null);
  const queries = useQueryClient();
  const keep = async (called: string) => {
    try {
      await host().keepPolicyActor(profileId, called, tidy(actor));
      await queries.invalidateQueries({ queryKey: [...queryKeys.security(profileId, null), "actors"] });
      announce(`${called} is kept`);
      setName(null);
    } catch (thrown) {
      onFailure(failureOf(thrown));
    }
  };
  if (name === null) {
    return (
      <Button dense variant="ghost" icon="saved" className="act-keep-open" onClick={() => setName(actor.role ?? "")}>
        Keep with the connection…
      </Button>
    );
  }
  const called = name.trim();
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || called === "") return;
    event.preventDefault();
    void keep(called);
  };
  return (
    <div className="act-keep">
      <Input
        dense
        autoFocus
        aria-label="Name of this actor"
        placeholder="Its name"
        value={name}
        onChange={setName}
        onKeyDown={onKeyDown}
      />
      <Button dense disabledReason={called === "" ? "give it a name" : undefined} onClick={() => void keep(called)}>
        Keep
      </Button>
    </div>
  );
}
