import { useState } from "react";
import { Button, IconButton, tip } from "@/design";
import { dateText, daysIn, momentOf, nowText, offsetOf, partsOf, weekdayOf, withDate, withTime } from "./moments";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/** Proposes a text for a date or a time; the text in the cell is what counts. The focus stays there. */
export function MomentPanel({
  text,
  type,
  onChange,
}: {
  text: string;
  type: string;
  onChange: (text: string) => void;
}) {
  const parts = partsOf(type);
  const { date, time } = momentOf(text);
  const [now] = useState(() => new Date());
  const today = { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() };
  const [moved, setMoved] = useState<{ year: number; month: number } | null>(null);
  const shown = moved ?? date ?? today;
  const turn = (by: number) => {
    const month = shown.month - 1 + by;
    setMoved({ year: shown.year + Math.floor(month / 12), month: (((month % 12) + 12) % 12) + 1 });
  };
  const before = weekdayOf(shown.year, shown.month, 1);
  const days = Array.from({ length: daysIn(shown.year, shown.month) }, (_, index) => index + 1);
  const foreign = text !== "" && !date && !time;
  const pick = (day: number) => {
    setMoved(null);
    onChange(withDate(text, dateText(shown.year, shown.month, day), parts));
  };
  return (
    <div
      className="rh-moment"
      onPointerDown={(event) => event.target instanceof HTMLInputElement || event.preventDefault()}
    >
      {parts.date ? (
        <>
          <div className="rh-moment-head">
            <IconButton icon="chevron-left" label="The month before" quiet tabIndex={-1} onClick={() => turn(-1)} />
            <span>
              {MONTHS[shown.month - 1]} {shown.year}
            </span>
            <IconButton icon="chevron-right" label="The month after" quiet tabIndex={-1} onClick={() => turn(1)} />
          </div>
          <div className="rh-moment-days" role="group" aria-label={`${MONTHS[shown.month - 1]} ${shown.year}`}>
            {DAYS.map((day) => (
              <span key={day} className="rh-meta" aria-hidden="true">
                {day}
              </span>
            ))}
            {days.map((day) => {
              const chosen = date?.year === shown.year && date.month === shown.month && date.day === day;
              const current = today.year === shown.year && today.month === shown.month && today.day === day;
              return (
                <button
                  key={day}
                  type="button"
                  tabIndex={-1}
                  style={day === 1 ? { gridColumnStart: before + 1 } : undefined}
                  data-chosen={chosen || undefined}
                  data-today={current || undefined}
                  aria-label={`${day} ${MONTHS[shown.month - 1]} ${shown.year}`}
                  aria-pressed={chosen}
                  onClick={() => pick(day)}
                >
                  {day}
                </button>
              );
            })}
          </div>
        </>
      ) : null}
      <div className="rh-moment-foot">
        {parts.time ? (
          <Clock
            time={time}
            onChange={(next) => onChange(withTime(text, next, dateText(today.year, today.month, today.day), parts))}
          />
        ) : null}
        <span className="flex-1" />
        <span {...tip(`This computer's clock, ${offsetOf(now)} from UTC`)}>
          <Button dense tabIndex={-1} onClick={() => onChange(nowText(new Date(), parts))}>
            {parts.time ? `Now, ${offsetOf(now)}` : "Today"}
          </Button>
        </span>
      </div>
      {foreign ? <div className="rh-meta rh-moment-note">The text is kept as it is until a day is chosen.</div> : null}
    </div>
  );
}

/** Hours and minutes a step at a time; seconds and their fractions stay. */
function Clock({ time, onChange }: { time: string | null; onChange: (time: string) => void }) {
  const [hours = "00", minutes = "00"] = (time ?? "00:00:00").split(":");
  const rest = (time ?? "00:00:00").slice(5);
  const step = (hour: number, minute: number) => {
    const total = ((((Number(hours) + hour) * 60 + Number(minutes) + minute) % 1440) + 1440) % 1440;
    const two = (value: number) => String(value).padStart(2, "0");
    onChange(`${two(Math.floor(total / 60))}:${two(total % 60)}${rest}`);
  };
  return (
    <span className="rh-clock rh-mono">
      <span className="rh-clock-part">
        <IconButton icon="chevron-up" label="An hour later" quiet tabIndex={-1} onClick={() => step(1, 0)} />
        <span>{hours}</span>
        <IconButton icon="chevron-down" label="An hour earlier" quiet tabIndex={-1} onClick={() => step(-1, 0)} />
      </span>
      :
      <span className="rh-clock-part">
        <IconButton icon="chevron-up" label="A minute later" quiet tabIndex={-1} onClick={() => step(0, 1)} />
        <span>{minutes}</span>
        <IconButton icon="chevron-down" label="A minute earlier" quiet tabIndex={-1} onClick={() => step(0, -1)} />
      </span>
      <span className="text-ink-3">{rest}</span>
    </span>
  );
}
