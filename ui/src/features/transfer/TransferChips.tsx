import { useSyncExternalStore } from "react";
import { IconButton, Progress, StatusItem } from "@/design";
import { count, rate } from "./model";
import { snapshot, stop, subscribe, type Transfer } from "./transfers";

function Chip({ transfer }: { transfer: Transfer }) {
  const { rows, total, elapsedMs, title, name, path, stopping } = transfer;
  const fast = rate(rows, elapsedMs);
  return (
    <StatusItem keep tooltip={`${title}: ${path}`}>
      <span className="inline-flex items-center gap-2">
        <span className="truncate max-w-[160px]">{name}</span>
        <Progress label={title} width={48} {...(total ? { value: rows / total } : {})} />
        <span className="tabular-nums">
          {count(rows)}
          {total ? ` of ${count(total)}` : " rows"}
          {fast ? ` · ${fast}` : ""}
        </span>
        <IconButton
          icon="stop"
          dense
          quiet
          label={`Stop ${title}`}
          loading={stopping}
          onClick={() => void stop(transfer.key)}
        />
      </span>
    </StatusItem>
  );
}

/** What is on its way, in the status bar. */
export function TransferChips() {
  const transfers = useSyncExternalStore(subscribe, snapshot);
  return transfers.map((transfer) => <Chip key={transfer.key} transfer={transfer} />);
}
