-- SPDX-License-Identifier: MIT
-- What in a text, and in math, is a number that needs a claim: numbers(s, found), math_numbers(s,
-- found), and what hides digits. include/overlap/paper/paper.h has the rules. The first half of the
-- filter whose second one is paper_list.lua; the program joins them.

-- ---- numbers in prose ----

local function char_before(s, i) return s:sub(math.max(1, i - 4), i - 1):match('[%z\1-\127\194-\244][\128-\191]*$') or '' end

-- Letters as far as names of quantities have them: Latin, Greek, Cyrillic, mathematical ones.
local function is_letter(char)
  if #char < 2 then return char:match('%a') ~= nil end
  local c = utf8.codepoint(char)
  return (c >= 0xc0 and c < 0x2b0 and c ~= 0xd7 and c ~= 0xf7) or (c >= 0x370 and c < 0x530) or (c >= 0x1d400 and c < 0x1d7cc)
end

-- Behind a vulgar fraction at byte i (½, ⅔), or nil.
local function fraction_end(s, i) return s:match('^\xc2[\xbc-\xbe]()', i) or s:match('^\xe2\x85[\x90-\x9e]()', i) end

-- Behind the number at byte i: digits, points or commas between them, an exponent; ".5" in math.
local function number_end(s, i)
  local k = s:match('^%d+()', i)
  if not k then return fraction_end(s, i) end
  while s:match('^[.,]%d', k) do k = s:match('^[.,]%d+()', k) end
  return s:match('^[eE][+-]?%d+()', k) or fraction_end(s, k) or k
end

