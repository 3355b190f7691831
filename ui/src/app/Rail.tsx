import { useKeys } from "@/commands";
import { Icon, type IconName, Logo, tip } from "@/design";
import type { Actions } from "./actions";
import type { Panel } from "./panel";
import { useFound } from "./security";
import { useWorkspace } from "./workspace";

interface PlaceButtonProps {
  icon: IconName;
  label: string;
  keys: string | undefined;
  on: boolean;
  /** It opens as a tab, not in the side panel. */
  tab?: boolean;
  /** What waits there to be looked at, in words. */
  news?: string | undefined;
  onPress: () => void;
}

function PlaceButton({ icon, label, keys, on, tab, news, onPress }: PlaceButtonProps) {
  const name = news ? `${label}: ${news}` : label;
  return (
    <button
      type="button"
      className="rh-rail-place"
      aria-pressed={on}
      aria-label={name}
      data-tab={tab || undefined}
      {...tip(name, keys)}
      onClick={onPress}
    >
      <Icon name={icon} />
      {news ? <span className="rh-rail-badge" aria-hidden="true" /> : null}
    </button>
  );
}

/** Places on the left: home and settings are tabs, the others open in the side panel. */
export function Rail({ panel, actions }: { panel: Panel; actions: Actions }) {
  const { active } = useWorkspace();
  const found = useFound();
  const shows = (place: Panel["place"]) => panel.open && panel.place === place;
  return (
    <nav className="rh-rail" aria-label="Places">
      <span className="rh-rail-logo">
        <Logo size={24} />
      </span>
      <PlaceButton
        icon="home"
        label="Connections"
        keys={useKeys("place.home")}
        on={active?.kind === "home"}
        tab
        onPress={actions.home}
      />
      <PlaceButton
        icon="database"
        label="Explorer"
        keys={useKeys("place.explorer")}
        on={shows("explorer")}
        onPress={() => panel.toggle("explorer")}
      />
      <PlaceButton
        icon="search"
        label="Search objects and columns"
        keys={useKeys("place.search")}
        on={shows("search")}
        onPress={() => panel.toggle("search")}
      />
      <PlaceButton
        icon="history"
        label="History"
        keys={useKeys("place.history")}
        on={shows("history")}
        onPress={() => panel.toggle("history")}
      />
      <PlaceButton
        icon="saved"
        label="Saved queries"
        keys={useKeys("place.saved")}
        on={shows("saved")}
        onPress={() => panel.toggle("saved")}
      />
      <PlaceButton
        icon="shield"
        label="Security"
        keys={useKeys("place.security")}
        on={shows("security")}
        news={found.length > 0 ? found.map(({ news }) => news.words).join(" ") : undefined}
        onPress={() => panel.toggle("security")}
      />
      <span className="grow" />
      <PlaceButton
        icon="settings"
        label="Settings"
        keys={useKeys("place.settings")}
        on={active?.kind === "settings"}
        tab
        onPress={actions.settings}
      />
    </nav>
  );
}
