import { expect, test } from 'vitest';
import { freeSubnet, routedSubnets } from './subnet.js';

test('a free block is the one the seed points at', () => {
  expect(freeSubnet('10.212.0.0/14', 27, [], 0)).toBe('10.212.0.0/27');
  expect(freeSubnet('10.212.0.0/14', 27, [], 8191)).toBe('10.215.255.224/27');
  expect(freeSubnet('10.212.0.0/14', 27, [], 8192)).toBe('10.212.0.0/27');
});

test('blocks that others have are passed over, larger and smaller ones too', () => {
  const taken = ['10.0.0.0/25', '10.0.0.130/32', '10.0.0.192/27', 'fd00::/64', '192.168.0.0/16'];
  expect(freeSubnet('10.0.0.0/24', 27, taken, 0)).toBe('10.0.0.160/27');
});

test('a range that is full gives none', () => {
  expect(freeSubnet('10.0.0.0/24', 27, ['10.0.0.0/8'], 3)).toBeNull();
});

test('routes of the machine are read, the default route aside', () => {
  const text = [
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    '',
  ].join('\n');
  expect(routedSubnets(text)).toEqual(['172.17.0.0/16']);
});
