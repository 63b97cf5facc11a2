import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { ReachableHost } from '../src/reachable-host.ts';

function onMachine(...addresses: string[]) {
  const machine = { nowMs: 0, asked: 0, addresses };
  const interfaces = () => {
    machine.asked += 1;
    const infos = machine.addresses.map((address): NetworkInterfaceInfo => {
      const internal = address === '127.0.0.1' || address === '::1';
      const common = { address, internal, netmask: '', mac: '', cidr: null };
      return address.includes(':')
        ? { ...common, family: 'IPv6', scopeid: 0 }
        : { ...common, family: 'IPv4' };
    });
    return { eth0: infos };
  };
  return { machine, reachable: new ReachableHost({ now: () => machine.nowMs }, interfaces) };
}

test('a socket bound to one address is reached there', () => {
  const { machine, reachable } = onMachine('192.0.2.1');

  expect(reachable.of('127.0.0.1')).toBe('127.0.0.1');
  expect(machine.asked).toBe(0);
});

test('one bound to all is reached at the first address that leaves the machine', () => {
  const { reachable } = onMachine('127.0.0.1', '::1', 'fe80::1', '192.0.2.1', '2001:db8::1');

  expect([reachable.of('0.0.0.0'), reachable.of('::')]).toEqual(['192.0.2.1', '2001:db8::1']);
});

test('without such an address it is reached from this machine only', () => {
  const { reachable } = onMachine('127.0.0.1', '::1');

  expect([reachable.of('0.0.0.0'), reachable.of('::')]).toEqual(['127.0.0.1', '::1']);
});

test('the system is asked once a second, and a new address is seen then', () => {
  const { machine, reachable } = onMachine('192.0.2.1');
  for (let message = 0; message < 100; message += 1) reachable.of('0.0.0.0');
  expect(machine.asked).toBe(1);

  machine.addresses = ['192.0.2.2'];
  machine.nowMs = 1_000;

  expect(reachable.of('0.0.0.0')).toBe('192.0.2.2');
});
