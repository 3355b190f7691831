import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Banner, Button, EmptyState, PropertyList } from "@/design";
import { failureOf, host, queryKeys } from "@/ipc";

/** The program, where it keeps things, and whether the keychain works. */
export function About() {
  const queries = useQueryClient();
  const about = useQuery({ queryKey: queryKeys.about, queryFn: () => host().about() });
  const probe = useMutation({
    mutationFn: () => host().probeKeychain(),
    onSuccess: (keychain) =>
      queries.setQueryData(queryKeys.about, about.data ? { ...about.data, keychain } : undefined),
  });
  if (about.error) return <EmptyState picture="error" title={failureOf(about.error).message} />;
  if (!about.data) return null;
  const { version, home, platform, rendering, keychain } = about.data;
  return (
    <div className="flex flex-col gap-4">
      <PropertyList
        labelWidth={180}
        items={[
          { name: "Rowhouse", value: `${version} on ${platform}` },
          { name: "Its store", value: <span className="rh-selectable">{home}</span>, mono: true },
          { name: "Drawing", value: rendering },
          {
            name: "Keychain",
            value: keychain ? `${keychain.name}, ${keychain.works ? "working" : "not working"}` : "not tried yet",
          },
        ]}
      />
      {keychain?.reason ? (
        <Banner tone="warn" detail="Until it works, passwords are asked for every time and kept in memory only.">
          {keychain.reason}
        </Banner>
      ) : null}
      {probe.error ? <Banner tone="danger">{failureOf(probe.error).message}</Banner> : null}
      <div className="flex items-center gap-3">
        <Button icon="lock" loading={probe.isPending} onClick={() => probe.mutate()}>
          Try the keychain
        </Button>
        <span className="rh-meta">
          {probe.data?.works
            ? "A test entry was written, read and deleted."
            : "Writes, reads and deletes a test entry."}
        </span>
      </div>
    </div>
  );
}
