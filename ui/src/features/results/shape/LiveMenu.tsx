import { type FormEvent, useRef, useState } from "react";
import { Button, Input, Menu, type MenuItem, Popover, tip } from "@/design";
import { INTERVALS, type Live, type LiveStatus, liveWords, OFF, secondsOf } from "./live";

export interface LiveMenuProps {
  live: Live;
  status: LiveStatus;
  /** Whether the server announces changes. */
  listens: boolean;
  /** The rows are a statement's, which runs again for them. */
  statement?: boolean;
  onChange: (live: Live) => void;
}

const at = (ms: number) => new Date(ms).toLocaleTimeString("en-GB");

/** How the rows are kept live, and what of it stands still. */
export function LiveMenu({ live, status, listens, statement = false, onChange }: LiveMenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState<"menu" | "every" | "notify" | null>(null);
  const [typed, setTyped] = useState("");
  const seconds = secondsOf(typed);
  const every = live.kind === "every" ? live.seconds : null;
  const items: readonly MenuItem[] = [
    { label: "Off", checked: live.kind === "off", onSelect: () => onChange(OFF) },
    ...INTERVALS.map((each) => ({
      label: `Every ${each} s`,
      checked: every === each,
      onSelect: () => onChange({ kind: "every", seconds: each }),
    })),
    {
      label: every !== null && !INTERVALS.some((each) => each === every) ? `Every ${every} s…` : "Other interval…",
      checked: every !== null && !INTERVALS.some((each) => each === every),
      onSelect: () => {
        setTyped(every === null ? "10" : String(every));
        setOpen("every");
      },
    },
    ...(listens
      ? [
          {
            label: live.kind === "notify" ? `On NOTIFY ${live.channel}…` : "On NOTIFY…",
            checked: live.kind === "notify",
            onSelect: () => {
              setTyped(live.kind === "notify" ? live.channel : "");
              setOpen("notify");
            },
          },
        ]
      : []),
    ...(status.heard.length > 0
      ? [
          { heading: "Announced" },
          ...status.heard.slice(0, 5).map((notice) => ({
            label: notice.message.slice(0, 80),
            meta: at(notice.at_ms),
            disabledReason: notice.detail ?? "announced by another session",
          })),
        ]
      : []),
  ];
  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (open === "every" && seconds !== null) onChange({ kind: "every", seconds });
    else if (open === "notify" && typed !== "") onChange({ kind: "notify", channel: typed });
    else return;
    setOpen(null);
  };
  const last = status.heard[0];
  const says = status.paused
    ? `Paused: ${status.paused}`
    : last
      ? `${at(last.at_ms)} ${last.message}`
      : live.kind === "off"
        ? statement
          ? "Run this statement again by itself"
          : "Read the rows again by themselves"
        : statement
          ? "The statement runs again by itself; the history does not list these runs"
          : "The rows are read again by themselves";
  return (
    <>
      <span className="shrink-0 inline-flex" {...tip(says)}>
        <Button
          ref={button}
          dense
          variant="ghost"
          icon={status.paused ? "pause" : live.kind === "notify" ? "bell" : "clock"}
          aria-haspopup="menu"
          aria-expanded={open === "menu"}
          data-live={live.kind === "off" ? undefined : status.paused ? "paused" : "on"}
          onClick={() => setOpen("menu")}
        >
          {live.kind === "off" ? "Live" : status.paused ? `Paused: ${status.paused}` : liveWords(live)}
          {live.kind === "notify" && status.heard.length > 0 && !status.paused ? ` · ${status.heard.length} heard` : ""}
        </Button>
      </span>
      {open === "menu" && button.current ? (
        <Menu
          open
          onClose={() => setOpen((now) => (now === "menu" ? null : now))}
          anchor={button.current}
          label={statement ? "Live result" : "Live rows"}
          items={items}
        />
      ) : null}
      {(open === "every" || open === "notify") && button.current ? (
        <Popover
          open
          onClose={() => setOpen(null)}
          anchor={button.current}
          label={open === "every" ? "Interval" : "Channel"}
          align="end"
          initialFocus={field}
          width={320}
        >
          <form onSubmit={apply} className="flex flex-col gap-2 p-3">
            <Input
              ref={field}
              mono
              aria-label={open === "every" ? "Seconds between readings" : "Channel"}
              value={typed}
              onChange={setTyped}
              placeholder={open === "every" ? "seconds" : "orders_changed"}
              {...(open === "every" ? { end: <span className="rh-meta">s</span> } : {})}
            />
            <p className="rh-meta">
              {open === "every"
                ? "From 1 second to a day. The next interval begins when the rows are there."
                : "A session of this tab listens on the channel. Every NOTIFY reads the rows again."}
            </p>
            <div className="flex justify-end">
              <Button type="submit" variant="primary" disabled={open === "every" ? seconds === null : typed === ""}>
                Apply
              </Button>
            </div>
          </form>
        </Popover>
      ) : null}
    </>
  );
}
