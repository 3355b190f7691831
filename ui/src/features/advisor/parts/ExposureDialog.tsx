/** Asks once for a database what untrusted clients reach: much of what is an error depends on it. */
import { useState } from "react";
import { Banner, Button, Checkbox, Dialog, ErrorBlock, SearchField, Skeleton } from "@/design";
import { type AdvisorExposure, type AdvisorOptions, type AppError, failureOf, failureProps, host } from "@/ipc";
import { exposureWords } from "../model";
import { type Place, useForget, useOptions } from "../queries";

export function ExposureDialog({ place, onClose }: { place: Place; onClose: () => void }) {
  const options = useOptions(place, true);
  return (
    <Dialog
      open
      width={640}
      onClose={onClose}
      title="What do untrusted clients reach?"
      description="Browsers, phones, an API that anybody calls: which schemas can they name, and with whose rights do their statements run?"
    >
      {options.data ? (
        <Choosing place={place} options={options.data} onClose={onClose} />
      ) : options.error ? (
        <ErrorBlock {...failureProps(failureOf(options.error))} />
      ) : (
        <Skeleton width="100%" height={280} />
      )}
    </Dialog>
  );
}

interface ListProps {
  label: string;
  all: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

function Names({ label, all, chosen, onChange }: ListProps) {
  const [text, setText] = useState("");
  const shown = all.filter((name) => name.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <fieldset className="adv-names">
      <legend>{label}</legend>
      {all.length > 8 ? (
        <SearchField dense label={`Find in ${label.toLowerCase()}`} value={text} onChange={setText} />
      ) : null}
      <div className="adv-names-list rh-scroll">
        {shown.map((name) => (
          <Checkbox
            key={name}
            checked={chosen.includes(name)}
            onChange={(on) => onChange(on ? [...chosen, name] : chosen.filter((each) => each !== name))}
          >
            <span className="rh-mono">{name}</span>
          </Checkbox>
        ))}
      </div>
    </fieldset>
  );
}

const NOTHING: AdvisorExposure = { schemas: [], anonymous: [], signed_in: [], guessed_from: null };

function Choosing({ place, options, onClose }: { place: Place; options: AdvisorOptions; onClose: () => void }) {
  const first = options.exposure ?? options.guess ?? NOTHING;
  const [chosen, setChosen] = useState(first);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const forget = useForget(place);
  const keep = async (exposure: AdvisorExposure | null) => {
    setBusy(true);
    try {
      await host().keepAdvisorOptions(place.profileId, place.database, {
        exposure: exposure && { ...exposure, guessed_from: null },
        ask_again: exposure === null,
        schedule: null,
      });
      await forget();
      onClose();
    } catch (thrown) {
      setFailure(failureOf(thrown));
      setBusy(false);
    }
  };
  const part = (change: Partial<AdvisorExposure>) => setChosen({ ...chosen, ...change });
  return (
    <div className="flex flex-col gap-3">
      {options.exposure === null && options.guess ? <Banner tone="info">{exposureWords(options.guess)}</Banner> : null}
      <div className="adv-exposure">
        <Names
          label="Schemas"
          all={options.schemas}
          chosen={chosen.schemas}
          onChange={(schemas) => part({ schemas })}
        />
        <Names
          label="Roles of anybody"
          all={options.roles}
          chosen={chosen.anonymous}
          onChange={(anonymous) => part({ anonymous })}
        />
        <Names
          label="Roles of who signed in"
          all={options.roles}
          chosen={chosen.signed_in}
          onChange={(signed_in) => part({ signed_in })}
        />
      </div>
      {failure ? <ErrorBlock {...failureProps(failure)} /> : null}
      <div className="flex items-center gap-2">
        {options.exposure ? (
          <Button variant="ghost" onClick={() => void keep(null)}>
            Forget what was said
          </Button>
        ) : null}
        <Button className="ml-auto" onClick={() => void keep(NOTHING)}>
          They reach nothing
        </Button>
        <Button
          variant="primary"
          loading={busy}
          disabledReason={chosen.schemas.length === 0 ? "choose a schema, or say that they reach nothing" : undefined}
          onClick={() => void keep(chosen)}
        >
          Keep
        </Button>
      </div>
    </div>
  );
}
