import os from 'node:os';
import { findBlocking } from './data-folder.js';

/** Where temporary folders go that user `postgres` must reach: the usual place, unless something on the way keeps it out. */
export async function temporaryFolder(usual = os.tmpdir()): Promise<string> {
  return (await findBlocking(usual)) === null ? usual : '/var/tmp';
}
