/** What is followed, chosen, begun and steered: the toolbar's controls. */
import { useState } from "react";
import { Button, ConfirmDialog, IconButton, Input, Select } from "@/design";
import type { LiveOffer } from "@/ipc";
import { cannotStart, isFollowing, type LiveView, limitsOf, limitWords, topicOf } from "./model";
import type { Following } from "./useLive";

export interface LiveChoiceProps {
  offers: readonly LiveOffer[];
  offer: LiveOffer | undefined;
  view: LiveView;
  onView: (change: Partial<LiveView>) => void;
  following: Following;
  onStart: () => void;
}

/** What is followed. */
export function LiveChoice({ offers, offer, view, onView, following, onStart }: LiveChoiceProps) {
  const going = isFollowing(following.state) || following.starting;
  if (!offer) return null;
  const limits = limitsOf(offer);
  const { topic } = offer;
  return (
    <>
      <Select
        label="What is followed"
        dense
        value={offer.id}
        disabled={going}
        onChange={(kind) => onView({ kind })}
        options={offers.map(({ id, label }) => ({ value: id, label }))}
      />
      {topic ? (
        <div className="live-topic" data-tip={topic.about}>
          <Input
            dense
            mono
            aria-label={topic.label}
            placeholder={topic.placeholder}
            disabled={going}
            value={topicOf(offer, view)}
            onChange={(text) => onView({ topics: { ...view.topics, [offer.id]: text } })}
            onKeyDown={(event) => {
              if (event.key === "Enter") onStart();
            }}
          />
        </div>
      ) : null}
      {limits.length > 0 ? (
        <Select
          label="For how long"
          dense
          disabled={going}
          value={String(view.limit ?? offer.usual_s)}
          onChange={(seconds) => onView({ limit: Number(seconds) })}
          options={limits.map((seconds) => ({ value: String(seconds), label: `for ${limitWords(seconds)}` }))}
        />
      ) : null}
    </>
  );
}

export interface LiveSteeringProps {
  offer: LiveOffer | undefined;
  view: LiveView;
  following: Following;
  open: boolean;
  keys: Readonly<Record<"start" | "pause" | "clear", string | undefined>>;
  onStart: () => void;
}

/** Beginning, pausing, clearing, stopping. */
export function LiveSteering({ offer, view, following, open, keys, onStart }: LiveSteeringProps) {
  const { state, starting, order } = following;
  const going = isFollowing(state);
  const paused = state?.paused === true;
  const withKeys = (of: string | undefined) => (of ? { keys: of } : {});
  return (
    <>
      <IconButton
        icon={paused ? "run" : "pause"}
        label={paused ? "Go on" : "Pause: the view stands still"}
        pressed={paused}
        disabledReason={going ? undefined : "nothing is followed"}
        {...withKeys(keys.pause)}
        onClick={() => order(paused ? "resume" : "pause")}
      />
      <IconButton
        icon="trash"
        label="Clear the rows"
        disabledReason={going ? undefined : "nothing is followed"}
        {...withKeys(keys.clear)}
        onClick={() => order("clear")}
      />
      {going ? (
        <Button dense icon="stop" {...withKeys(keys.start)} onClick={() => order("stop")}>
          Stop
        </Button>
      ) : (
        <Button
          dense
          variant="primary"
          icon="run"
          loading={starting}
          disabledReason={cannotStart(offer, view, open)}
          {...withKeys(keys.start)}
          onClick={onStart}
        >
          Follow
        </Button>
      )}
    </>
  );
}

/** Begins at once, or after its cost to the server was read. */
export function useCaution(offer: LiveOffer | undefined, begin: () => void) {
  const [asked, setAsked] = useState(false);
  return {
    start: () => (offer?.caution ? setAsked(true) : begin()),
    dialog: (
      <ConfirmDialog
        open={asked}
        onClose={() => setAsked(false)}
        onConfirm={() => {
          setAsked(false);
          begin();
        }}
        title={`Follow: ${offer?.label ?? ""}?`}
        description={offer?.caution}
        confirmLabel="Follow"
        danger
      />
    ),
  };
}
