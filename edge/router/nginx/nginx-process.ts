/** An Nginx that runs from the edge's folder. */
export type NginxProcess = {
  /** Makes it serve what is in the folder now. Resolves once it answers; rejects with its own words when it does not. */
  start(program: string): Promise<void>;
  /** Ends what `start` started. Requests in flight may finish up to `graceMs`. */
  close(graceMs: number): Promise<void>;
};
