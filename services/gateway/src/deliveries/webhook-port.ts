// How a post goes to a webhook's target. The port; adapters/fetch-webhook.ts is the one of every stack.
// Holds: it never rejects, never follows a redirect, and tells nothing of what the target says but its status.

/** What became of one post. */
export type PostOutcome =
  | { readonly isTaken: true }
  | {
      readonly isTaken: false;
      /** `TIMEOUT`, `UNREACHABLE` or `HTTP_<status>`. */
      readonly code: string;
      /** The target says that it is gone for good: 410. */
      readonly isGone: boolean;
    };

/** Posts. */
export interface WebhookPort {
  post(url: URL, headers: Readonly<Record<string, string>>, body: string, withinMs: number): Promise<PostOutcome>;
  /** Cuts what is on its way. */
  close(): void;
}
