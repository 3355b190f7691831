/** Whom the tabs of a connection begin as. */
import type { Dispatch, ReactNode } from "react";
import { Icon } from "@/design";
import type { PolicyActor } from "@/ipc";
import { ACTOR_FIELD, type FormAction, type FormState } from "../model";
import { FoldSection } from "./FoldSection";

/** What the window knows about actors. */
export interface ActorWays {
  readonly field: (actor: PolicyActor | null, onActor: (actor: PolicyActor | null) => void) => ReactNode;
  readonly words: (actor: PolicyActor) => string;
  /** Why nobody can act as this. */
  readonly problem: (actor: PolicyActor) => string | undefined;
}

export interface ActorSectionProps {
  state: FormState;
  dispatch: Dispatch<FormAction>;
  ways: ActorWays;
}

export function ActorSection({ state, dispatch, ways }: ActorSectionProps) {
  const error = state.errors[ACTOR_FIELD];
  return (
    <FoldSection
      title="Act as"
      used={state.actor !== null}
      wrong={error !== undefined}
      summary={state.actor ? ways.words(state.actor) : "the login itself"}
    >
      <p className="rh-meta">
        Tabs of this connection begin as this actor: their reads, counts, edits and exports. Each tab says so, and can
        act as somebody else. The rest of Rowhouse stays the login.
      </p>
      {ways.field(state.actor, (actor) => dispatch({ type: "actor", actor }))}
      {error ? (
        <div className="rh-field-error" role="alert">
          <Icon name="error" size={12} />
          <span>{error}</span>
        </div>
      ) : null}
    </FoldSection>
  );
}
