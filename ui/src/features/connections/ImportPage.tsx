/** Connections of other tools and of colleagues: choose a file, see what it holds, take what is wanted. */
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from "react";
import { Banner, Button, EmptyState, ErrorBlock, Field, hasOpenLayer, IconButton, Segmented, Spinner } from "@/design";
import { failureProps, type KeychainState } from "@/ipc";
import "./imports.css";
import { outcomeWords } from "./imports";
import { ImportList } from "./parts/ImportList";
import { ImportSources } from "./parts/ImportSources";
import { type ImportHandle, useImport } from "./useImport";

function Names({ title, names }: { title: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <section aria-label={title} className="mt-4">
      <h2 className="import-heading">{title}</h2>
      <ul className="import-names rh-selectable">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </section>
  );
}

function Passwords({ form, keychain }: { form: ImportHandle; keychain: KeychainState | null }) {
  const without = keychain?.works === false;
  return (
    <Field
      label="Passwords"
      hint={
        without
          ? `No keychain here, so none can be kept. ${keychain.reason ?? ""}`
          : form.withPasswords
            ? "Those the file holds go to this computer's keychain, and nowhere else."
            : "None is read. You are asked when connecting, and can keep it then."
      }
    >
      {() => (
        <Segmented<"none" | "keychain">
          label="Passwords"
          value={form.withPasswords && !without ? "keychain" : "none"}
          onChange={(value) => form.setWithPasswords(value === "keychain" && !without)}
          options={[
            { value: "none", label: "Leave out" },
            { value: "keychain", label: "Into the keychain", icon: "lock" },
          ]}
        />
      )}
    </Field>
  );
}

function Found({ form, keychain }: { form: ImportHandle; keychain: KeychainState | null }) {
  const { preview, chosen } = form;
  if (!preview) return null;
  return (
    <>
      <p className="rh-mono rh-selectable mb-3 break-all text-ink-2">{preview.file}</p>
      {preview.warnings.map((warning) => (
        <div key={warning} className="mb-2">
          <Banner tone="neutral">{warning}</Banner>
        </div>
      ))}
      {preview.connections.length === 0 ? (
        <EmptyState
          picture="empty"
          title="No connections in it"
          actions={<Button onClick={form.back}>Choose another</Button>}
        >
          The file was read, and nothing in it leads to a database.
        </EmptyState>
      ) : (
        <>
          <Passwords form={form} keychain={keychain} />
          <ImportList preview={preview} chosen={chosen} onChoose={form.choose} />
        </>
      )}
    </>
  );
}

export interface ImportPageProps {
  keychain: KeychainState | null;
  /** Back to the connections. */
  onClose: () => void;
}

export function ImportPage({ keychain, onClose }: ImportPageProps) {
  const form = useImport();
  const { preview, outcome, busy, failure, chosen } = form;
  const root = useRef<HTMLDivElement>(null);
  const step = outcome ? "outcome" : preview ? "found" : "sources";
  // What was pressed is gone with its step: the keyboard goes on here.
  useLayoutEffect(() => root.current?.focus({ preventScroll: true }), [step]);
  const back = step === "sources" ? onClose : form.back;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || hasOpenLayer()) return;
    event.preventDefault();
    back();
  };
  const actions: ReactNode =
    step === "outcome" ? (
      <>
        <Button onClick={form.back}>Import more</Button>
        <Button variant="primary" onClick={onClose}>
          Show connections
        </Button>
      </>
    ) : step === "found" ? (
      <>
        <Button keys="Escape" showKeys variant="ghost" onClick={form.back}>
          Choose another
        </Button>
        <Button
          variant="primary"
          loading={busy === "save"}
          disabledReason={chosen.size === 0 ? "Nothing is chosen" : undefined}
          onClick={form.save}
        >
          {chosen.size === 1 ? "Import 1 connection" : `Import ${chosen.size} connections`}
        </Button>
      </>
    ) : null;
  return (
    <div ref={root} className="home" data-scope="home" tabIndex={-1} onKeyDown={onKeyDown}>
      <div className="home-inner">
        <div className="import-head">
          <IconButton icon="arrow-left" label="Back" keys="Escape" onClick={back} />
          <h1 className="text-title font-semibold">Import connections</h1>
          {busy === "read" ? <Spinner label="Reading the file" /> : null}
          <div className="ml-auto flex items-center gap-2">{actions}</div>
        </div>
        {failure ? (
          <div className="mb-4">
            <ErrorBlock {...failureProps(failure)} />
          </div>
        ) : null}
        {outcome ? (
          <>
            <Banner tone={outcome.added.length + outcome.updated.length > 0 ? "ok" : "neutral"}>
              {outcomeWords(outcome)}
            </Banner>
            <Names title="New" names={outcome.added} />
            <Names title="Changed" names={outcome.updated} />
            <Names title="Not done" names={outcome.failed} />
          </>
        ) : preview ? (
          <Found form={form} keychain={keychain} />
        ) : (
          <>
            <p className="mb-4 text-ink-2">
              Nothing is saved before you have seen it. Groups, colours, TLS and SSH settings are taken along.
            </p>
            <ImportSources form={form} />
          </>
        )}
      </div>
    </div>
  );
}
