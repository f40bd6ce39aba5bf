// Remembers what a password came to under a salt: stretching it is the dear part of a SCRAM sign-in.
// Holds: one stretch for each password, salt, count and digest, also while it is under way; a failure is not remembered;
// the oldest are let go. Source: RFC 5802 §5.1

/** PBKDF2 as kafkajs calls it. */
export type Stretch = (
  password: string | Buffer,
  salt: Buffer,
  iterations: number,
  digest: { readonly length: number; readonly type: string },
) => Promise<Buffer>;

/** Far more than a process has principals. */
const REMEMBERED = 1_000;

/** @returns the same function, which works once for the same arguments; the buffer is shared: nobody may write to it. */
export function stretchOnce(stretch: Stretch): Stretch {
  const known = new Map<string, Promise<Buffer>>();
  return (password, salt, iterations, digest) => {
    const key = JSON.stringify([password.toString(), salt.toString('base64'), iterations, digest.length, digest.type]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = stretch(password, salt, iterations, digest);
    known.set(key, made);
    made.catch(() => known.delete(key));
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    return made;
  };
}
