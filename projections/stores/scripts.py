"""The Lua scripts: each checks and writes in one step, so that nothing can come between.

Redis does not roll a script back. What fails in the middle of `APPLY` (no memory left) leaves the
position where it was; the lists are written before the documents and the documents before the
position, so folding the same events again writes the same bytes again.
"""

# KEYS: epoch, role.  ARGV: name of the taker.  Returns the token.
ACQUIRE = """
local token = redis.call('INCR', KEYS[1]) .. ':' .. ARGV[1]
redis.call('SET', KEYS[2], token)
return token
"""

# KEYS: role, live, positions. ARGV: token, the live pointer that was read ('' to leave it
# unchecked), number of models, per model its generation, the position that was folded from and the
# new one, then commands, each as the number of its words and the words. They are built here, with
# all their keys under the one hash tag. Unpacking is bounded by Lua's stack: a command has at most
# a few thousand words.
APPLY = """
local token = redis.call('GET', KEYS[1])
if token ~= ARGV[1] then
    if token then return 'fenced' else return 'emptied' end
end
if ARGV[2] ~= '' then
    local live = redis.call('GET', KEYS[2])
    if not live then return 'emptied' end
    if live ~= ARGV[2] then return 'swapped' end
end
local models = tonumber(ARGV[3])
local at = 4
for _ = 1, models do
    if redis.call('HGET', KEYS[3], ARGV[at]) ~= ARGV[at + 1] then return 'moved' end
    at = at + 3
end
while ARGV[at] do
    local words = tonumber(ARGV[at])
    redis.call(unpack(ARGV, at + 1, at + words))
    at = at + words + 1
end
at = 4
for _ = 1, models do
    if ARGV[at + 1] ~= ARGV[at + 2] then redis.call('HSET', KEYS[3], ARGV[at], ARGV[at + 2]) end
    at = at + 3
end
return 'done'
"""

# KEYS: builder, live, previous, positions.
# ARGV: token, the live pointer that was read ('' for none), the new one, then pairs of generations,
# the new and the live one that it replaces and must not be behind.
SWAP = """
local token = redis.call('GET', KEYS[1])
if token ~= ARGV[1] then
    if token then return 'fenced' else return 'emptied' end
end
local live = redis.call('GET', KEYS[2])
if (live or '') ~= ARGV[2] then return 'swapped' end
for at = 4, #ARGV, 2 do
    local new = tonumber(redis.call('HGET', KEYS[4], ARGV[at]) or '-1')
    if new < tonumber(redis.call('HGET', KEYS[4], ARGV[at + 1]) or '0') then return 'behind' end
end
if live then redis.call('SET', KEYS[3], live) end
redis.call('SET', KEYS[2], ARGV[3])
return 'done'
"""
