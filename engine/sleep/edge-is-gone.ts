/**
 * An edge that did not take its leave may serve on without a database, and nobody can tell whom: nothing falls asleep until
 * it is back, or was silent for so long that it is not expected to come back.
 */
export const edgeIsGoneMs = 3_600_000;

/** An edge that was not seen for so long is silent. */
export const edgeIsSilentMs = 10_000;
