/** Holds this process up for so many milliseconds, as a busy machine does; what reaches its sockets waits there. */
export function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
