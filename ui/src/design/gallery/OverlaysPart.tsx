import { useEffect, useState } from "react";
import { Button, ConfirmDialog, dismissToast, Menu, type MenuItem, Popover, toast } from "@/design";

const items: readonly MenuItem[] = [
  { label: "Copy", icon: "copy", keys: "Mod+C" },
  { label: "Filter by this value", icon: "filter", keys: "Alt+F" },
  { label: "Copy as", icon: "copy", items: [{ label: "CSV" }, { label: "JSON" }] },
  { label: "Set NULL", icon: "null", disabledReason: "The column is not null" },
  { separator: true },
  { label: "Wrap lines", checked: true },
  { separator: true },
  { label: "Delete row", icon: "trash", danger: true, keys: "Mod+Delete" },
];

export function OverlaysPart() {
  const [confirm, setConfirm] = useState(false);
  const [popover, setPopover] = useState<HTMLElement | null>(null);
  useEffect(() => {
    const shown = [
      toast({ tone: "ok", title: "Snapshot orders, 20 Nov is done", detail: "3 tables, 214,880 rows, 21 MB" }),
      toast({ tone: "danger", title: "Export stopped: disk is full", detail: "41,200 rows are in the file" }),
    ];
    return () => shown.forEach(dismissToast);
  }, []);
  return (
    <div className="p-6 flex gap-2">
      <Button onClick={() => setConfirm(true)}>Dialog</Button>
      <Button onClick={(event) => setPopover(event.currentTarget)}>Popover</Button>
      <Button onClick={() => toast({ title: "Done", tone: "ok" })} tooltip="Shows a toast" keys="Mod+T">
        Toast
      </Button>
      <Menu open onClose={() => {}} anchor={{ left: 24, top: 72, width: 0, height: 0 }} label="Actions" items={items} />
      <Popover open={popover !== null} onClose={() => setPopover(null)} anchor={popover} label="Details">
        <div className="p-3">What this is about.</div>
      </Popover>
      <ConfirmDialog
        open={confirm}
        onClose={() => setConfirm(false)}
        onConfirm={() => setConfirm(false)}
        title="Drop table suppliers?"
        description="96 rows and 2 foreign keys go with it. It cannot be undone; a snapshot can be taken first."
        confirmLabel="Drop"
        typed="suppliers"
        danger
        alternative={
          <Button variant="ghost" icon="snapshot">
            Snapshot first
          </Button>
        }
      />
    </div>
  );
}
