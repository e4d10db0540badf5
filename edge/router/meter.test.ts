import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { meter } from './meter.js';

const hostname = 'www.example.com';
const visitor = (environmentId: string | null) => ({ hostname, environmentId, socket: new Socket() });

test("what is open when a name is given to another environment is still the former one's, who is served", () => {
  const { enter, inFlight, take } = meter();
  const end = enter(visitor('former'));
  enter(visitor('new'))();
  expect(inFlight(hostname)).toBe(1);
  const passed = { hostname, hour: expect.any(Date) as Date, requests: 1, bytesIn: 0, bytesOut: 0 };
  expect(take()).toEqual([
    { ...passed, environmentId: 'former', open: 1 },
    { ...passed, environmentId: 'new', open: 0 },
  ]);
  expect(take()).toEqual([{ ...passed, requests: 0, environmentId: 'former', open: 1 }]);
  end();
  expect(inFlight(hostname)).toBe(0);
  expect(take()).toEqual([]);
});

test("the platform's own visitors are held to the same bound, and appear in no sample", () => {
  const { enter, inFlight, take } = meter();
  const end = enter(visitor(null));
  end();
  end();
  enter(visitor(null));
  expect(inFlight(hostname)).toBe(1);
  expect(take()).toEqual([]);
});
