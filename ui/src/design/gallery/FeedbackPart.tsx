import {
  Badge,
  Banner,
  Button,
  Chip,
  CodeBlock,
  EmptyState,
  ErrorBlock,
  Grade,
  Kbd,
  Progress,
  PropertyList,
  Skeleton,
  Spinner,
  Swatch,
} from "@/design";
import { Line } from "./Gallery";

export function FeedbackPart() {
  return (
    <div className="py-4 border-t border-line-2">
      <Line name="Badges">
        <Badge tone="danger" icon="error">
          error
        </Badge>
        <Badge tone="warn" icon="warning">
          warning
        </Badge>
        <Badge tone="ok" icon="check">
          passed
        </Badge>
        <Badge tone="info" icon="info">
          info
        </Badge>
        <Badge tone="accent">draft</Badge>
        <Badge mono>SELECT</Badge>
        <Badge tone="outline">first 100,000 rows</Badge>
        <Kbd keys="Mod+Shift+K" /> <Kbd keys="Mod+Shift+K" on="mac" />
        <Swatch color="var(--env-production)">production</Swatch>
        <Swatch color="var(--env-staging)">staging</Swatch>
        <Swatch color="var(--env-development)">development</Swatch>
        <Swatch color="var(--env-local)">local</Swatch>
      </Line>
      <Line name="Grades">
        <Grade grade="A" />
        <Grade grade="C" />
        <Grade grade="F" uncertain="Some of it was not looked at" />
      </Line>
      <Line name="Chips, progress">
        <Chip onRemove={() => {}} removeLabel="Remove condition">
          placed_at from <b className="rh-mono">2026-11-01</b>
        </Chip>
        <Chip icon="clock" onPress={() => {}}>
          Exporting orders
        </Chip>
        <Spinner label="Running" /> <Spinner size={16} />
        <Progress label="Export" value={0.55} width={96} />
        <Skeleton width={120} />
      </Line>
      <Line name="Banners">
        <div className="flex flex-col gap-2 w-full max-w-[720px]">
          <Banner tone="info">The catalog is from 15:54. It refreshes when you come back to this window.</Banner>
          <Banner
            tone="warn"
            detail="Your text is safe."
            actions={
              <>
                <Button dense>Compare</Button>
                <Button dense variant="ghost">
                  Reload
                </Button>
              </>
            }
          >
            The file changed on disk.
          </Banner>
          <Banner tone="danger" onDismiss={() => {}} actions={<Button dense>Reconnect</Button>}>
            The server closed the connection.
          </Banner>
          <Banner tone="ok">Connected to PostgreSQL 18.4 in 41 ms.</Banner>
        </div>
      </Line>
      <Line name="Errors">
        <div className="w-full max-w-[720px]">
          <ErrorBlock
            message="column o.custmer_id does not exist"
            hint={'Perhaps you meant the column "o.customer_id".'}
            code="SQLSTATE 42703, line 1, column 14"
            details="all of it"
            actions={<Button dense>Use o.customer_id</Button>}
          />
        </div>
      </Line>
      <Line name="Code, properties">
        <div className="w-80">
          <CodeBlock copy="x" label="Definition">
            {"create table orders (\n  id bigint primary key,\n  total numeric(12,2)\n);"}
          </CodeBlock>
        </div>
        <div className="w-72">
          <PropertyList
            items={[
              { name: "id", value: "1204414", icon: "key" },
              { name: "public_id", value: "a87ff679-a2f3-771d-9181-2cc0c6ee09c5" },
              { name: "status", value: "paid" },
            ]}
          />
        </div>
      </Line>
      <div className="grid grid-cols-5 px-6 py-2 gap-2">
        <div className="border border-line rounded-md h-64">
          <EmptyState picture="loading" title="Reading orders" actions={<Button icon="stop">Stop</Button>}>
            First rows of 1.2 M, estimated.
          </EmptyState>
        </div>
        <div className="border border-line rounded-md h-64">
          <EmptyState picture="empty" title="No rows yet" actions={<Button icon="plus">Add row</Button>}>
            public.coupons is empty.
          </EmptyState>
        </div>
        <div className="border border-line rounded-md h-64">
          <EmptyState picture="error" title="Column does not exist" actions={<Button>Edit query</Button>}>
            Did you mean o.customer_id? 42703.
          </EmptyState>
        </div>
        <div className="border border-line rounded-md h-64">
          <EmptyState
            picture="denied"
            title="You may not read payroll"
            actions={<Button icon="copy">Copy GRANT</Button>}
          >
            reporting has no SELECT on hr.payroll.
          </EmptyState>
        </div>
        <div className="border border-line rounded-md h-64">
          <EmptyState
            picture="offline"
            title="Lost db1.shop.internal"
            actions={
              <Button keys="Mod+R" showKeys>
                Reconnect
              </Button>
            }
          >
            Your edits are safe.
          </EmptyState>
        </div>
      </div>
    </div>
  );
}
