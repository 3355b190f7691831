/** Where connections can be read from: what is on this computer first. */
import { useQuery } from "@tanstack/react-query";
import { Button, ErrorBlock, Icon, Skeleton, tip } from "@/design";
import { failureOf, failureProps, host, type ImportSource } from "@/ipc";
import type { ImportHandle } from "../useImport";

function Source({ source, form }: { source: ImportSource; form: ImportHandle }) {
  const { kind, label, file_name, found } = source;
  return (
    <li className="import-source">
      <Icon name={found.length > 0 ? "check" : "file"} size={14} className={found.length > 0 ? "text-ok-text" : ""} />
      <div className="min-w-0 flex-1">
        <div className="import-found">
          <span className="flex-1 font-medium">{label}</span>
          <Button
            dense
            variant="ghost"
            aria-label={`Choose a file of ${label}`}
            onClick={() => form.pick(kind, `Choose ${file_name}`)}
          >
            {found.length > 0 ? "Another file" : "Choose a file"}
          </Button>
        </div>
        {found.length > 0 ? (
          found.map((file) => (
            <div key={file} className="import-found">
              <span className="rh-mono rh-truncate text-ink-2" {...tip(file)}>
                {file}
              </span>
              <Button dense onClick={() => form.read({ file, kind })} aria-label={`Read ${file}`}>
                Read
              </Button>
            </div>
          ))
        ) : (
          <div className="rh-meta">{file_name}</div>
        )}
      </div>
    </li>
  );
}

export function ImportSources({ form }: { form: ImportHandle }) {
  const sources = useQuery({
    queryKey: ["import", "sources"],
    queryFn: () => host().importSources(),
    retry: false,
    gcTime: 0,
  });
  if (sources.error) return <ErrorBlock {...failureProps(failureOf(sources.error))} />;
  if (!sources.data) {
    return (
      <div aria-busy="true" aria-label="Looking for files" role="status" className="flex flex-col gap-3">
        {[0, 1, 2, 3].map((row) => (
          <Skeleton key={row} width={280 - row * 30} height={32} />
        ))}
      </div>
    );
  }
  const here = sources.data.filter((source) => source.found.length > 0);
  const others = sources.data.filter((source) => source.found.length === 0);
  return (
    <>
      {here.length > 0 ? (
        <section aria-label="On this computer">
          <h2 className="import-heading">On this computer</h2>
          <ul>
            {here.map((source) => (
              <Source key={source.kind} source={source} form={form} />
            ))}
          </ul>
        </section>
      ) : null}
      <section aria-label="From a file">
        <h2 className="import-heading">From a file</h2>
        <ul>
          {others.map((source) => (
            <Source key={source.kind} source={source} form={form} />
          ))}
        </ul>
        <p className="rh-meta mt-3">
          Or any of these, told by what is in it:{" "}
          <Button dense variant="ghost" onClick={() => form.pick(null, "Choose a file with connections")}>
            Choose a file
          </Button>
        </p>
      </section>
    </>
  );
}
