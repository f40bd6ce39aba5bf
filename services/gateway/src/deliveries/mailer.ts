// How a digest goes out as mail. The port; adapters/ has a mail server and a folder.
// Holds: it never rejects; a person's address is their id at the configured domain, so that no address is kept anywhere.

/** One message. */
export interface Mail {
  /** The person. */
  readonly to: string;
  /** Without content: headers are read by whoever carries the message. */
  readonly subject: string;
  readonly text: string;
  /** Printed marking of the text. */
  readonly banner: string;
  /** The same for every attempt to send the same records. */
  readonly id: string;
  readonly atMs: number;
}

/** What became of it. */
export type MailOutcome = { readonly isTaken: true } | { readonly isTaken: false; readonly code: string };

/** Sends messages. */
export interface Mailer {
  send(mail: Mail): Promise<MailOutcome>;
  close(): void;
}
