import os from 'node:os';

/** Of this machine, and not a loopback one. */
export function ownAddress(): string {
  const all = Object.values(os.networkInterfaces()).flatMap((each) => each ?? []);
  const found = all.find(({ internal, family }) => !internal && family === 'IPv4');
  if (!found) throw new Error('This machine has no address but that of its loopback.');
  return found.address;
}
