"""What Redis must do in one step, in its own language."""

from __future__ import annotations

__all__ = ["SHOW"]

SHOW = """
-- KEYS: status, progress, events
-- ARGV: status, percent, sequence, message, ended, seconds to keep, most events
local status, percent, sequence = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local ended, keep = ARGV[5] == '1', tonumber(ARGV[6])
local terminal = {completed = true, failed = true, cancelled = true}
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1]
local top, over = 0, false
if last then
  top = tonumber(string.match(last[1], '^%d+'))
  over = terminal[last[2][2]] or false
  percent = math.max(percent, tonumber(last[2][4]))
end
if not ended and (over or terminal[redis.call('GET', KEYS[1])]) then
  return 0
end
percent = math.max(percent, tonumber(redis.call('GET', KEYS[2]) or '0'))
redis.call('SET', KEYS[1], status, 'EX', keep)
redis.call('SET', KEYS[2], percent, 'EX', keep)
if ended and sequence > 0 then
  sequence = math.max(sequence, top + 1)
end
if over or sequence <= top then
  return 0
end
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[7], sequence .. '-0',
           'status', status, 'progress', percent, 'message', ARGV[4])
redis.call('EXPIRE', KEYS[3], keep)
redis.call('PUBLISH', KEYS[3], sequence)
return sequence
"""
