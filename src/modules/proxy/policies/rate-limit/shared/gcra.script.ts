/**
 * The generic cell rate algorithm in Redis, in place of the fixed window that rate-limiter-flexible counts in: a window
 * would admit twice the limit around its border, and would refuse what the balancers' own count admits. A key holds its
 * theoretical arrival time in milliseconds of Redis's clock, which is one for all balancers, and expires when its
 * allowance is whole again.
 *
 * The clock may jump. Forward, it frees one burst at most, as for a new key; backward, a time that lies further ahead than
 * a burst reaches is cut to it, so nobody waits longer than after a burst.
 *
 * Called as that library calls its own script. ARGV: exchanges to count (negative: to give back), a number that is not
 * used, burst, seconds that a burst lasts. Returns exchanges that are owed (more than the burst: refused), and
 * milliseconds as a text: until the allowance is whole again, or, refused, until the next exchange would be admitted.
 * Effects are replicated, not the script, so the clock may be read: Redis 5 or newer.
 */
export const GCRA_SCRIPT = `
local clock = redis.call('time')
local now = clock[1] * 1000 + clock[2] / 1000
local count = tonumber(ARGV[1])
local burst = tonumber(ARGV[3])
local interval = 1000 * tonumber(ARGV[4]) / burst
local most = now + burst * interval
local stored = tonumber(redis.call('get', KEYS[1]) or '0') or 0
if stored > most + 0.001 then
  redis.call('set', KEYS[1], string.format('%.3f', most), 'PX', math.ceil(most - now))
end
local arrival = math.max(now, math.min(stored, most))
local after = arrival + count * interval
if count > 0 and after > most + 0.001 then
  return {burst + 1, string.format('%.3f', after - most)}
end
if after <= now then
  redis.call('del', KEYS[1])
  return {0, '0'}
end
redis.call('set', KEYS[1], string.format('%.3f', after), 'PX', math.ceil(after - now))
return {math.min(burst, math.ceil((after - now) / interval)), string.format('%.3f', after - now)}
`;
