import type { Engine } from '../engine.js';
import { dueCertificates } from './due.js';
import { forgetCertificates } from './forget.js';
import { noteWanted } from './note-wanted.js';
import { obtain } from './obtain.js';
import { isPaused } from './pause.js';

/** Of one run; the next one, seconds later, takes up what is left. */
const [mostInARun, atOnce] = [20, 4];

/**
 * Sees to it that every host name that leads somewhere, and the platform's own, has a certificate, and gets the next one in
 * time. Does nothing where no authority is configured.
 */
export async function keepCertificates(engine: Engine, signal: AbortSignal): Promise<void> {
  const { certificates } = engine;
  if (!certificates) return;
  await noteWanted(engine, certificates);
  await forgetCertificates(engine, certificates);
  const due = await dueCertificates(engine, certificates, mostInARun);
  const next = due.values();
  const oneAfterTheOther = async () => {
    for (const hostname of next) {
      if (signal.aborted || (await isPaused(engine, certificates))) return;
      await obtain(engine, certificates, hostname, signal).catch((err: unknown) =>
        engine.log.error({ err, hostname }, 'whether a certificate is due could not be seen to; the next run does'),
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, oneAfterTheOther));
}
