import { EventEmitter } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { keepAlive } from './keep-alive.js';

afterEach(() => void vi.useRealTimers());

test('a socket is pinged every 12 s, and given up when it has not answered twice', () => {
  vi.useFakeTimers();
  const socket = Object.assign(new EventEmitter(), { ping: vi.fn(), terminate: vi.fn() });
  keepAlive(socket as unknown as WebSocket, 12_000);
  for (let i = 0; i < 5; i += 1) {
    vi.advanceTimersByTime(12_000);
    if (i % 2) socket.emit('pong');
  }
  expect(socket.ping).toHaveBeenCalledTimes(5);
  vi.advanceTimersByTime(12_000);
  expect(socket.terminate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(12_000);
  expect(socket.terminate).toHaveBeenCalledOnce();
  socket.emit('close');
  vi.advanceTimersByTime(120_000);
  expect(socket.ping).toHaveBeenCalledTimes(6);
});
