/** The stream of what is not there, or not yours to see: a single null. */
export async function* onlyNull(): AsyncGenerator<null> {
  yield null;
}
