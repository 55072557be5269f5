-- What wrk sends: one path, with a cookie drawn at random for each request. All requests are put together before the first one is sent.
-- Arguments: a file with one Cookie header a line (none: an empty file), the seed of the draw, the User-Agent header.

local requests = {}

function init(args)
  math.randomseed(tonumber(args[2]))
  for cookie in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", nil, { ["User-Agent"] = args[3], ["Cookie"] = cookie })
  end
  if #requests == 0 then
    requests[1] = wrk.format("GET", nil, { ["User-Agent"] = args[3] })
  end
end

function request()
  return requests[math.random(#requests)]
end

-- Times in microseconds.
function done(summary, latency)
  local failed = summary.errors
  io.write(string.format("result requests=%d duration=%d p50=%d p99=%d errors=%d refused=%d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    failed.connect + failed.read + failed.write + failed.timeout, failed.status))
end
