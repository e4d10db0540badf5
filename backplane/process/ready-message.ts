import { z } from 'zod';

/** What a child tells the launcher once it is healthy. */
const schema = z.object({ type: z.literal('ready'), url: z.string().optional() });

export type ReadyMessage = z.infer<typeof schema>;

export const readyMessage = (url: string | undefined): ReadyMessage => ({ type: 'ready', url });

/** The ready message, or null when it is something else. */
export function parseReadyMessage(message: unknown): ReadyMessage | null {
  return schema.safeParse(message).data ?? null;
}
