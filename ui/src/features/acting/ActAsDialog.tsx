/** Chooses or writes whom a tab acts as. It is tried on the server before it is taken: a refusal is told here, with its fix. */
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useRef, useState } from "react";
import { Button, Dialog, ErrorBlock } from "@/design";
import { type AppError, failureOf, failureProps, host, type PolicyActor, queryKeys } from "@/ipc";
import "./acting.css";
import { type Choice, choicesOf } from "./choices";
import { actorLines, actorProblem, actorWords, NOBODY, sameActor, tidy } from "./model";
import { ActorFields } from "./parts/ActorFields";
import { ChoiceList } from "./parts/ChoiceList";
import { KeepActor } from "./parts/KeepActor";
import { recentActors, rememberActor } from "./recent";

export interface ActAsDialogProps {
  /** The tab's title. */
  title: string;
  profileId: string;
  /** `null` is the connection's own. */
  database: string | null;
  /** What stands there to begin with. */
  initial: PolicyActor | null;
  /** Whom the tab acts as now. */
  acting: PolicyActor | null;
  /** Actors of this connection's open tabs. */
  open: readonly PolicyActor[];
  onAct: (actor: PolicyActor) => void;
  onStop: () => void;
  /** Closed without a choice; what was written is given back. */
  onClose: (draft: PolicyActor) => void;
}

export function ActAsDialog(props: ActAsDialogProps) {
  const { profileId, database, initial, acting, onAct } = props;
  const [actor, setActor] = useState<PolicyActor>(initial ?? NOBODY);
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const roles = useQuery({
    queryKey: [...queryKeys.security(profileId, database), "acting-roles"],
    queryFn: () => host().actingRoles(profileId, database),
    retry: false,
  });
  const kept = useQuery({
    queryKey: [...queryKeys.security(profileId, null), "actors"],
    queryFn: () => host().policyActors(profileId),
    retry: false,
  });
  const [recent] = useState(() => recentActors(profileId, props.open));
  const { choices, more } = choicesOf(recent, kept.data ?? [], roles.data ?? [], text);
  const role = roles.data?.find(({ name }) => name === actor.role);
  const change = (next: PolicyActor) => {
    setFailure(null);
    setActor(next);
  };
  const choose = (choice: Choice) => {
    const next = choice.actor ?? { ...actor, role: choice.role };
    // The same one once more means it.
    if (sameActor(next, actor) && !sameActor(next, NOBODY)) void act(next);
    else change(next);
  };
  const act = async (wanted: PolicyActor) => {
    if (busy || actorProblem(wanted)) return;
    setBusy(true);
    setFailure(null);
    try {
      await host().actingCheck(profileId, database, tidy(wanted));
      rememberActor(profileId, wanted);
      onAct(tidy(wanted));
    } catch (thrown) {
      setFailure(failureOf(thrown));
      setBusy(false);
    }
  };
  const problem = actorProblem(actor);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void act(actor);
  };
  return (
    <Dialog
      open
      width={600}
      onClose={() => props.onClose(tidy(actor))}
      title={`Act as, in ${props.title}`}
      description="Its reads, counts, edits and exports then run with the rights of somebody else. Set in each transaction; nothing else changes."
      initialFocus={field}
      footer={
        <>
          {acting ? (
            <Button icon="stop" onClick={props.onStop}>
              Stop acting
            </Button>
          ) : null}
          <Button className="ml-auto" keys="Escape" showKeys onClick={() => props.onClose(tidy(actor))}>
            Cancel
          </Button>
          <Button
            variant="primary"
            icon="role"
            keys="Mod+Enter"
            showKeys
            loading={busy}
            disabledReason={problem}
            tooltip={problem ? undefined : actorLines(actor).join("\n")}
            onClick={() => void act(actor)}
          >
            Act as this
          </Button>
        </>
      }
    >
      <div className="act-body" onKeyDown={onKeyDown}>
        <ChoiceList
          choices={choices}
          more={more}
          text={text}
          onText={setText}
          isChosen={(choice) =>
            choice.actor ? sameActor(choice.actor, actor) : choice.role !== null && choice.role === actor.role
          }
          onChoose={choose}
          nothing={
            roles.isPending
              ? "Reading the roles…"
              : roles.error
                ? `The roles could not be read: ${failureOf(roles.error).message}`
                : "No role is called that. Write it below if it should be tried all the same."
          }
          field={field}
        />
        <ActorFields actor={actor} onActor={change} roleHint={roleHint(role)} />
        {failure ? (
          <div role="alert" ref={(node) => node?.scrollIntoView?.({ block: "nearest" })}>
            <ErrorBlock {...failureProps(failure)} />
          </div>
        ) : null}
        {problem ? null : <KeepActor profileId={profileId} actor={actor} onFailure={setFailure} />}
        {problem ? null : (
          <p className="rh-visually-hidden" role="status">
            {`Ready to act as ${actorWords(actor)}`}
          </p>
        )}
      </div>
    </Dialog>
  );
}

/** What has to be known before one acts as a role. */
function roleHint(role: { superuser: boolean; bypass: boolean; may: boolean } | undefined): string | undefined {
  if (!role) return undefined;
  if (!role.may) return "You are not a member of it: the server will refuse.";
  if (role.superuser) return "A superuser: neither policies nor privileges apply to it.";
  return role.bypass ? "It has BYPASSRLS: no policy applies to it." : undefined;
}
