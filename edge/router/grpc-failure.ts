/**
 * Statuses of gRPC that say of a call what a status of 500 or above says of a request: UNKNOWN, DEADLINE_EXCEEDED, INTERNAL,
 * UNAVAILABLE and DATA_LOSS. The others are about the caller.
 */
export const grpcFailures: readonly string[] = ['2', '4', '13', '14', '15'];

/** By a head or trailers, whichever says how a call of gRPC went. */
export function isGrpcFailure(said: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const status = said['grpc-status'];
  return typeof status === 'string' && grpcFailures.includes(status);
}