-- K4, v~0~, R_0_1, α2: part of a name; CIFAR-10 too, as far as it is a whole number.
local function is_name(s, i, word)
  local c = char_before(s, i)
  local inner = char_before(s, i - #c)
  local joins = c == '~' or c == '^' or c == '_' or (c == '-' and not word:match('%D'))
  return is_letter(c) or (c == '_' and inner:match('%d')) or (joins and is_letter(inner))
end

local ordinal = {st = true, nd = true, rd = true, th = true, d = true} -- 1st, 2nd, 3D

local function set(words)
  local t = {}
  for word in words:gmatch('%a+') do t[word] = true end
  return t
end
local reference = set('figure section equation table chapter theorem appendix footnote lemma')
local abbreviation = set('fig sect sec eq tab ref chap app')

local function trim(s)
  local before
  repeat before, s = s, s:gsub('%s+$', ''):gsub('\xc2\xa0$', '') until s == before
  return s
end

-- 1: "Fig. ", "Section ", "eq. (" at the end of s; 2: their plural. Only abbreviations have a full
-- stop: after others it ends a sentence.
local function reference_word(s)
  local head = trim((trim(s):gsub('%($', '')))
  local stop = head:match('%.$') ~= nil
  if head == s and not stop then return nil end
  local word = head:sub(1, stop and -2 or -1):match('%a*$'):lower()
  local single = word:match('^(.+)s$')
  word = single or word
  return (abbreviation[word] or (not stop and reference[word])) and (single and 2 or 1) or nil
end

-- "Figs. 2 and 3", "eqs. 4–6": the second number of a plural reference.
local function continues_reference(s)
  local head = trim(s):gsub('%($', '')
  local rest = head:match('^(.*)%f[%a]and$') or head:match('^(.*)%f[%a]to$') or head:match('^(.*)\xe2\x80\x93$') or head:match('^(.*)%-$')
  local first = rest and trim(rest):gsub('%)$', ''):match('^(.-)%d+%a?$')
  return first and reference_word(first) == 2
end

-- "(Goldt et al. 2019)", "(2019a; …)": a year in parentheses, but not "(N = 2000)".
local function is_year(s, i, word)
  local year = #word == 4 and tonumber(word)
  local before = s:sub(math.max(1, i - 300), i - 1)
  if not year or year < 1900 or year > 2100 or not s:match('^%a?[),;]', i + 4) or not trim(before):match('[%a(,;.]$') then return false end
  local depth = 0
  for k = #before, 1, -1 do
    local c = before:sub(k, k)
    depth = depth + (c == ')' and 1 or c == '(' and -1 or 0)
    if depth < 0 then return true end
  end
  return false
end

local function is_fine(s, i, stop)
  local word, before = s:sub(i, stop - 1), s:sub(math.max(1, i - 60), i - 1)
  local ending = s:match('^%a*', stop):lower()
  return is_name(s, i, word) or (not word:match('%D') and ordinal[ending]) or reference_word(before) or continues_reference(before) or
         is_year(s, i, word)
end

-- Calls found(i, stop) for every number of s that is not fine.
local function numbers(s, found)
  local i = s:find('[%d\xc2\xe2]')
  while i do
    local stop = number_end(s, i)
    if stop then
      if not is_fine(s, i, stop) then found(i, stop) end
      stop = s:match('^%^[%d+.-]+%^()', stop) or stop -- an exponent belongs to the number before it
    end
    i = s:find('[%d\xc2\xe2]', stop or i + 1)
  end
end

local function blank(s) return (s:gsub('%d', '\1'):gsub('[\xc2\xe2]', '\1')) end

-- Citations and addresses, which state nothing.
local function hide_references(s)
  s = s:gsub('%[[^%[%]]*%]', function(x) return (x:match('^%[@[%w_]') or x:match('[^%w]@[%w_]')) and blank(x) or nil end)
  s = s:gsub('%f[%w@]@[%w_:.-]*[%w_] ?%b[]', function(x) return blank(x) end):gsub('%f[%w@]@[%w_:.-]*[%w_]', blank)
  for _, prefix in ipairs({'[hH][tT][tT][pP][sS]?://', '[dD][oO][iI]:', '[aA][rR][xX][iI][vV]:'}) do s = s:gsub('%f[%a]' .. prefix .. '[^%s)%]}>]*', blank) end
  return s
end

-- HTML as it is shown: without comments, tags and their attributes.
local function hide_tags(s)
  return (s:gsub('<!%-%-.-%-%->', blank):gsub('</?%a[^<>]*>', blank):gsub('&frac(%d%d);', '     %1;'))
end

-- ---- numbers in math ----

local relations = {}
for word in ([[le leq ge geq ll gg approx simeq sim cong equiv lesssim gtrsim to rightarrow lt gt propto]]):gmatch('%a+') do
  relations['\\' .. word] = true
end
for _, sign in ipairs({'=', '<', '>', '≈', '≤', '≥', '→'}) do relations[sign] = true end

-- Past spaces and what spaces, aligns or signs.
local function skip_filling(s, i)
  while true do
    local k = s:match('^[%s{&~+-]+()', i) or s:match('^\\[,;:!> ]()', i) or s:match('^\\[pm][mp]()', i) or s:match('^\xe2\x88\x92()', i)
    if not k then return i end
    i = k
  end
end

local function literal_end(s, i)
  local k = number_end(s, s:match('^%.%d', i) and i + 1 or i)
  return k and k > i and k or nil
end

local function skip_times(s, i) return s:match('^\\times()', i) or s:match('^\\cdot()', i) end

-- 0 and 1 are structure rather than data, unless more of a number follows: 1/2, 1 \times 10^{-3}.
local function is_trivial(s, i, stop)
  if not s:sub(i, stop - 1):match('^[01]$') then return false end
  local k = skip_filling(s, stop)
  k = s:match('^/()', k) or skip_times(s, k)
  return not (k and s:match('^%d', skip_filling(s, k)))
end

-- Nothing but a number, as $0.0364$, $10^{-3}$, $\times 4$: prose in disguise. Where its digits are.
local function bare_number(s)
  local words = s:gsub('\\times', ''):gsub('\\cdot', ''):gsub('\\[pm][mp]', ''):gsub('\\q?quad', ''):gsub('\\[,;:!> ]', ''):gsub('\xe2\x88\x92', '')
  for at in words:gmatch('()\xc2[\xbc-\xbe]') do words = words:sub(1, at - 1) .. '00' .. words:sub(at + 2) end
  if words:match('[^%d%s+.,^{}\\%%/~\1-]') then return nil end
  local i = skip_filling(s, 1)
  return skip_filling(s, skip_times(s, i) or i)
end

-- Calls found(i, stop) for every number that the math states.
local function math_numbers(s, found)
  -- words and units in it are prose: the math is what remains
  for at, words in s:gmatch('\\[tmh][ebr][xo][tx]?%a*{()([^{}]*)}') do numbers(words, function(i, stop) found(at + i - 1, at + stop - 1) end) end
  for _, unit in ipairs({'\\text%a*%s*%b{}', '\\[mh]box%s*%b{}', '\\math[rs][mf]%s*%b{}', '\\mathit%s*%b{}'}) do
    s = s:gsub(unit, function(x) return ('\1'):rep(#x) end)
  end
  local function try(i)
    local stop = literal_end(s, i)
    if stop and not is_trivial(s, i, stop) then found(i, stop) end
  end
  local bare = bare_number(s)
  if bare then try(bare) end
  for i, sign, after in s:gmatch('()([=<>\xe2\\][\x80-\xbf]*%a*)()') do
    local is_word = sign:match('^\\')
    local mark = is_word and sign or sign:match('^[=<>]') or sign:match('^\xe2[\x80-\xbf]+')
    if relations[mark] then try(skip_filling(s, is_word and after or i + #mark)) end
  end
end
