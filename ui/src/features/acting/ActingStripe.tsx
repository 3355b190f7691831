/** Says across the top of a tab as whom it acts, and warns where a statement left the actor. */
import { useKeys } from "@/commands";
import { Button, Icon, tip } from "@/design";
import type { PolicyActor } from "@/ipc";
import "./acting.css";
import { type LeftActor, leftWords } from "./left";
import { actorLines, actorWords } from "./model";

export interface ActingStripeProps {
  actor: PolicyActor | null;
  /** Whom the connection acts as. */
  own: PolicyActor | null;
  /** A statement of the last run that left the actor. */
  left: LeftActor | null;
  /** Why it cannot be changed now. */
  held: string | null;
  /** Why it cannot be left now. */
  bound: string | null;
  onChange: () => void;
  onStop: () => void;
  /** As the connection does, again. */
  onOwn: () => void;
}

export function ActingStripe({ actor, own, left, held, bound, onChange, onStop, onOwn }: ActingStripeProps) {
  const keys = useKeys("tab.act-as");
  if (actor === null && own === null && left === null) return null;
  const changed = own !== null && JSON.stringify(actor) !== JSON.stringify(own);
  const full = actor ? actorLines(actor).join("\n") : undefined;
  const said = left ? leftWords(left, actor) : null;
  return (
    <section
      className="act-stripe"
      data-tone={said ? "warn" : actor ? "acting" : "login"}
      aria-label={actor ? `Acts as ${actorWords(actor)}` : "Acts as the login itself"}
    >
      <Icon name={said ? "warning" : "role"} size={14} />
      {said ? (
        <span className="act-words" role="alert" {...tip(`${said.head}. ${said.detail}`)}>
          <strong>{said.head}.</strong> <span className="act-said">{said.detail}</span>
        </span>
      ) : actor ? (
        <span className="act-words" {...tip(full)}>
          as <strong>{actorWords(actor)}</strong>
          {own && !changed ? <span className="act-said"> · by the connection</span> : null}
        </span>
      ) : (
        <span className="act-words" {...tip(own ? actorLines(own).join("\n") : undefined)}>
          as <strong>the login itself</strong>
          <span className="act-said"> · the connection acts as {own ? actorWords(own) : ""}</span>
        </span>
      )}
      <span className="act-do">
        {changed ? (
          <Button dense variant="ghost" disabledReason={bound ?? undefined} onClick={onOwn}>
            As the connection
          </Button>
        ) : null}
        <Button dense variant="ghost" {...(keys ? { keys } : {})} disabledReason={held ?? undefined} onClick={onChange}>
          Change
        </Button>
        {actor ? (
          <Button dense variant="ghost" disabledReason={bound ?? undefined} onClick={onStop}>
            Stop acting
          </Button>
        ) : null}
      </span>
    </section>
  );
}
