// Errors as they go from one thread to another: what a caller may read of them survives, and so does the cause.
// Holds: a refusal comes out as a refusal of the same code; an error that came from the other side goes back as itself.
// Source: README.md#a-bus-in-a-thread

import { isRefusal, SitebusError } from '../errors.ts';

/** An error on its way. `yours` is one that the receiver threw itself, by its number. */
export type ErrorMessage = { readonly kind: 'yours'; readonly number: number } | PlainError;

interface PlainError {
  readonly kind: 'error';
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly refusal: { readonly code: string; readonly retriable: boolean; readonly details: object } | undefined;
  readonly cause: PlainError | undefined;
}

/** What the other side threw, as this side sees it. */
export class ForeignError extends Error {
  readonly number: number;

  constructor(number: number) {
    super('thrown in the other thread');
    this.name = 'ForeignError';
    this.number = number;
  }
}

const MOST_CAUSES = 8;

/** The error as a message. */
export function toErrorMessage(error: unknown): ErrorMessage {
  return error instanceof ForeignError ? { kind: 'yours', number: error.number } : toPlain(error, MOST_CAUSES);
}

/** The error of a message; `mine` gives back what this side threw. */
export function fromErrorMessage(message: ErrorMessage, mine: (number: number) => Error): Error {
  return message.kind === 'yours' ? mine(message.number) : fromPlain(message);
}

function toPlain(error: unknown, causes: number): PlainError {
  if (!(error instanceof Error))
    return {
      kind: 'error',
      name: 'Error',
      message: String(error),
      stack: undefined,
      refusal: undefined,
      cause: undefined,
    };
  const { name, message, stack, cause } = error;
  const refusal = isRefusal(error)
    ? { code: error.code, retriable: error.retriable, details: structuredClone(error.details) }
    : undefined;
  const isLast = cause === undefined || causes === 0;
  return { kind: 'error', name, message, stack, refusal, cause: isLast ? undefined : toPlain(cause, causes - 1) };
}

function fromPlain({ name, message, stack, refusal, cause }: PlainError): Error {
  const inner = cause && fromPlain(cause);
  const error =
    refusal === undefined
      ? new Error(message, inner && { cause: inner })
      : new SitebusError(refusal.code, refusal.retriable, { ...refusal.details }, inner);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
