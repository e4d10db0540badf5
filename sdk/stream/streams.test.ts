import { describe } from 'vitest';
import { WebSocket } from 'ws';
import { followingLogs } from './streams.conformance.js';

describe('over WebSocket', () => followingLogs({ webSocket: WebSocket }));
describe('over server-sent events', () => followingLogs({ streams: 'sse' }));
