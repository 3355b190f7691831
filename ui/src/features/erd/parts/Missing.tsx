/** Why there is no picture: it is on its way, there is nothing to draw, nothing was chosen, or it failed. */
import { Button, EmptyState, ErrorBlock } from "@/design";
import { failureProps } from "@/ipc";
import type { DiagramState } from "../state";

export function Missing({
  name,
  state,
  open,
  onConnect,
  onAgain,
  onAll,
  onChoose,
}: {
  name: string;
  state: DiagramState;
  open: boolean;
  onConnect: () => void;
  onAgain: () => void;
  onAll: () => void;
  onChoose: () => void;
}) {
  const { scene, error, loading } = state;
  return <div className="erd-missing">{content()}</div>;

  function content() {
    if (scene) {
      return scene.drawing.tables === 0 ? (
        <EmptyState picture="empty" title="No tables to draw">
          As soon as the database has tables, they are drawn here with what they refer to.
        </EmptyState>
      ) : (
        <EmptyState
          picture="empty"
          title="This diagram shows no tables"
          actions={
            <>
              <Button variant="primary" onClick={onAll}>
                Show all tables
              </Button>
              <Button onClick={onChoose}>Choose…</Button>
            </>
          }
        >
          All of them are hidden, or of schemas that were not chosen.
        </EmptyState>
      );
    }
    if (error && !loading) {
      return open ? (
        <EmptyState picture="error" title="The diagram could not be drawn">
          <ErrorBlock
            {...failureProps(error)}
            actions={
              <Button dense onClick={onAgain}>
                Try again
              </Button>
            }
          />
        </EmptyState>
      ) : (
        <EmptyState
          picture="offline"
          title={`Not connected to ${name}`}
          actions={
            <Button variant="primary" icon="plug" onClick={onConnect}>
              Connect
            </Button>
          }
        >
          {error.message} Once its tables were read, the diagram is drawn without the server too.
        </EmptyState>
      );
    }
    return <EmptyState picture="loading" title="Drawing the diagram" />;
  }
}
