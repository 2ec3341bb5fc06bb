import { expect, it } from 'vitest';
import { FailureThrottle } from './failure.throttle.js';

it('lets ten failures of an address pass in a minute, then says how long to wait', () => {
  let now = 1_000_000;
  const throttle = new FailureThrottle(10, 60_000, 100, () => now);
  for (let failure = 0; failure < 10; failure++) expect(throttle.fail('192.0.2.1')).toBe(0);
  expect(throttle.fail('192.0.2.1')).toBe(60);
  expect(throttle.fail('192.0.2.2')).toBe(0);
  now += 45_500;
  expect(throttle.fail('192.0.2.1')).toBe(15);
  now += 14_500;
  expect(throttle.fail('192.0.2.1')).toBe(0);
});

it('remembers a bounded number of addresses, the newest ones', () => {
  const throttle = new FailureThrottle(1, 60_000, 1_000, () => 0);
  throttle.fail('early');
  for (let address = 0; address < 5_000; address++) throttle.fail(`192.0.${address >> 8}.${address & 255}`);
  expect(throttle.size).toBe(1_000);
  expect(throttle.fail('192.0.19.135')).toBe(60);
  expect(throttle.fail('early')).toBe(0);
});
