-- One JSON line for the bench. With BENCH_HOSTS=N, request n asks for host service-(n mod N).test.
local hosts = tonumber(os.getenv('BENCH_HOSTS') or '0')
if hosts > 0 then
  local turn = 0
  local heads = {}
  init = function()
    for index = 0, hosts - 1 do
      heads[index] = wrk.format('GET', nil, { ['Host'] = 'service-' .. index .. '.test' })
    end
  end
  request = function()
    turn = (turn + 1) % hosts
    return heads[turn]
  end
end

done = function(summary, latency)
  local errors = summary.errors
  print(string.format(
    '@@{"requests":%d,"durationUs":%d,"bytes":%d,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d},"latencyUs":{"p50":%d,"p99":%d,"p999":%d}}',
    summary.requests, summary.duration, summary.bytes,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
