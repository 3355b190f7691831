/** A rule's published page. */
import type { ReactNode } from "react";
import { Dialog, ErrorBlock, Skeleton } from "@/design";
import { failureOf, failureProps } from "@/ipc";
import { useRulePage } from "../queries";
import { Page } from "./Page";

export interface RuleDialogProps {
  id: string | null;
  highlight: (sql: string) => ReactNode;
  onClose: () => void;
}

export function RuleDialog({ id, highlight, onClose }: RuleDialogProps) {
  const page = useRulePage(id);
  if (id === null) return null;
  return (
    <Dialog
      open
      width={720}
      onClose={onClose}
      title={page.data ? `${id} ${page.data.title}` : id}
      description={page.data?.name}
    >
      {page.data ? (
        <Page page={page.data.page} highlight={highlight} />
      ) : page.error ? (
        <ErrorBlock {...failureProps(failureOf(page.error))} />
      ) : (
        <Skeleton width="100%" height={200} />
      )}
    </Dialog>
  );
}
