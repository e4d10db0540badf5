/** A server whose engine has not said for so long that it is there may be gone: six of its heartbeats. */
export const serverIsSilentMs = 30_000;
