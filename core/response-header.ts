import { z } from 'zod';

const mostHeaders = 30;
/** Over all of them: an edge keeps those of every environment in memory. */
const mostCharacters = 8_192;

const nameProblem =
  'The name of a header has 1 to 64 letters, digits and dashes, such as Content-Security-Policy: write no colon.';
const valueProblem =
  'The value of a header has 1 to 2,048 characters of ASCII on one line, and no space at its beginning or end.';

/** They hold an answer together, belong to a connection, are the app's to say with each answer, or are the edge's own word. */
const notTheirs = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'alt-svc'],
  ...['content-length', 'content-encoding', 'content-range', 'content-type', 'date', 'age', 'location', 'vary'],
  ...['set-cookie', 'www-authenticate', 'proxy-authenticate', 'x-request-id', 'status'],
]);

const isTheirs = (name: string) =>
  !notTheirs.has(name.toLowerCase()) && !/^(apployd-|x-accel-|sec-websocket-)/i.test(name);

/** What an edge says with every answer of an app. */
const responseHeader = z.object({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/i, nameProblem)
    .refine(isTheirs, {
      error: ({ input }) => `${String(input)} cannot be set here: it is the edge's or the app's own to say.`,
    }),
  value: z.string().regex(/^[\x21-\x7e]([\x20-\x7e]{0,2046}[\x21-\x7e])?$/, valueProblem),
});

export type ResponseHeader = z.infer<typeof responseHeader>;

export const responseHeaders = z
  .array(responseHeader)
  .max(mostHeaders, `An environment has at most ${mostHeaders} response headers: leave some out.`)
  .refine(
    (list) => new Set(list.map(({ name }) => name.toLowerCase())).size === list.length,
    'Two response headers have the same name: write both values in one.',
  )
  .refine(
    (list) => list.reduce((sum, { name, value }) => sum + name.length + value.length, 0) <= mostCharacters,
    'All response headers together have at most 8,192 characters: leave some out.',
  );
