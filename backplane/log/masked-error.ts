/** An error that tells the same without what the mask hides: for whoever keeps, logs or passes on what went wrong. */
export function maskedError(error: unknown, mask: (text: string) => string): Error {
  if (!(error instanceof Error)) return new Error(mask(String(error)));
  const told = new Error(
    mask(error.message),
    error.cause === undefined ? {} : { cause: maskedError(error.cause, mask) },
  );
  told.name = error.name;
  told.stack = error.stack && mask(error.stack);
  return told;
}
