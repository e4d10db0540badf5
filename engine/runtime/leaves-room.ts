/** What must stay free below a lower limit: an app that meets its limit is killed. */
const share = 0.1;

/** Whether something that uses so much memory can be held to this limit without being killed for it at its next breath. */
export function leavesRoom(usedBytes: number, limitBytes: number): boolean {
  return usedBytes <= limitBytes * (1 - share);
}
