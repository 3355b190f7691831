import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Button, IconButton } from "./Button";
import { Field } from "./Field";
import { focusables, useReturnFocus } from "./focus";
import { Input } from "./Input";
import { useLayer } from "./layers";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  /** Pixels; 440 unless told. */
  width?: number;
  /** `alertdialog` for what asks before something that cannot be undone. */
  alert?: boolean;
  initialFocus?: RefObject<HTMLElement | null>;
}

/** For what cannot be undone and little else. The page behind is inert, the focus stays inside and comes back. */
export function Dialog(props: DialogProps) {
  return props.open ? createPortal(<OpenDialog {...props} />, document.body) : null;
}

let dialogs = 0;

/** While any dialog is open, the page behind takes neither pointer nor focus nor a screen reader. */
function useInertPage() {
  useEffect(() => {
    const root = document.getElementById("root");
    dialogs += 1;
    if (root) root.inert = true;
    return () => {
      dialogs -= 1;
      if (root && dialogs === 0) root.inert = false;
    };
  }, []);
}

function OpenDialog({ onClose, title, description, children, footer, width, alert, initialFocus }: DialogProps) {
  const id = useId();
  const element = useRef<HTMLDivElement>(null);
  useReturnFocus();
  useInertPage();
  useLayer({ active: true, element, keepOnOutside: true, onDismiss: onClose });
  useEffect(() => {
    const body = element.current?.querySelector("[data-dialog-body]") ?? null;
    const foot = element.current?.querySelector("[data-dialog-foot]") ?? null;
    const target = initialFocus?.current ?? focusables(body)[0] ?? focusables(foot)[0] ?? element.current;
    target?.focus();
  }, [initialFocus]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Tab") return;
    const all = focusables(element.current);
    const first = all[0];
    const last = all[all.length - 1];
    if (!first || !last) {
      event.preventDefault();
      return;
    }
    const edge = event.shiftKey ? first : last;
    if (document.activeElement === edge || document.activeElement === element.current) {
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  };
  return (
    <div className="rh-scrim">
      <div
        ref={element}
        role={alert ? "alertdialog" : "dialog"}
        aria-modal="true"
        aria-labelledby={`${id}-title`}
        aria-describedby={description ? `${id}-description` : undefined}
        tabIndex={-1}
        className="rh-dialog"
        style={width === undefined ? undefined : { width }}
        onKeyDown={onKeyDown}
      >
        <div className="rh-dialog-head">
          <div>
            <h2 id={`${id}-title`}>{title}</h2>
            {description ? <p id={`${id}-description`}>{description}</p> : null}
          </div>
          <IconButton icon="close" label="Close" keys="Escape" dense onClick={onClose} />
        </div>
        <div className="rh-dialog-body" data-dialog-body>
          {children}
        </div>
        {footer ? (
          <div className="rh-dialog-foot" data-dialog-foot>
            {footer}
          </div>
        ) : null}
      </div>
    </div>
  );
}

export interface ConfirmDialogProps {
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
  title: string;
  /** Names the object, the count and the way back. */
  description: ReactNode;
  confirmLabel: string;
  /** What must be typed before the button works. */
  typed?: string;
  danger?: boolean;
  loading?: boolean;
  /** Left of the buttons: the safer way. */
  alternative?: ReactNode;
}

export function ConfirmDialog({
  open,
  onClose,
  onConfirm,
  title,
  description,
  confirmLabel,
  typed,
  danger,
  loading,
  alternative,
}: ConfirmDialogProps) {
  const [text, setText] = useState("");
  useEffect(() => {
    if (open) setText("");
  }, [open]);
  const ready = typed === undefined || text === typed;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      alert
      title={title}
      description={description}
      footer={
        <>
          {alternative}
          <Button className="ml-auto" onClick={onClose} keys="Escape" showKeys>
            Cancel
          </Button>
          <Button
            variant={danger ? "danger" : "primary"}
            loading={loading ?? false}
            disabledReason={ready ? undefined : `Type ${typed} first`}
            onClick={onConfirm}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      {typed === undefined ? null : (
        <Field label={`Type ${typed} to go on`} layout="stack">
          {(control) => (
            <Input
              {...control}
              mono
              value={text}
              onChange={setText}
              onKeyDown={(event) => {
                if (event.key === "Enter" && ready) onConfirm();
              }}
            />
          )}
        </Field>
      )}
    </Dialog>
  );
}
