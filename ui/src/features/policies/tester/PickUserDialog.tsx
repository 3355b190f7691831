/** An actor from a row of a table of users: which column becomes which claim is said once and kept with the connection. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  Badge,
  Button,
  Dialog,
  EmptyState,
  ErrorBlock,
  Icon,
  plural,
  SearchField,
  Skeleton,
  VirtualList,
} from "@/design";
import {
  failureOf,
  failureProps,
  host,
  type PolicyActor,
  type PolicyRole,
  type PolicyUser,
  type PolicyUserMapping,
  queryKeys,
} from "@/ipc";
import { tableWords } from "../drafts";
import { type Place, useTable } from "../queries";
import { MappingForm } from "./MappingForm";
import { guessed, mappingProblem, mappingWords } from "./users";

const PAGE = 100;

export interface PickUserDialogProps {
  place: Place;
  able: boolean;
  letter: string;
  roles: readonly PolicyRole[];
  onPick: (actor: PolicyActor) => void;
  onClose: () => void;
}

export function PickUserDialog(props: PickUserDialogProps) {
  const { place, letter, onClose } = props;
  const mappings = useQuery({
    queryKey: [...queryKeys.security(place.profileId, place.database), "user mappings"],
    queryFn: () => host().policyUserMapping(place.profileId, place.database),
    retry: false,
  });
  return (
    <Dialog
      open
      width={820}
      onClose={onClose}
      title={`Pick a user for ${letter}`}
      description="A row of a table of users becomes the actor. The table is read as the login."
    >
      {mappings.data ? (
        <Picking
          {...props}
          first={mappings.data.kept ?? mappings.data.suggested[0] ?? null}
          suggested={mappings.data.suggested}
        />
      ) : mappings.error ? (
        <ErrorBlock {...failureProps(failureOf(mappings.error))} />
      ) : (
        <Skeleton width="100%" height={320} />
      )}
    </Dialog>
  );
}

interface PickingProps extends PickUserDialogProps {
  first: PolicyUserMapping | null;
  suggested: readonly PolicyUserMapping[];
}

function Picking({ place, able, roles, onPick, onClose, first, suggested }: PickingProps) {
  const [mapping, setMapping] = useState(first);
  const [changing, setChanging] = useState(first === null);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const table = useTable(place, mapping?.on ?? null, able);
  const problem = mapping ? mappingProblem(mapping) : "choose the table that users are in";
  const users = useInfiniteQuery({
    queryKey: [...queryKeys.security(place.profileId, place.database), "users", mapping, text],
    queryFn: ({ pageParam }) => {
      if (!mapping) throw new Error("there is no mapping");
      return host().policyUsers(place.profileId, place.database, mapping, text, pageParam, PAGE);
    },
    initialPageParam: 0,
    getNextPageParam: (last, pages) => (last.more ? pages.length * PAGE : undefined),
    enabled: mapping !== null && problem === undefined && !changing,
    retry: false,
  });
  const rows = users.data?.pages.flatMap((page) => page.users) ?? [];
  const columns = users.data?.pages[0]?.columns ?? [];
  const keyOf = (user: PolicyUser) => JSON.stringify(user.values);
  const picked = rows.find((user) => keyOf(user) === chosen);
  const pick = (user: PolicyUser | undefined) => {
    if (!user?.actor) return;
    // What was said of the table is wanted again next time; a failure to keep it keeps nobody from trying.
    if (mapping)
      void host()
        .keepPolicyUserMapping(place.profileId, place.database, mapping)
        .catch(() => undefined);
    onPick(user.actor);
    onClose();
  };
  if (changing) {
    return (
      <MappingForm
        place={place}
        able={able}
        roles={roles}
        columns={table.data?.columns ?? []}
        mapping={mapping}
        suggested={suggested}
        problem={problem}
        onMapping={setMapping}
        onTable={(on) => setMapping(guessed(on, suggested, roles))}
        onDone={() => setChanging(false)}
      />
    );
  }
  return (
    <div className="try-users">
      <div className="flex items-center gap-2 min-w-0">
        <Icon name="table" size={14} />
        <span className="rh-truncate">
          <span className="font-[500]">{mapping ? tableWords(mapping.on) : ""}</span>{" "}
          <span className="rh-meta">{mapping ? mappingWords(mapping) : ""}</span>
        </span>
        <Button dense variant="ghost" className="ml-auto" onClick={() => setChanging(true)}>
          Change what becomes what
        </Button>
      </div>
      <SearchField autoFocus label="Find a user" placeholder="Find a user" value={text} onChange={setText} />
      {users.error ? (
        <ErrorBlock {...failureProps(failureOf(users.error))} />
      ) : users.data === undefined ? (
        <div role="status" aria-label="Reading users">
          <Skeleton width="100%" height={240} />
        </div>
      ) : rows.length === 0 ? (
        <EmptyState
          picture="empty"
          title={text === "" ? "The table has no row that the login sees" : "No user is called that"}
        />
      ) : (
        <VirtualList
          label="Users"
          className="try-user-list"
          items={rows}
          keyOf={keyOf}
          itemHeight={44}
          selected={chosen}
          onSelect={setChosen}
          onOpen={pick}
          onEnd={() => users.hasNextPage && !users.isFetchingNextPage && void users.fetchNextPage()}
          renderItem={(user) => <User user={user} columns={columns} />}
        />
      )}
      <div className="flex items-center gap-2">
        <span className="rh-meta">
          {plural(rows.length, "user")} {users.hasNextPage ? "read so far" : "in all"}
        </span>
        <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
          Cancel
        </Button>
        <Button
          variant="primary"
          disabledReason={picked ? (picked.actor ? undefined : "the row names no role") : "choose a user"}
          onClick={() => pick(picked)}
        >
          Try as this user
        </Button>
      </div>
    </div>
  );
}

function User({ user, columns }: { user: PolicyUser; columns: readonly string[] }) {
  return (
    <div className="try-user">
      <Icon name="role" size={14} />
      <span className="min-w-0">
        <span className="rh-truncate block font-[500]">{user.label}</span>
        <span className="rh-meta rh-truncate block rh-mono">
          {columns.map((name, index) => `${name} ${user.values[index] ?? "NULL"}`).join(" · ")}
        </span>
      </span>
      {user.actor ? (
        <span className="rh-meta rh-truncate">{user.actor.role ?? "the login"}</span>
      ) : (
        <Badge tone="warn" icon="warning">
          no role
        </Badge>
      )}
    </div>
  );
}
