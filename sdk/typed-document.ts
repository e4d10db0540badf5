/** The text of one operation, which knows the types of its result and variables. A plain string when it runs. */
export type TypedDocument<Result, Variables> = string & {
  /** Types only; never there when it runs. */
  readonly __types?: (variables: Variables) => Result;
};
