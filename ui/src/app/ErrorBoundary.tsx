import { Component, type ErrorInfo, type ReactNode } from "react";
import { Button, CodeBlock, EmptyState } from "@/design";

export interface ErrorBoundaryProps {
  /** What stopped, for the title: "Query 3", "Rowhouse". */
  what: string;
  /** What stays true, as a sentence. */
  safe: string;
  children: ReactNode;
  /** Another way out beside trying again. */
  onClose?: () => void;
}

interface Caught {
  readonly error: Error | null;
  readonly where: string;
}

/** A fault in one part shows there and nowhere else. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, Caught> {
  override state: Caught = { error: null, where: "" };

  static getDerivedStateFromError(error: unknown): Partial<Caught> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo): void {
    this.setState({ where: info.componentStack ?? "" });
  }

  override render(): ReactNode {
    const { error, where } = this.state;
    const { what, safe, children, onClose } = this.props;
    if (!error) return children;
    const details = `${error.name}: ${error.message}\n${error.stack ?? ""}${where}`;
    return (
      <div role="alert" className="h-full rh-scroll">
        <EmptyState
          picture="error"
          title={`${what} stopped working`}
          actions={
            <>
              <Button variant="primary" onClick={() => this.setState({ error: null, where: "" })}>
                Try again
              </Button>
              {onClose ? <Button onClick={onClose}>Close this tab</Button> : null}
            </>
          }
        >
          This is a fault in Rowhouse. {safe}
        </EmptyState>
        <div className="mx-auto max-w-[720px] px-6 pb-6">
          <CodeBlock copy={details} label="Details of the fault">
            {`${error.name}: ${error.message}`}
          </CodeBlock>
        </div>
      </div>
    );
  }
}
