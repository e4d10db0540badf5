/** An Nginx that runs from the edge's folder. */
export type NginxProcess = {
  /** Makes it serve what is in the folder now, which is this generation. Resolves once it does; rejects with why it does not. */
  start(program: string, generation: string): Promise<void>;
  /** Ends what `start` started. Requests in flight may finish up to `graceMs`. */
  close(graceMs: number): Promise<void>;
};
