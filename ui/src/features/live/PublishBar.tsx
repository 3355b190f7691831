/** Sends a message to whoever follows a topic. */
import { type FormEvent, useState } from "react";
import { Button, Input } from "@/design";
import { host } from "@/ipc";
import { useDeed } from "./useDeed";

export interface PublishBarProps {
  place: { readonly profileId: string; readonly database: string | null };
  kind: string;
  to: string;
  onTo: (to: string) => void;
  /** Why nothing can be sent. */
  reason: string | undefined;
}

export function PublishBar({ place, kind, to, onTo, reason }: PublishBarProps) {
  const [payload, setPayload] = useState("");
  const deed = useDeed();
  const unable = reason ?? (to.trim() === "" ? "name the channel" : undefined);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (unable || deed.busy) return;
    const message = { profile_id: place.profileId, database: place.database, kind, topic: to.trim(), payload };
    deed.begin(
      (confirmed) => host().livePublish({ ...message, confirmed }),
      () => setPayload(""),
    );
  };
  return (
    <form className="live-publish" aria-label="Send a message" onSubmit={send}>
      <div className="live-to">
        <Input dense mono aria-label="Channel to send to" placeholder="channel" value={to} onChange={onTo} />
      </div>
      <div className="live-payload">
        <Input dense mono aria-label="Message" placeholder="message" value={payload} onChange={setPayload} />
      </div>
      <Button dense type="submit" icon="arrow-right" disabledReason={unable} loading={deed.busy}>
        Send
      </Button>
      {deed.dialog}
    </form>
  );
}
