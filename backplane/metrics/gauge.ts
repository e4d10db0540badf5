/** How much there is of something, and of which. */
export type GaugeReading = { readonly of: string; readonly value: number };

/** Something that is looked at when somebody asks for the page. */
export type Gauge = {
  /** As Prometheus has it, with its unit at the end. */
  readonly name: string;
  readonly help: string;
  /** Under which it says of which. */
  readonly label: string;
  /** Null, or a rejection: it is not on the page. */
  readonly read: () => Promise<GaugeReading | null>;
};
