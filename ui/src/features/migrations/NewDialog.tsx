/** A new migration: its name and statements, or what is staged of the database. */
import { type ReactNode, useState } from "react";
import { Banner, Button, CodeBlock, Dialog, ErrorBlock, Field, Input, plural, Segmented, Skeleton } from "@/design";
import { type AppError, failureOf, failureProps, host, type StructureReview } from "@/ipc";
import { nameProblem, type Place } from "./model";
import { useStaged } from "./queries";

/** A field for SQL, as the shell has it. */
export interface SqlFieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly before: string;
  readonly wrong: null;
  readonly label: string;
  readonly example: string;
  readonly describedBy?: string | undefined;
}

export interface NewDialogProps {
  place: Place;
  folder: string;
  fromStaged: boolean;
  /** Whether this database's changes can be staged. */
  stages: boolean;
  field: (props: SqlFieldProps) => ReactNode;
  highlight: (sql: string) => ReactNode;
  onMade: (files: readonly string[], ofStaged: boolean) => void;
  onClose: () => void;
}

type Of = "text" | "staged";

const lines = (all: readonly { readonly sql: string }[]): string => all.map(({ sql }) => `${sql};\n`).join("");

function Staged({ review, highlight }: { review: StructureReview; highlight: (sql: string) => ReactNode }) {
  return (
    <>
      {review.refusal ? <Banner tone="danger">{review.refusal}</Banner> : null}
      <CodeBlock label="Statements that are staged" copy={lines(review.steps)} wrap>
        {highlight(lines(review.steps))}
      </CodeBlock>
      <h3 className="mig-new-h">Way back</h3>
      {review.lossy.length > 0 ? (
        <Banner tone="warn">It does not bring everything back: {review.lossy.join(" ")}</Banner>
      ) : null}
      <CodeBlock label="Statements that take it back" copy={lines(review.back)} wrap>
        {highlight(lines(review.back))}
      </CodeBlock>
    </>
  );
}

export function NewDialog(props: NewDialogProps) {
  const { place, folder, fromStaged, stages, field, highlight, onMade, onClose } = props;
  const [name, setName] = useState("");
  const [of, setOf] = useState<Of>(fromStaged && stages ? "staged" : "text");
  const [up, setUp] = useState("");
  const [down, setDown] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const staged = useStaged(place, stages);
  const count = staged.data?.steps.length ?? 0;
  const problem =
    nameProblem(name) ??
    (of === "staged"
      ? staged.data
        ? count === 0
          ? "nothing is staged"
          : undefined
        : "it is being read"
      : up.trim() === ""
        ? "write its statements first"
        : undefined);
  const write = async () => {
    if (problem !== undefined || busy) return;
    setBusy(true);
    setError(null);
    try {
      const text = of === "text";
      const files = await host().migrationsCreate(place.profileId, place.database, {
        folder,
        name: name.trim(),
        up: text ? up : null,
        down: text && down.trim() !== "" ? down : null,
      });
      onMade(files, !text);
    } catch (thrown) {
      setError(failureOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      width={720}
      onClose={onClose}
      title="New migration"
      description={`Two files are written into ${folder}: what it does, and what takes it back. Nothing runs.`}
      footer={
        <>
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button variant="primary" loading={busy} disabledReason={problem} onClick={() => void write()}>
            Write the files
          </Button>
        </>
      }
    >
      <div className="mig-new">
        <Field label="Name" hint="In a few words; the version is the time." layout="stack">
          {(control) => (
            <Input
              {...control}
              value={name}
              onChange={setName}
              placeholder="customers keep their language"
              onKeyDown={(event) => {
                if (event.key === "Enter") void write();
              }}
            />
          )}
        </Field>
        {stages ? (
          <Segmented
            label="Of what"
            value={of}
            onChange={setOf}
            options={[
              { value: "text", label: "Statements I write" },
              { value: "staged", label: "What is staged", ...(count > 0 ? { count } : {}) },
            ]}
          />
        ) : null}
        {of === "text" ? (
          <>
            <div className="mig-new-field">
              <h3 className="mig-new-h">Statements</h3>
              {field({
                value: up,
                onChange: setUp,
                before: "",
                wrong: null,
                label: "Statements",
                example: "ALTER TABLE customers ADD COLUMN language text;",
              })}
            </div>
            <div className="mig-new-field">
              <h3 className="mig-new-h">
                Way back <span className="rh-meta">optional: without it, it cannot be rolled back from here</span>
              </h3>
              {field({
                value: down,
                onChange: setDown,
                before: "",
                wrong: null,
                label: "Way back",
                example: "ALTER TABLE customers DROP COLUMN language;",
              })}
            </div>
          </>
        ) : staged.error ? (
          <ErrorBlock {...failureProps(failureOf(staged.error))} />
        ) : !staged.data ? (
          <Skeleton width="100%" height={160} />
        ) : count === 0 ? (
          <p className="rh-meta">
            Nothing is staged. Change a table's structure or draw in the diagram first, or write the statements
            yourself.
          </p>
        ) : (
          <Staged review={staged.data} highlight={highlight} />
        )}
        {error ? <ErrorBlock {...failureProps(error)} /> : null}
      </div>
    </Dialog>
  );
}

/** What was written, in a line. */
export const madeWords = (files: readonly string[]): string => `${plural(files.length, "file")}: ${files.join(", ")}`;
