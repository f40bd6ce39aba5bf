// A text that counts how often it is looked at: work without a clock, so that no test of it depends on the machine.
// Holds: every read of a character, and every call of a method, is one step; the readers under test look at a bounded
// number of characters a step, because the words they know are short.

/** Runs `read` on a counting stand-in for `text`, whether it returns or throws, and gives the number of steps. */
export function countSteps(text: string, read: (counted: string) => unknown): number {
  let steps = 0;
  const counted = new Proxy(Object(text) as object, {
    get(_target, key) {
      if (key === 'length') return text.length;
      const value: unknown = Reflect.get(Object(text) as object, key);
      steps += 1;
      return typeof value === 'function' ? (value.bind(text) as unknown) : value;
    },
  });
  try {
    read(counted as unknown as string);
  } catch {
    return steps; // a refusal counts like any reading
  }
  return steps;
}
