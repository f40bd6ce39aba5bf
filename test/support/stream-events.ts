// The server-sent events of an alert stream as they come over real HTTP.

/** One server-sent event; `id` is the cursor after it. */
export interface StreamEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Adds every event to `into`, until the body ends. Rejects where the connection is cut. */
export async function collectEvents(body: NonNullable<Response['body']>, into: StreamEvent[]): Promise<void> {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    into.push(...frames.filter((frame) => frame.includes('data: ')).map(toEvent));
  }
}

function toEvent(frame: string): StreamEvent {
  const field = (name: string): string | undefined =>
    frame
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const id = field('id');
  return {
    ...(id === undefined ? {} : { id }),
    event: field('event') ?? '',
    data: JSON.parse(field('data') ?? '{}') as Record<string, unknown>,
  };
}
