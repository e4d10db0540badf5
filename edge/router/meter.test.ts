import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { meter } from './meter.js';

const hostname = 'www.example.com';
const visitor = (environmentId: string | null) => ({ hostname, environmentId, socket: new Socket() });

test("what is open when a name is given to another environment is still the former one's, who is served", () => {
  const { enter, inFlight, take } = meter();
  const end = enter(visitor('former'));
  enter(visitor('new'))();
  expect(['former', 'new'].map(inFlight)).toEqual([1, 0]);
  const passed = { hostname, hour: expect.any(Date) as Date, requests: 1, bytesIn: 0, bytesOut: 0 };
  expect(take()).toEqual([
    { ...passed, environmentId: 'former', open: 1 },
    { ...passed, environmentId: 'new', open: 0 },
  ]);
  expect(take()).toEqual([{ ...passed, requests: 0, environmentId: 'former', open: 1 }]);
  end();
  expect(inFlight('former')).toBe(0);
  expect(take()).toEqual([]);
});

test('what is open of an environment is counted over all its host names', () => {
  const { enter, inFlight } = meter();
  const end = enter(visitor('shop'));
  enter({ ...visitor('shop'), hostname: 'other.example.com' });
  expect(inFlight('shop')).toBe(2);
  end();
  end();
  expect(inFlight('shop')).toBe(1);
});

test("the platform's own visitors appear in no sample", () => {
  const { enter, take } = meter();
  const end = enter(visitor(null));
  end();
  end();
  enter(visitor(null));
  expect(take()).toEqual([]);
});
