-- SPDX-License-Identifier: MIT
-- Reads JSON (RFC 8259): pandoc 2.17 has no module for it, and takes what comes as metadata for
-- Markdown. Objects and arrays become tables, null becomes nil. Errors name the byte.
local escapes = {b = '\b', f = '\f', n = '\n', r = '\r', t = '\t', ['"'] = '"', ['\\'] = '\\', ['/'] = '/'}
local words = {['true'] = true, ['false'] = false}
local value

local function fail(text, at, what)
  error(string.format('byte %d: %s, not %q', at, what, text:sub(at, at + 9)), 0)
end

local function skip(text, at)
  return text:find('[^ \t\r\n]', at) or #text + 1
end

local function string_at(text, at)
  local parts = {}
  while true do
    local stop = text:find('["\\]', at)
    if not stop then fail(text, at, 'a text that ends') end
    parts[#parts + 1] = text:sub(at, stop - 1)
    if text:sub(stop, stop) == '"' then return table.concat(parts), stop + 1 end
    local letter, hex = text:sub(stop + 1, stop + 1), text:match('^u(%x%x%x%x)', stop + 1)
    local low = hex and text:match('^\\u([dD][c-fC-F]%x%x)', stop + 6)
    if hex and low and hex:match('^[dD][89abAB]') then
      local code = 0x10000 + (tonumber(hex, 16) - 0xd800) * 0x400 + tonumber(low, 16) - 0xdc00
      parts[#parts + 1], at = utf8.char(code), stop + 12
    elseif hex then
      parts[#parts + 1], at = utf8.char(tonumber(hex, 16)), stop + 6
    elseif escapes[letter] then
      parts[#parts + 1], at = escapes[letter], stop + 2
    else
      fail(text, stop, 'a known escape')
    end
  end
end

-- What stands between `open` and `close`; add(at) takes one item and returns where it ends.
local function items(text, at, close, add)
  at = skip(text, at)
  if text:sub(at, at) == close then return at + 1 end
  while true do
    at = skip(text, add(at))
    local mark = text:sub(at, at)
    if mark == close then return at + 1 end
    if mark ~= ',' then fail(text, at, "',' or '" .. close .. "'") end
    at = skip(text, at + 1)
  end
end

local function object_at(text, at)
  local result = {}
  return result, items(text, at, '}', function(from)
    if text:sub(from, from) ~= '"' then fail(text, from, 'a key') end
    local key, next = string_at(text, from + 1)
    next = skip(text, next)
    if text:sub(next, next) ~= ':' then fail(text, next, "':'") end
    result[key], next = value(text, skip(text, next + 1))
    return next
  end)
end

local function array_at(text, at)
  local result, n = {}, 0
  return result, items(text, at, ']', function(from)
    local next
    n = n + 1
    result[n], next = value(text, from)
    return next
  end)
end

function value(text, at)
  local mark = text:sub(at, at)
  if mark == '{' then return object_at(text, at + 1) end
  if mark == '[' then return array_at(text, at + 1) end
  if mark == '"' then return string_at(text, at + 1) end
  local word = text:match('^%l+', at)
  if word == 'null' then return nil, at + 4 end
  if words[word] ~= nil then return words[word], at + #word end
  local digits = text:match('^-?%d+%.?%d*[eE]?[+-]?%d*', at)
  if not tonumber(digits) then fail(text, at, 'a value') end
  return tonumber(digits), at + #digits
end

return function(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read('a')
  file:close()
  local good, result, at = pcall(function() return value(text, skip(text, 1)) end)
  if good and skip(text, at) <= #text then
    good, result = false, string.format('byte %d: something behind the end', at)
  end
  if not good then error(path .. ': error: ' .. result, 0) end
  return result
end
