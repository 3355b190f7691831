/** Three ways to begin: look around, connect, open a file. */
import type { ReactNode, RefObject } from "react";
import { useKeys } from "@/commands";
import { Button, Icon, type IconName, Logo, Skeleton } from "@/design";
import type { About, DriverForm } from "@/ipc";

const number = new Intl.NumberFormat("en");

function Card({ art, title, text, children }: { art: ReactNode; title: string; text: ReactNode; children: ReactNode }) {
  return (
    <section className="home-card" aria-label={title}>
      <div className="mb-3 flex h-9 items-center text-ink-2" aria-hidden="true">
        {art}
      </div>
      <h2 className="text-head font-semibold">{title}</h2>
      <p className="text-ink-2">{text}</p>
      <div>{children}</div>
    </section>
  );
}

const art = (name: IconName) => <Icon name={name} size={24} />;

export interface StartCardsProps {
  about: About | undefined;
  drivers: readonly DriverForm[] | undefined;
  /** Nothing was ever opened: the sample is the thing to do. */
  fresh: boolean;
  sampleButton: RefObject<HTMLButtonElement | null>;
  opening: boolean;
  onOpenSample: () => void;
  onNew: () => void;
  onOpenFile: () => void;
}

export function StartCards({
  about,
  drivers,
  fresh,
  sampleButton,
  opening,
  onOpenSample,
  onNew,
  onOpenFile,
}: StartCardsProps) {
  const keys = useKeys("connection.new");
  const fileKeys = useKeys("file.open");
  const labels = drivers?.map((driver) => driver.label);
  const files = drivers?.filter((driver) => driver.opens_files).map((driver) => driver.label);
  return (
    <div className="home-cards">
      <Card
        art={<Logo size={24} />}
        title="Open the sample shop"
        text={
          about ? (
            `${number.format(about.sample_tables)} tables and ${number.format(about.sample_rows)} rows, on this machine. Look around; nothing can go wrong.`
          ) : (
            <Skeleton width={200} />
          )
        }
      >
        <Button
          variant="primary"
          loading={opening}
          ref={sampleButton}
          {...(fresh ? { keys: "Enter", showKeys: true } : {})}
          onClick={onOpenSample}
        >
          Open sample
        </Button>
      </Card>
      <Card
        art={art("plug")}
        title="New connection"
        text={labels ? `${labels.join(", ")}. Or paste a URL.` : <Skeleton width={160} />}
      >
        <Button {...(keys ? { keys, showKeys: true } : {})} onClick={onNew}>
          New connection
        </Button>
      </Card>
      <Card
        art={art("file")}
        title="Open a file"
        text={files ? `A ${files.join(" or ")} database, opened where it is, or a script.` : <Skeleton width={160} />}
      >
        <Button {...(fileKeys ? { keys: fileKeys, showKeys: true } : {})} onClick={onOpenFile}>
          Choose a file
        </Button>
      </Card>
    </div>
  );
}
