import { z } from 'zod';

const error = 'is to be the number of a port, 0 to 65535';

/** The port of a listener. */
export const port = z.coerce.number({ error }).int({ error }).min(0, { error }).max(65_535, { error });
