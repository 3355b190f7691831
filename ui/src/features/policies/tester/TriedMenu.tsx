/** What was tried of late on a database, to try it again. */
import { useQuery } from "@tanstack/react-query";
import { MenuButton, type MenuItem } from "@/design";
import { host, type PolicyTried, queryKeys } from "@/ipc";
import type { Place } from "../queries";

/** More than that nobody looks through in a menu. */
const MOST = 15;

export const triedKey = ({ profileId, database }: Place) => [...queryKeys.security(profileId, database), "tried"];

export function TriedMenu(props: { place: Place; able: boolean; onChoose: (tried: PolicyTried) => void }) {
  const { place, able, onChoose } = props;
  const tried = useQuery({
    queryKey: triedKey(place),
    queryFn: () => host().policyTried(place.profileId, place.database),
    enabled: able,
    retry: false,
  });
  const all = tried.data ?? [];
  const who = ({ actor, second }: PolicyTried) =>
    [actor, ...(second ? [second] : [])].map(({ role }) => role ?? "the login").join(" and ");
  const items: readonly MenuItem[] = [
    { heading: "Tried of late" },
    ...all.slice(0, MOST).map(
      (each): MenuItem => ({
        label: each.statement.replaceAll(/\s+/g, " ").trim().slice(0, 60),
        meta: who(each),
        onSelect: () => onChoose(each),
      }),
    ),
  ];
  return (
    <MenuButton
      dense
      variant="ghost"
      icon="history"
      label="Tried of late"
      items={items}
      disabledReason={all.length > 0 ? undefined : "nothing was tried on this database yet"}
    />
  );
}
