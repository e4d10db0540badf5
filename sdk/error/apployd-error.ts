/** The base of every error that this package throws; a caller's own abort reason is passed on as it is. */
export class ApploydError extends Error {
  override readonly name: string = 'ApploydError';
}

/** No answer came: the host is unknown, refuses, or the connection broke. `cause` has the reason. */
export class NetworkError extends ApploydError {
  override readonly name = 'NetworkError';
}

/** Too slow: an answer did not come, or a deployment did not end, within `timeoutMs`. */
export class TimeoutError extends ApploydError {
  override readonly name = 'TimeoutError';
  readonly timeoutMs: number;
  constructor(message: string, timeoutMs: number, options?: ErrorOptions) {
    super(message, options);
    this.timeoutMs = timeoutMs;
  }
}

/** The other side does not keep the protocol: not GraphQL, no result, a hole in a log without a StreamGap. */
export class ProtocolError extends ApploydError {
  override readonly name = 'ProtocolError';
}

/** What an answer that is an error says about itself. */
export type AnswerDetails = {
  readonly code: string;
  /** HTTP status, or the one that stands for `code` on a WebSocket; 0 when unknown. */
  readonly status: number;
  /** Tell it to support: the server's log has it too. */
  readonly requestId: string | null;
  /** How long the server asks to wait before another try; null when it does not say. */
  readonly retryAfterMs: number | null;
};

/** The server answered with an error that is about the request as a whole. */
export abstract class AnswerError extends ApploydError implements AnswerDetails {
  readonly code: string;
  readonly status: number;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  constructor(message: string, { code, status, requestId, retryAfterMs }: AnswerDetails) {
    super(message);
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A fault of the platform (5xx). It has been retried already where that is safe. */
export class ServerError extends AnswerError {
  override readonly name = 'ServerError';
}

/** The request cannot be answered as it is: malformed, too large, too costly. Sending it again will not help. */
export class RequestError extends AnswerError {
  override readonly name = 'RequestError';
}

/** No token, or one that is not accepted (any more): `reason` is MISSING, MALFORMED, EXPIRED or REVOKED. Sign in again. */
export class AuthenticationError extends AnswerError {
  override readonly name = 'AuthenticationError';
  readonly reason: string | null;
  constructor(message: string, reason: string | null, details: AnswerDetails) {
    super(message, details);
    this.reason = reason;
  }
}

/** Too many requests, and the SDK's own retries were not enough: wait `retryAfterMs`. */
export class RateLimitError extends AnswerError {
  override readonly name = 'RateLimitError';
}
