import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { announce, Banner, Button, Checkbox, ConfirmDialog, Dialog, Field, Select, Skeleton } from "@/design";
import { type AppError, failureOf, host, type KeptAmounts, queryKeys } from "@/ipc";
import { amountOf, everything, goes, PARTS, type Part, requestFor } from "./privacy";

const ALL = "";

interface EverythingProps {
  kept: KeptAmounts;
  onClose: () => void;
  onFailed: (error: AppError) => void;
}

/** Says exactly what goes; the windows begin anew when it is gone. */
function Everything({ kept, onClose, onFailed }: EverythingProps) {
  const [connections, setConnections] = useState(false);
  const [busy, setBusy] = useState(false);
  const forget = async () => {
    setBusy(true);
    try {
      await host().forgetEverything(connections);
      onClose();
    } catch (thrown) {
      onFailed(failureOf(thrown));
      onClose();
    }
  };
  return (
    <Dialog
      open
      alert
      width={520}
      onClose={onClose}
      title="Forget everything?"
      description="Rowhouse goes back to its first start on this computer. Connections are closed and what runs is stopped. This cannot be undone."
      footer={
        <>
          <Button className="ml-auto" keys="Escape" showKeys onClick={onClose}>
            Cancel
          </Button>
          <Button variant="danger" loading={busy} onClick={() => void forget()}>
            Forget everything
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <ul className="rh-settings-goes" aria-label="What goes">
          {everything(kept, connections).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <Checkbox checked={connections} onChange={setConnections}>
          Saved connections and their passwords in the keychain too
        </Checkbox>
        <p className="rh-meta">Files you saved yourself, and everything in your databases, stay as they are.</p>
      </div>
    </Dialog>
  );
}

/** What Rowhouse keeps of what was done, and forgetting it for good. */
export function Privacy() {
  const queries = useQueryClient();
  const profiles = useQuery({ queryKey: queryKeys.profiles, queryFn: () => host().profiles() });
  const [profileId, setProfileId] = useState(ALL);
  const of = profileId === ALL ? null : profileId;
  const kept = useQuery({ queryKey: queryKeys.kept(of), queryFn: () => host().keptAmounts(of), staleTime: 0 });
  const whole = useQuery({ queryKey: queryKeys.kept(null), queryFn: () => host().keptAmounts(null), staleTime: 0 });
  const [asked, setAsked] = useState<Part | null>(null);
  const [all, setAll] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<AppError | null>(null);
  const list = profiles.data ?? [];
  const name = list.find((profile) => profile.id === of)?.name ?? null;
  const forget = async (part: Part) => {
    setBusy(true);
    setFailure(null);
    try {
      await host().forget(requestFor(part, of));
      announce(`${PARTS.find((each) => each.part === part)?.title ?? ""} forgotten`);
    } catch (thrown) {
      setFailure(failureOf(thrown));
    } finally {
      setBusy(false);
      setAsked(null);
      await queries.invalidateQueries({ queryKey: ["kept"] });
      await queries.invalidateQueries({ queryKey: ["history"] });
    }
  };
  const failed = failure ?? (kept.error ? failureOf(kept.error) : null);
  return (
    <>
      {failed ? (
        <Banner tone="danger" detail={failed.hint ?? undefined}>
          {failed.message}
        </Banner>
      ) : null}
      <Field label="Of" hint="A connection's form says whether it is recorded at all.">
        {(control) => (
          <Select
            {...control}
            label="Of which connection"
            value={profileId}
            onChange={setProfileId}
            options={[
              { value: ALL, label: "Every connection" },
              ...list.map((profile) => ({ value: profile.id, label: profile.name })),
            ]}
          />
        )}
      </Field>
      {kept.data ? (
        <table className="rh-settings-kept" aria-label="What is kept">
          <tbody>
            {PARTS.map(({ part, title, hint }) => (
              <tr key={part}>
                <th scope="row">
                  {title}
                  <span className="rh-meta">{hint}</span>
                </th>
                <td>{amountOf(part, kept.data)}</td>
                <td>
                  <Button
                    dense
                    icon="trash"
                    disabledReason={kept.data[part] === 0 ? "There is nothing to forget" : undefined}
                    onClick={() => setAsked(part)}
                  >
                    Forget<span className="rh-visually-hidden"> {title.toLowerCase()}</span>
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : kept.error ? null : (
        <Skeleton width="100%" height={176} />
      )}
      <div className="flex items-center gap-3">
        <Button
          variant="danger"
          disabledReason={whole.data ? undefined : "Not counted yet"}
          onClick={() => setAll(true)}
        >
          Forget everything…
        </Button>
        <span className="rh-meta">Back to the first start. Says first what goes.</span>
      </div>
      <ConfirmDialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        onConfirm={() => asked && void forget(asked)}
        title={asked ? `Forget ${PARTS.find((each) => each.part === asked)?.title.toLowerCase() ?? ""}?` : ""}
        description={asked && kept.data ? goes(asked, kept.data, name) : ""}
        confirmLabel="Forget"
        loading={busy}
        danger
      />
      {all && whole.data ? <Everything kept={whole.data} onClose={() => setAll(false)} onFailed={setFailure} /> : null}
    </>
  );
}
