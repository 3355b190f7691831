/** What of a failure is shown where, the same everywhere; spread `failureProps` on an error block. */
import type { AppError } from "./bindings";

/** The server's own code, as `PostgreSQL 42703`. */
export function nativeCode(failure: AppError): string | undefined {
  return failure.native ? `${failure.native.product} ${failure.native.code}`.trim() : undefined;
}

/** Everything a person would paste into a report. */
export function failureDetails(failure: AppError): string {
  const { native } = failure;
  const lines: readonly (readonly [string, string | null | undefined])[] = [
    ["", failure.message],
    ["Hint", failure.hint],
    ["Code", failure.code],
    ["Server", nativeCode(failure)],
    ["Severity", native?.severity],
    ["Said", native?.message],
    ["Detail", native?.detail],
    ["Context", native?.context],
    ["Constraint", native?.constraint],
    ["Object", native?.object],
    ["Internal query", native?.internal],
  ];
  return lines
    .filter(([, text]) => text)
    .map(([name, text]) => (name ? `${name}: ${text}` : text))
    .join("\n");
}

/** A failure as the error block takes it. */
export function failureProps(failure: AppError): {
  message: string;
  hint: string | undefined;
  code: string | undefined;
  details: string;
} {
  return {
    message: failure.message,
    hint: failure.hint ?? undefined,
    code: nativeCode(failure),
    details: failureDetails(failure),
  };
}
