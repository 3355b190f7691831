import { Button, Icon } from "@/design";

const SHAPE = /^\{?[0-9a-f]{4}(?:-?[0-9a-f]{4}){7}\}?$/i;

/** Whether a text has the shape servers read a UUID from. */
export const isUuid = (text: string): boolean => SHAPE.test(text);

/** Says whether the text has the shape, and proposes a random one. */
export function UuidPanel({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const wrong = text !== "" && !isUuid(text);
  return (
    <div className="rh-moment-foot p-2" onPointerDown={(event) => event.preventDefault()}>
      {wrong ? (
        <span className="rh-meta rh-tone-warn flex items-center gap-1" role="status">
          <Icon name="warning" size={12} /> Not the shape of a UUID
        </span>
      ) : null}
      <span className="flex-1" />
      <Button dense tabIndex={-1} onClick={() => onChange(crypto.randomUUID())}>
        Random UUID
      </Button>
    </div>
  );
}
