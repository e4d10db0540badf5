import v8 from 'node:v8';
import vm from 'node:vm';

/** By then what starting took is garbage, and the first requests have been answered. */
const afterMs = 5_000;

/**
 * Once, a while after the start: lets go of the memory that starting took. A process that has little to do would keep it,
 * since nothing makes it collect. Other work waits some tens of milliseconds for it.
 */
export function giveBackWhatStartingTook(): void {
  setTimeout(collect, afterMs).unref();
}

function collect(): void {
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc') as NodeJS.GCFunction;
  v8.setFlagsFromString('--no-expose-gc');
  gc();
  // What the first has only found out to be of no use, such as compiled code that nothing ran since, goes with the second.
  gc();
}
