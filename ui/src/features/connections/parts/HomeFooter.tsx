/** The ends of the first page: what stands below the list, and what stands in its place while it is read. */
import { useKeys } from "@/commands";
import { Icon, Kbd, Skeleton } from "@/design";
import type { About } from "@/ipc";

function KeychainWords({ about }: { about: About | undefined }) {
  const keychain = about?.keychain;
  if (!about) return null;
  if (!keychain) return <span>Passwords go to this computer's keychain, never into a file</span>;
  return keychain.works ? (
    <span>Passwords are kept in this computer's keychain ({keychain.name})</span>
  ) : (
    <span className="text-warn-text" data-tip={keychain.reason ?? undefined}>
      No keychain here: passwords are asked every time. {keychain.reason}
    </span>
  );
}

export function HomeFooter({ count, about }: { count: number; about: About | undefined }) {
  const palette = useKeys("palette.open");
  return (
    <div className="mt-5 flex flex-wrap items-center gap-x-4 gap-y-1 text-ink-3 text-meta">
      {palette ? (
        <span className="flex items-center gap-1">
          <Kbd keys={palette} /> every action
        </span>
      ) : null}
      {count > 0 ? (
        <span className="flex items-center gap-1">
          <Kbd keys="Alt+1" />
          {count > 1 ? (
            <>
              {" to "}
              <Kbd keys={`Alt+${Math.min(9, count)}`} />
            </>
          ) : null}{" "}
          open one of these
        </span>
      ) : null}
      <span className="flex items-center gap-1">
        <Icon name="lock" size={12} /> <KeychainWords about={about} />
      </span>
    </div>
  );
}

export function ReadingRows() {
  return (
    <div aria-busy="true" aria-label="Reading connections" role="status">
      {[0, 1, 2, 3].map((row) => (
        <div key={row} className="home-row">
          <Skeleton width={4} height={16} />
          <Skeleton width={16} />
          <Skeleton width={140 - row * 12} />
          <span className="home-server">
            <Skeleton width={90} />
          </span>
          <Skeleton width={160} />
        </div>
      ))}
    </div>
  );
}
